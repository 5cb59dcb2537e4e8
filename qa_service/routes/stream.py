"""POST /ask/stream: the reply of /ask, told as it comes about."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import chain
from typing import Any, TypeAlias

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from index.types import Hit
from qa_service.problems import details_of
from qa_service.routes import admission, is_client_gone
from qa_service.routes.ask import PROBLEMS, AskBody
from qa_service.timeframe import Timeframe
from qa_service.types import Answered, Reply, Searched, Stage, Token, Written

MEDIA_TYPE = "text/event-stream"

Stages: TypeAlias = Generator[Stage, None, None]

routes = APIBlueprint("stream", __name__, abp_tags=[Tag(name="questions")])


class Passage(BaseModel):
    """A passage that is going to be read: ``text`` is ``article.text[start:end]``."""

    article_id: str
    title: str
    url: str | None
    published: str | None
    author: str | None
    source: str | None
    page: int | None
    start: int
    end: int
    text: str

    @classmethod
    def of(cls, hit: Hit) -> Passage:
        article = hit.article
        return cls(
            article_id=article.article_id, title=article.title, url=article.url,
            published=article.published, author=article.author, source=article.source,
            page=article.page_of(hit.start), start=hit.start, end=hit.end, text=hit.text,
        )  # fmt: skip


class Found(BaseModel):
    """What was searched for, and the passages that were found, best first."""

    standalone_question: str
    timeframe: Timeframe | None
    passages: tuple[Passage, ...]


EVENT = {
    "description": "Each event of the stream; its data is JSON in one line.",
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["search", "answer", "citation", "token", "sentence", "done", "error"]},
        "data": {"type": "string"},
    },
}

EXAMPLE = """\
event: search
data: {"standalone_question": "who visited Sokha", "timeframe": null, "passages": [{"title": "..."}, ...]}

event: answer
data: {"text": "the United States", "confidence": 0.76, "citations": [1]}

event: citation
data: {"id": 1, "article_id": "kem-sokha-ambassadors", "quote": "the United States", ...}

event: token
data: {"text": "Ambassadors of"}

event: sentence
data: {"text": "Ambassadors of six partners came.", "citations": [7], "support": 0.81, "supported": true, ...}

event: done
data: {"question": "who visited Sokha", "answerable": true, "answer": "...", ...}

"""


@routes.post(
    "/ask/stream",
    responses={
        200: {
            "description": "Server-sent events",
            "content": {MEDIA_TYPE: {"schema": EVENT, "example": EXAMPLE}},
        },
        **PROBLEMS,
    },
    summary="Answer a question as /ask does, and send each part as soon as it is known",
    description=(
        "Takes what /ask takes. The data of each event is JSON in one line: `search` has the passages as "
        "soon as they are found, each `answer` and each `citation` is as in the reply of /ask, a `token` has "
        "words of the language model as they come, unchecked, a `sentence` one that was checked, and `done`, "
        "the last, is that reply, so that all others may be ignored. What is wrong with a request is told "
        "before the stream begins, as /ask tells it; what goes wrong later is an `error` with problem "
        "details, and then the stream ends. The work stops when the client closes the connection."
    ),
)
def ask_stream(body: AskBody) -> Response:
    stages = admission.stages(body.stages())
    first = next(stages)  # so that what can't be searched has the status that it has at /ask
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second for nginx
    return Response(_events(first, stages, is_client_gone()), content_type=MEDIA_TYPE, headers=headers)


def _events(first: Stage, rest: Stages, is_gone: Callable[[], bool]) -> Iterator[str]:
    """The stages as events, until the client is gone: nothing more is worked on then."""
    with closing(rest):
        try:
            for stage in chain((first,), rest):
                yield from _told(stage)
                if is_gone():
                    return
        except Exception as error:
            yield _event("error", details_of(error, "A stream of answers"))


def _told(stage: Stage) -> Iterator[str]:
    match stage:
        case Searched(standalone_question=meant, timeframe=when, hits=hits):
            passages = tuple(map(Passage.of, hits))
            yield _event("search", Found(standalone_question=meant, timeframe=when, passages=passages))
        case Answered():
            for answer in stage.answers:
                yield _event("answer", answer)
            for citation in stage.citations:
                yield _event("citation", citation)
        case Token(text=text) if text:
            yield _event("token", {"text": text})
        case Written():
            for citation in stage.citations:
                yield _event("citation", citation)
            yield _event("sentence", stage.sentence)
        case Reply():
            yield _event("done", stage)


def _event(name: str, data: BaseModel | dict[str, Any]) -> str:
    """An event in the form of server-sent events; JSON has no line break outside its strings' escapes."""
    text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data)
    return f"event: {name}\ndata: {text}\n\n"
