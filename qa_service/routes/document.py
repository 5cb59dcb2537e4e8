"""The document at /openapi.json, completed with what the settings decide and what holds everywhere."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import OpenAPI

from qa_service.config import Settings

_WITHOUT_INPUT = {"/health", "/ready", "/metrics"}
"""They take nothing that could be wrong; the library documents 422 for them all the same."""


def complete(app: OpenAPI) -> None:
    """Once all routes are registered."""
    document: dict[str, Any] = app.api_doc
    _state_limits(document, app.extensions["settings"])
    for path in _WITHOUT_INPUT:
        for operation in document["paths"][path].values():
            operation["responses"].pop("422", None)


def _state_limits(document: dict[str, Any], settings: Settings) -> None:
    asked = document["components"]["schemas"]["AskBody"]["properties"]
    asked["question"]["maxLength"] = settings.max_question_chars
    asked["history"]["maxItems"] = settings.max_turns
    asked["top_k"]["anyOf"][0]["maximum"] = settings.max_passages
    for parameter in document["paths"]["/articles"]["get"]["parameters"]:
        if parameter["name"] == "limit":
            parameter["schema"]["maximum"] = settings.max_list
