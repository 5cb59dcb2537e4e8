"""POST /feedback."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, model_validator

from index.errors import ArticleNotFound
from qa_service.feedback import Cited, Feedback, FeedbackStore
from qa_service.problems import responses
from qa_service.routes import pipeline, settings
from qa_service.routes.ask import Question
from qa_service.routes.fields import StrictModel, Text

MOST_CHARS = 2000
MOST_ANSWER_CHARS = 20_000
MOST_CITATIONS = 100
MOST_ID_CHARS = 2000

routes = APIBlueprint("feedback", __name__, abp_tags=[Tag(name="questions")])


def _no_longer_than(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"Give at most {limit:,} characters; this has {len(text):,}.")
        return text

    return AfterValidator(check)


Words = Annotated[Text, _no_longer_than(MOST_CHARS), Field(json_schema_extra={"maxLength": MOST_CHARS})]
LongText = Annotated[
    Text, _no_longer_than(MOST_ANSWER_CHARS), Field(json_schema_extra={"maxLength": MOST_ANSWER_CHARS})
]
Id = Annotated[Text, _no_longer_than(MOST_ID_CHARS), Field(json_schema_extra={"maxLength": MOST_ID_CHARS})]


class CitedBody(StrictModel):
    """A place that the answer cited, as its citation gives it."""

    article_id: Id
    content_hash: Id
    start: StrictInt = Field(ge=0)
    end: StrictInt = Field(ge=0)

    @model_validator(mode="after")
    def _has_words(self) -> CitedBody:
        if self.end <= self.start:
            raise ValueError(f"The end, {self.end}, must lie behind the start, {self.start}.")
        return self


EXAMPLES = {
    "complaint": {
        "summary": "What would have been right",
        "value": {
            "question": "who visited Sokha",
            "answer": "His lawyers",
            "rating": "down",
            "right_answer": "The ambassadors of the United States",
            "comment": "Lawyers are not visitors.",
            "citations": [
                {"article_id": "kem-sokha-ambassadors", "content_hash": "0", "start": 314, "end": 331}
            ],
        },
    },
    "praise": {
        "summary": "A good answer",
        "value": {"question": "who visited Sokha", "answer": "Six ambassadors", "rating": "up"},
    },
}


class FeedbackBody(StrictModel):
    """What a reader thinks of an answer."""

    model_config = ConfigDict(openapi_extra={"examples": EXAMPLES})  # type: ignore[typeddict-unknown-key]

    question: Question
    standalone_question: Question | None = Field(default=None, description="The question if left out.")
    answer: LongText | None = Field(default=None, description="What was answered; null for a refusal.")
    rating: Literal["up", "down"]
    right_answer: Words | None = Field(
        default=None, description="The right answer in an article's words; empty if the articles don't say."
    )
    comment: Words = ""
    citations: list[CitedBody] = Field(default=[], max_length=MOST_CITATIONS)

    def feedback(self) -> Feedback:
        cited = tuple(Cited(**body.model_dump()) for body in self.citations)
        said = self.model_dump(exclude={"citations", "standalone_question"})
        standalone = self.standalone_question or self.question
        return Feedback(**said, standalone_question=standalone, citations=cited, article_id=self._article())

    def _article(self) -> str | None:
        """The cited article that holds the right answer, as far as the reader says which that is."""
        ids = dict.fromkeys(cited.article_id for cited in self.citations)
        if self.rating == "up":
            return next(iter(ids), None)
        return next((each for each in ids if self.right_answer and self.right_answer in _text(each)), None)


class Stored(BaseModel):
    """The feedback is kept under this id."""

    id: int


@routes.post(
    "/feedback",
    responses={201: Stored, **responses(400, 403, 413, 415, 422, 500, 503)},
    summary="Say what you think of an answer",
    description="Stored apart from the articles: the question, the answer, what it cites, and the comment.",
)
def give_feedback(body: FeedbackBody) -> tuple[dict[str, int], int]:
    return {"id": FeedbackStore(settings().feedback_file).add(body.feedback())}, 201


def _text(article_id: str) -> str:
    try:
        return pipeline().index.get(article_id).text
    except ArticleNotFound:
        return ""
