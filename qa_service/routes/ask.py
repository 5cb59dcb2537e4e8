"""POST /ask."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from typing import Annotated, Any

from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from index.types import clean_text
from qa_service.conversation import standalone
from qa_service.conversation.phrasing import timeframe_in
from qa_service.problems import responses
from qa_service.routes import admission, pipeline, recent, settings
from qa_service.routes.fields import Day, FiltersBody, StrictModel, Text
from qa_service.types import Mode, Reply, Stage, Turn

PROBLEMS = responses(400, 403, 409, 413, 415, 422, 500, 503)

routes = APIBlueprint("ask", __name__, abp_tags=[Tag(name="questions")])


def asked(question: str) -> str:
    if not question:
        raise ValueError("Ask a question; this one is empty.")
    return _short_enough(question)


def _short_enough(question: str) -> str:
    limit = settings().max_question_chars
    if len(question) > limit:
        raise ValueError(f"Ask in at most {limit:,} characters; this question has {len(question):,}.")
    return question


def _few_enough(turns: list[TurnBody]) -> list[TurnBody]:
    limit = settings().max_turns
    if len(turns) > limit:
        raise ValueError(f"Send at most {limit:,} turns, the last ones; these are {len(turns):,}.")
    return turns


def _within_reach(top_k: int) -> int:
    limit = settings().max_passages
    if top_k > limit:
        raise ValueError(f"Have at most {limit:,} passages read.")
    return top_k


Question = Annotated[
    StrictStr,
    AfterValidator(_short_enough),  # as it was sent, whatever is cleaned away
    AfterValidator(clean_text),
    AfterValidator(asked),
    Field(json_schema_extra={"minLength": 1}),
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
    history: Annotated[list[TurnBody], AfterValidator(_few_enough)] = Field(
        default=[],
        description="The turns before, the oldest first. What the question leaves out is taken from them.",
    )
    as_typed: StrictBool = Field(
        default=False, description="Search the question as it is, whatever the history."
    )
    filters: FiltersBody = FiltersBody()
    top_k: Annotated[StrictInt, Field(ge=1), AfterValidator(_within_reach)] | None = None
    as_of: Day | None = Field(default=None, description="The day that 'last week' counts back from: today.")
    any_time: StrictBool = Field(default=False, description="Do not act on what the question says of time.")
    mode: Mode | None = Field(
        default=None,
        description="If a language model is configured it answers too, unless this is `extractive`.",
    )

    @property
    def key(self) -> str:
        """The same for two that the articles answer alike: the language model is no part of that."""
        return self.model_dump_json(exclude={"mode"})

    def meant(self) -> str:
        """The question that stands alone."""
        turns = [] if self.as_typed else [body.turn() for body in self.history]
        return standalone(self.question, turns)

    def stages(self) -> Generator[Stage, None, None]:
        """What the pipeline makes of it."""
        meant = self.meant()
        when = None if self.any_time else timeframe_in(meant, self.as_of or date.today())
        filters = self.filters.filters()
        stages = pipeline().stages(self.question, filters, self.top_k, when, meant, self.mode)
        return recent().noted(self.key, stages)


@routes.post(
    "/ask",
    responses={200: Reply, **PROBLEMS},
    summary="Answer a question from the articles",
)
def ask(body: AskBody) -> dict[str, Any]:
    return admission.reply(body.stages()).model_dump(mode="json")
