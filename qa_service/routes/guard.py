"""Guard: which requests are let in, before their fields are looked at.

Those that change something come from this site's own pages or from programs, are no larger than the
settings allow, and hold JSON, or files where files are taken.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge, UnsupportedMediaType

from qa_service.body_limits import FORM, body_limit
from qa_service.routes import settings

SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""

_TAKES_FILES = {"articles.add_articles"}
_TAKES_ARTICLES = {"articles.add_articles", "articles.put_article"}


def init_app(app: Flask) -> None:
    for check in (_refuse_other_sites, _limit_size, _require_json):
        app.before_request(check)


def _refuse_other_sites() -> None:
    """A page of another site may send forms here without asking; browsers say where they come from."""
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    is_own = origin is None or urlsplit(origin).netloc == request.host
    site = request.headers.get("Sec-Fetch-Site", "same-origin" if is_own else "cross-site")
    if site not in ("same-origin", "none"):
        raise Forbidden("Pages of other sites may not change anything here; use this site's own pages.")


def _limit_size() -> None:
    limit = body_limit(settings(), request.path, request.mimetype)
    request.max_content_length = limit.most
    if (request.content_length or 0) > limit.most:
        raise RequestEntityTooLarge(limit.refusal(request.content_length))


def _require_json() -> None:
    """Say what is wrong with a body that is not JSON."""
    if request.method not in ("POST", "PUT", "PATCH") or request.url_rule is None:
        return
    if request.blueprint == "sign_in":  # whose forms work without a script
        return
    takes_files = request.endpoint in _TAKES_FILES
    if takes_files and request.mimetype == FORM:
        return
    if not request.is_json:
        or_files = ", or files as 'multipart/form-data'" if takes_files else ""
        raise UnsupportedMediaType(f"Send JSON, with the header 'Content-Type: application/json'{or_files}.")
    try:
        body = request.get_json()  # and kept: parsed a second time, it might be too deep there
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    except BadRequest as error:
        raise BadRequest(f"The body is not valid JSON: {_reason(error)}.") from error
    if not isinstance(body, dict):
        raise BadRequest(f"The body must be a JSON object, such as {_example()}.")


def _example() -> str:
    if request.endpoint in _TAKES_ARTICLES:
        return '{"text": "..."}'
    if request.endpoint == "completions.complete":
        return '{"model": "articles", "messages": [{"role": "user", "content": "who visited Sokha"}]}'
    return '{"question": "who visited Sokha"}'


def _reason(error: BadRequest) -> str:
    """What the parser said, which Flask keeps back where it is not debugging."""
    said = error.__cause__ if isinstance(error.__cause__, BadRequest) else error
    return str(said.description).removeprefix("Failed to decode JSON object: ")
