"""POST /ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, TypeAlias, TypeVar

from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, ConfigDict, Field, StrictInt

from index.types import Filters
from qa_service.conversation import standalone
from qa_service.problems import responses
from qa_service.routes import pipeline
from qa_service.routes.fields import FiltersBody, StrictModel, Text
from qa_service.timeframe import Timeframe, timeframe
from qa_service.types import Reply, Turn

MOST_QUESTION_CHARS = 2000
MOST_TURNS = 50
MOST_PASSAGES = 100

T = TypeVar("T")
Ask: TypeAlias = Callable[[str, Filters | None, int | None, Timeframe | None, str | None], T]

PROBLEMS = responses(400, 403, 409, 413, 415, 422, 500, 503)

routes = APIBlueprint("ask", __name__, abp_tags=[Tag(name="questions")])


def _asked(question: str) -> str:
    if not question:
        raise ValueError("Ask a question; this one is empty.")
    if len(question) > MOST_QUESTION_CHARS:
        raise ValueError(
            f"Ask in at most {MOST_QUESTION_CHARS:,} characters; this question has {len(question):,}."
        )
    return question


Question = Annotated[
    Text,
    AfterValidator(_asked),
    Field(json_schema_extra={"minLength": 1, "maxLength": MOST_QUESTION_CHARS}),
]


class TurnBody(StrictModel):
    """A question that was asked before, and what it was answered with."""

    question: Text
    answer: Text

    def turn(self) -> Turn:
        return Turn(self.question, self.answer)


EXAMPLES = {
    "question": {"summary": "A question", "value": {"question": "who visited Sokha"}},
    "follow-up": {
        "summary": "A follow-up question, to articles of one month",
        "value": {
            "question": "and who has not called him?",
            "history": [{"question": "who visited Sokha", "answer": "the ambassadors of six countries"}],
            "filters": {"published_after": "2019-11", "published_before": "2019-11"},
            "top_k": 5,
        },
    },
}


class AskBody(StrictModel):
    """A question, with the turns before it and the articles that may answer."""

    model_config = ConfigDict(openapi_extra={"examples": EXAMPLES})  # type: ignore[typeddict-unknown-key]

    question: Question
    history: list[TurnBody] = Field(
        default=[],
        max_length=MOST_TURNS,
        description="The turns before, the oldest first. What the question leaves out is taken from them.",
    )
    as_typed: bool = Field(default=False, description="Search the question as it is, whatever the history.")
    filters: FiltersBody = FiltersBody()
    top_k: StrictInt | None = Field(default=None, ge=1, le=MOST_PASSAGES)
    as_of: date | None = Field(default=None, description="The day that 'last week' counts back from: today.")
    any_time: bool = Field(default=False, description="Do not act on what the question says of time.")

    def meant(self) -> str:
        """The question that stands alone."""
        turns = [] if self.as_typed else [body.turn() for body in self.history]
        return standalone(self.question, turns)

    def put_to(self, ask: Ask[T]) -> T:
        """What a way of asking, such as ``Pipeline.ask``, makes of it."""
        meant = self.meant()
        when = None if self.any_time else timeframe(meant, self.as_of or date.today())
        return ask(self.question, self.filters.filters(), self.top_k, when, meant)


@routes.post(
    "/ask",
    responses={200: Reply, **PROBLEMS},
    summary="Answer a question from the articles",
)
def ask(body: AskBody) -> dict[str, Any]:
    return body.put_to(pipeline().ask).model_dump(mode="json")
