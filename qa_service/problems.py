"""Problems: every error as RFC 9457 problem details that say what to change."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from index.errors import ArticleNotFound, DiskFull, EmptyIndex, IndexLocked, QAError, StoreError
from qa_service import logs
from qa_service.admission import RETRY_SECONDS, Overloaded
from qa_service.feedback import FeedbackError
from qa_service.keys import KeysError

MEDIA_TYPE = "application/problem+json"

UNFORESEEN = "Something went wrong on our side. Try again; if it stays, look into the server's log."

logger = logging.getLogger(__name__)


class InvalidField(BaseModel):
    """One field of a request that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """Problem details for HTTP APIs (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[InvalidField] = []


_STATUS: dict[type[QAError], HTTPStatus] = {
    ArticleNotFound: HTTPStatus.NOT_FOUND,
    EmptyIndex: HTTPStatus.CONFLICT,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    IndexLocked: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    KeysError: HTTPStatus.SERVICE_UNAVAILABLE,
    FeedbackError: HTTPStatus.SERVICE_UNAVAILABLE,
    QAError: HTTPStatus.BAD_REQUEST,
}


def responses(*statuses: int) -> dict[str | int, Any]:
    """Problems of these statuses, for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def init_app(app: Flask) -> None:
    app.register_error_handler(QAError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, detail: str, errors: list[InvalidField] | None = None) -> Response:
    """A response that says what is wrong and, for a 4xx, what to change."""
    body = details(status, detail)
    if errors:
        body["errors"] = [error.model_dump() for error in errors]
    response = Response(json.dumps(body), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.retry_after = RETRY_SECONDS
    return response


def details_of(error: Exception, doing: str) -> dict[str, Any]:
    """The problem details of an error, for a reply that has begun; one of ours only if it was foreseen.

    ``doing`` is what the log says of one that was not.
    """
    if isinstance(error, QAError):
        return details(_status(error), _detail_of(error))
    logger.exception("%s failed", doing, exc_info=error)
    return details(500, UNFORESEEN)


def details(status: int, detail: str) -> dict[str, Any]:
    """The members that all problem details have."""
    return {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
        "request_id": logs.request_id(),
    }  # fmt: skip


def invalid_request(error: ValidationError) -> Response:
    """422, naming each field that is wrong and how to mend it."""
    errors = [
        InvalidField(field=".".join(map(str, details["loc"])) or "body", message=_sentence(details))
        for details in error.errors(include_url=False)
    ]
    return problem(422, " ".join(f"{error.field}: {error.message}" for error in errors), errors)


_ADVICE = {
    "extra_forbidden": "There is no such field; take it out.",
    "missing": "This field is required; add it.",
    "model_type": "Give a JSON object, or leave the field out.",
}


def _sentence(details: Any) -> str:
    if details["type"] in _ADVICE:
        return _ADVICE[details["type"]]
    return str(details["msg"]).removeprefix("Value error, ").rstrip(".") + "."


def _status(error: QAError) -> HTTPStatus:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def _known(error: QAError) -> Response:
    return problem(_status(error), _detail_of(error))


def _detail_of(error: QAError) -> str:
    """What a reader elsewhere may know of it; where the index lies is for the log alone."""
    match error:
        case ArticleNotFound():
            return f"{error} GET /articles lists those there are."
        case EmptyIndex():
            return str(error)
        case DiskFull():
            logger.error("%s", error)
            return "There is no room left on the disk. What was in before is safe, and nothing is half-made."
        case IndexLocked():
            logger.warning("%s", error)
            return "Another process has been writing to the articles for long. Try again in a few seconds."
        case StoreError() | FeedbackError() | KeysError():
            logger.error("%s", error)
            return "What is stored can't be read or changed now. Try again; the server's log says why."
    return str(error)


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # already a problem, as those of invalid_request are
        return error.response  # type: ignore[return-value]
    response = problem(error.code or 500, _detail(error))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _detail(error: HTTPException) -> str:
    if isinstance(error, NotFound):
        return f"There is nothing at {request.path}; GET /openapi.json describes all that there is."
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.path} can't be used with {request.method}; it takes {allowed}."
    return error.description or ""


def _unforeseen(error: Exception) -> Response:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, UNFORESEEN)
