"""GET /health, GET /ready and GET /openapi.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from qa_service.problems import problem, responses
from qa_service.routes import pipeline

routes = APIBlueprint("health", __name__, abp_tags=[Tag(name="operations")])


class Health(BaseModel):
    status: str


class Ready(BaseModel):
    """The service can answer: its index opens and has so many articles, last changed at that time (UTC)."""

    status: str
    articles: int
    chunks: int
    generation: int
    changed_at: str | None


@routes.get("/health", responses={200: Health, **responses(500)}, summary="The process is alive")
def health() -> dict[str, str]:
    return {"status": "ok"}


@routes.get(
    "/ready",
    responses={200: Ready, **responses(500, 503)},
    summary="The models are loaded and the index can be read",
)
def ready() -> dict[str, Any] | Response:
    if current_app.extensions["draining"].stopping.is_set():
        return problem(503, "The server is about to stop and takes nothing new; ask another one.")
    status = pipeline().index.status()
    return {"status": "ready", **asdict(status)}


@routes.get("/openapi.json", doc_ui=False)
def openapi() -> dict[str, Any]:
    return current_app.api_doc  # type: ignore[attr-defined, no-any-return]
