"""POST /ask."""

from __future__ import annotations

from typing import Annotated, Any

from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr

from index.types import Filters
from qa_service.problems import RESPONSES
from qa_service.routes import pipeline
from qa_service.types import Reply

MOST_QUESTION_CHARS = 2000
MOST_TURNS = 50
MOST_PASSAGES = 100

routes = APIBlueprint("ask", __name__, abp_tags=[Tag(name="questions")], abp_responses=RESPONSES)


def _not_blank(question: str) -> str:
    # Lone surrogates are valid in JSON, but no text that is stored or encoded has them.
    question = question.encode("utf-8", "replace").decode().strip()
    if not question:
        raise ValueError("Ask a question; this one is empty.")
    return question


def _iso_date(text: str) -> str:
    from index.loaders.dates import iso_date

    iso = iso_date(text)
    if iso is None:
        raise ValueError("Give a date such as 2019-11-30, 2019-11 or 2019.")
    return iso


Question = Annotated[StrictStr, Field(max_length=MOST_QUESTION_CHARS), AfterValidator(_not_blank)]
Date = Annotated[StrictStr, AfterValidator(_iso_date)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TurnBody(_Request):
    """A question that was asked before, and what it was answered with."""

    question: StrictStr
    answer: StrictStr


class FiltersBody(_Request):
    """Which articles may answer."""

    published_after: Date | None = None
    published_before: Date | None = None
    source: StrictStr | None = None
    author: StrictStr | None = None
    language: StrictStr | None = None
    tags: list[StrictStr] = []

    def filters(self) -> Filters:
        return Filters(**{**self.model_dump(), "tags": tuple(self.tags)})


class AskBody(_Request):
    """A question, with the turns before it and the articles that may answer."""

    question: Question
    history: list[TurnBody] = Field(default=[], max_length=MOST_TURNS)
    filters: FiltersBody = FiltersBody()
    top_k: StrictInt | None = Field(default=None, ge=1, le=MOST_PASSAGES)


@routes.post("/ask", responses={200: Reply}, summary="Answer a question from the articles")
def ask(body: AskBody) -> dict[str, Any]:
    reply = pipeline().ask(body.question, body.filters.filters(), body.top_k)
    return reply.model_dump(mode="json")
