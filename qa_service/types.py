"""The nouns of answering. Reply, with its answers and citations, is what the HTTP API sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from index.types import Article, Copy, Hit
from qa_service.timeframe import Timeframe

Kind = Literal["single", "list", "sentence"]
"""What the answers are to each other: others compete with the first, or all are members of one list; a
``sentence`` settles a question for yes or no, or is what somebody says or how something is done."""


@dataclass(frozen=True)
class Turn:
    """A question that was asked before, and what it was answered with."""

    question: str
    answer: str


@dataclass(frozen=True)
class Span:
    """Words of a passage that may answer: ``hit.article.text[start:end]``.

    ``score`` is how well they answer and ``null_score`` how well "not here" does, on one scale;
    their difference, ``margin``, orders spans of different passages.
    """

    hit: Hit
    start: int
    end: int
    score: float
    null_score: float

    def __post_init__(self) -> None:
        if not self.hit.start <= self.start < self.end <= self.hit.end:
            raise ValueError(
                f"The span {self.start} to {self.end} lies outside its passage, "
                f"{self.hit.start} to {self.hit.end}."
            )

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def margin(self) -> float:
        return self.score - self.null_score


@dataclass(frozen=True)
class Scored:
    """A span and the probability that it is right."""

    span: Span
    confidence: float


@dataclass(frozen=True)
class Searched:
    """The passages that were found for the question that stands alone, best first, before they are read."""

    standalone_question: str
    timeframe: Timeframe | None
    hits: Sequence[Hit]


@dataclass(frozen=True)
class PartRead:
    """Some of the passages are read, and more are to be."""


@dataclass(frozen=True)
class Read:
    """The words of the passages that may answer."""

    spans: Sequence[Span]


class CopyOfReport(BaseModel):
    """Another article with the same report, such as wire copy; it lends no support of its own."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    article_id: str
    title: str
    url: str | None
    published: str | None
    source: str | None


class Citation(BaseModel):
    """A quote and the passage that it stands in; offsets are code points of the stored text."""

    model_config = ConfigDict(frozen=True)

    id: int
    article_id: str
    content_hash: str
    title: str
    url: str | None
    published: str | None
    author: str | None
    source: str | None
    fields: dict[str, str] = {}
    page: int | None
    start: int
    end: int
    quote: str
    passage_start: int
    passage_end: int
    passage: str
    copies: tuple[CopyOfReport, ...] = ()

    @classmethod
    def of(
        cls,
        number: int,
        article: Article,
        quote: tuple[int, int],
        passage: tuple[int, int],
        copies: Sequence[Copy] = (),
    ) -> Citation:
        """Cut the quote and the passage out of the stored text. Raises ValueError if one is outside it."""
        (start, end), (passage_start, passage_end) = quote, passage
        if not 0 <= passage_start <= start < end <= passage_end <= len(article.text):
            raise ValueError(
                f"The quote {quote} does not lie in the passage {passage} of {article.article_id!r}."
            )
        return cls(
            id=number, article_id=article.article_id, content_hash=article.content_hash,
            title=article.title, url=article.url, published=article.published,
            author=article.author, source=article.source, fields=dict(article.fields),
            page=article.page_of(start),
            start=start, end=end, quote=article.text[start:end],
            passage_start=passage_start, passage_end=passage_end,
            passage=article.text[passage_start:passage_end],
            copies=tuple(CopyOfReport.model_validate(each) for each in copies),
        )  # fmt: skip


class Answer(BaseModel):
    """One answer, how likely it is to be right (0 to 1), and the ids of the citations that support it."""

    model_config = ConfigDict(frozen=True)

    text: str
    confidence: float
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Answered:
    """What the spans say: answers with their citations, or none and the closest passages.

    ``text`` is the whole answer in a line; of a ``list`` the answers are the members.
    """

    text: str | None
    kind: Kind
    answers: tuple[Answer, ...]
    citations: tuple[Citation, ...]
    confidence: float


@dataclass(frozen=True)
class Token:
    """Some of a language model's words as they come, unchecked; none, while it is waited for."""

    text: str


class Sentence(BaseModel):
    """A sentence of a language model, as plain text, and how it stood its check.

    ``support`` is how well the cited passages bear it out, 0 to 1; ``problem`` says why it is not
    ``supported``.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    citations: tuple[int, ...]
    support: float
    supported: bool
    problem: str | None
    begins_line: bool


@dataclass(frozen=True)
class Written:
    """A sentence that was checked, and those of its citations that no sentence before it had."""

    sentence: Sentence
    citations: tuple[Citation, ...]


class Generated(BaseModel):
    """An answer in a language model's words. Its citations are numbered on from those of the reply; the
    ``quote`` of each is what comes closest to the sentence that cites it."""

    model_config = ConfigDict(frozen=True)

    model: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


Mode = Literal["extractive", "generated"]


class Timings(BaseModel):
    """Milliseconds that each part of the work took."""

    model_config = ConfigDict(frozen=True)

    search: float
    read: float
    total: float
    generate: float = 0.0


class Reply(BaseModel):
    """All that is said to one question.

    ``answer`` says it in a line; the ``answers`` of a list are its members. Where the articles don't say,
    the citations are the closest passages. ``did_you_mean`` is the question with names that the articles
    have, where they don't have those in it but nearly the same. In the mode "generated" there is an answer
    of a language model beside it; ``note`` says why there is none, where one was to be.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    standalone_question: str
    answerable: bool
    answer: str | None
    confidence: float
    mode: Mode
    kind: Kind
    timeframe: Timeframe | None = None
    did_you_mean: str | None = None
    answers: tuple[Answer, ...]
    citations: tuple[Citation, ...]
    generated: Generated | None = None
    note: str | None = None
    timings_ms: Timings


Stage: TypeAlias = Searched | PartRead | Read | Answered | Token | Written | Reply
"""What a question comes to, step by step; the reply is the last."""
