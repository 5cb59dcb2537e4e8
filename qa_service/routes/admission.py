"""Admission: each request gets its turn and its time, or 503 and when to come again."""

from __future__ import annotations

from collections.abc import Generator
from http import HTTPStatus
from time import monotonic
from typing import cast

from flask import Flask, Response, current_app, g, request

from qa_service.admission import Gate, in_time
from qa_service.routes import monitoring, settings
from qa_service.types import Reply, Stage

QUESTIONS = {"ask.ask", "suggestions.suggest", "stream.ask_stream", "completions.complete"}
CHANGES = {"articles.add_articles", "articles.put_article", "articles.delete_article"}


def init_app(app: Flask) -> None:
    limits = app.extensions["settings"]
    app.extensions["questions_gate"] = Gate(limits.max_questions, limits.max_waiting)
    app.extensions["changes_gate"] = Gate(limits.max_changes, 0)
    app.before_request(_enter)
    app.after_request(_hold_while_streaming)
    app.teardown_request(_leave)


def stages(work: Generator[Stage, None, None]) -> Generator[Stage, None, None]:
    """The stages of a question within the time of the present request, measured."""
    return in_time(monitoring.watched(work), g.deadline)


def reply(work: Generator[Stage, None, None]) -> Reply:
    """The last of the stages. Raises TookTooLong."""
    *_, last = stages(work)
    return cast("Reply", last)


def _enter() -> None:
    g.deadline = monotonic() + settings().max_seconds
    gate = _gate()
    if gate is not None:
        gate.enter(g.deadline)
        g.gate = gate


def _gate() -> Gate | None:
    if request.endpoint in QUESTIONS:
        return cast("Gate", current_app.extensions["questions_gate"])
    if request.endpoint in CHANGES:
        return cast("Gate", current_app.extensions["changes_gate"])
    return None


def _hold_while_streaming(response: Response) -> Response:
    """What is streamed is worked on until the server closes it, which is after the request's end."""
    if response.is_streamed and response.status_code == HTTPStatus.OK and "gate" in g:
        response.call_on_close(g.pop("gate").leave)
    return response


def _leave(_error: BaseException | None) -> None:
    if "gate" in g:
        g.pop("gate").leave()
