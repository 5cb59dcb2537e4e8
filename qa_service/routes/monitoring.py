"""Monitoring: an id for each request, a line in the log, a trace if that is asked for, and GET /metrics."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from contextlib import closing
from functools import partial
from time import perf_counter
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask_openapi3 import APIBlueprint, Tag
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from qa_service import logs, tracing
from qa_service.measures import MeasuredEncoder, Measures
from qa_service.problems import responses
from qa_service.routes import settings
from qa_service.tracing import Tracing
from qa_service.types import Reply, Stage

routes = APIBlueprint("monitoring", __name__, abp_tags=[Tag(name="operations")])
requests_log = logging.getLogger("qa_service.requests")
questions_log = logging.getLogger("qa_service.questions")


def init_app(app: Flask) -> None:
    """Before all others, so that what they refuse has an id too."""
    app.extensions["tracing"] = Tracing.wanted(os.environ)
    app.before_request(_begin)
    app.after_request(_end)


def measure(app: Flask) -> None:
    """Begin to count, once the application is put together."""
    pipeline, extensions = app.extensions["pipeline"], app.extensions
    measures = Measures(pipeline.index, extensions["questions_gate"], extensions["changes_gate"])
    pipeline.search.encoder = MeasuredEncoder(pipeline.search.encoder, measures.model_seconds)
    extensions["measures"] = measures


def watched(stages: Generator[Stage, None, None]) -> Generator[Stage, None, None]:
    """The stages of a question, measured and told to the log."""
    if "span" in g:
        stages = cast("Tracing", _tracing()).stages(stages, g.span)
    return _told(_measures().watched(stages), settings().log_questions)


def _told(stages: Generator[Stage, None, None], with_words: bool) -> Generator[Stage, None, None]:
    with closing(stages):
        for stage in stages:
            if isinstance(stage, Reply):
                _tell(stage, with_words)
            yield stage


@routes.get(
    "/metrics",
    responses={
        200: {
            "description": "Prometheus's text format",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **responses(500),
    },
    summary="Counters and sizes for Prometheus",
)
def metrics() -> Response:
    return Response(generate_latest(_measures().registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _tracing() -> Tracing | None:
    return cast("Tracing | None", current_app.extensions["tracing"])


def _measures() -> Measures:
    return cast("Measures", current_app.extensions["measures"])


def _tell(reply: Reply, with_words: bool) -> None:
    said = {"answerable": reply.answerable, "confidence": reply.confidence, **reply.timings_ms.model_dump()}
    words = {"question": reply.question, "answer": reply.answer} if with_words else {}
    questions_log.info("question", extra={**said, **words})


def _begin() -> None:
    g.started = perf_counter()
    is_trusted = settings().trusted_proxies > 0
    g.request_id = logs.begin_request(request.headers.get(logs.REQUEST_ID) if is_trusted else None)
    if traced := _tracing():
        parent = request.headers.get("traceparent") if is_trusted else None
        g.span = traced.request(request.method, _route(), parent)


def _end(response: Response) -> Response:
    seconds = perf_counter() - g.started
    _measures().add_request(_route(), request.method, response.status_code, seconds)
    requests_log.info(
        "request",
        extra={
            "method": request.method, "path": request.path, "status": response.status_code,
            "ms": round(1000 * seconds, 1),
        },
    )  # fmt: skip
    response.headers[logs.REQUEST_ID] = g.request_id
    if "span" in g:  # what is streamed is worked on until the server closes it
        response.call_on_close(partial(tracing.finish, g.span, response.status_code, g.request_id))
    return response


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "none"
