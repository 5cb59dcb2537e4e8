"""The document at /openapi.json, completed with what the settings decide and what holds everywhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_openapi3 import OpenAPI

from qa_service.config import Settings
from qa_service.problems import responses

_WITHOUT_INPUT = {"/health", "/ready", "/metrics"}
"""They take nothing that could be wrong; the library documents 422 for them all the same."""


_OPEN = {"/health", "/ready"}
_PROBLEMS = responses(500)


def complete(app: OpenAPI) -> None:
    """Once all routes are registered."""
    document: dict[str, Any] = app.api_doc
    _state_limits(document, app.extensions["settings"])
    _state_access(document)
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


def _state_access(document: dict[str, Any]) -> None:
    """Where keys are asked for, that is for all but the state of the service."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path in _OPEN:
                continue
            operation["security"] = [{"key": []}, {}]
            kinds = next(iter(operation["responses"].get("500", _PROBLEMS[500])["content"].items()))
            for status in (401, 403, 429):
                described = {"description": HTTPStatus(status).phrase, "content": dict([kinds])}
                operation["responses"].setdefault(str(status), described)
