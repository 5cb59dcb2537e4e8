"""Problems: every error as RFC 9457 problem details that say what to change."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from index.errors import ArticleNotFound, EmptyIndex, IndexLocked, QAError, StoreError

MEDIA_TYPE = "application/problem+json"

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
    errors: list[InvalidField] = []


RESPONSES: dict[str | int, Any] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema(mode="serialization")}},
    }
    for status in (400, 413, 415, 422, 500)
}
"""What any endpoint that takes a body may answer, for the OpenAPI document."""

_STATUS: dict[type[QAError], HTTPStatus] = {
    ArticleNotFound: HTTPStatus.NOT_FOUND,
    EmptyIndex: HTTPStatus.CONFLICT,
    IndexLocked: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    QAError: HTTPStatus.BAD_REQUEST,
}


def init_app(app: Flask) -> None:
    app.before_request(_require_json)
    app.register_error_handler(QAError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, detail: str, errors: list[InvalidField] | None = None) -> Response:
    """A response that says what is wrong and, for a 4xx, what to change."""
    body: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
    }  # fmt: skip
    if errors:
        body["errors"] = [error.model_dump() for error in errors]
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def invalid_request(error: ValidationError) -> Response:
    """422, naming each field that is wrong and how to mend it."""
    errors = [
        InvalidField(field=".".join(map(str, details["loc"])) or "body", message=_sentence(details))
        for details in error.errors(include_url=False)
    ]
    return problem(422, " ".join(f"{error.field}: {error.message}" for error in errors), errors)


def _sentence(details: Any) -> str:
    if details["type"] == "extra_forbidden":
        return "There is no such field; take it out."
    return str(details["msg"]).removeprefix("Value error, ").rstrip(".") + "."


def _require_json() -> None:
    """Say what is wrong with a body that is not JSON, before its fields are looked for."""
    if request.method not in ("POST", "PUT", "PATCH") or request.url_rule is None:
        return
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header 'Content-Type: application/json'.")
    try:
        body = json.loads(request.get_data())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    if not isinstance(body, dict):
        raise BadRequest('The body must be a JSON object, such as {"question": "who visited Sokha"}.')


def _known(error: QAError) -> Response:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return problem(status, str(error))


def _http(error: HTTPException) -> Response:
    detail = error.description or ""
    if isinstance(error, RequestEntityTooLarge):
        detail = "The request is too large; ask a shorter question or send less history."
    if error.response is not None:  # already a problem, as those of invalid_request are
        return error.response  # type: ignore[return-value]
    return problem(error.code or 500, detail)


def _unforeseen(error: Exception) -> Response:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return problem(
        500, "Something went wrong on our side. Try again; if it stays, look into the server's log."
    )
