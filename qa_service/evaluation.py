"""Evaluation: how good the answers are, on questions whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from index.errors import QAError
from qa_service.types import Reply

if TYPE_CHECKING:
    from qa_service.pipeline import Pipeline

HITS = 20


@dataclass(frozen=True)
class Question:
    """``answers`` are exact words of the article, any of them right; none where no article answers."""

    question: str
    answers: tuple[str, ...]
    article_id: str | None = None
    sentence: str | None = None


_QUESTION = TypeAdapter(Question)


@dataclass(frozen=True)
class Result:
    """A question, what was said to it, and the ids of the articles found, best first."""

    question: Question
    reply: Reply
    found: tuple[str, ...]

    @property
    def rank(self) -> int | None:
        """Place of the right article, from 1."""
        expected = self.question.article_id
        return self.found.index(expected) + 1 if expected in self.found else None

    @property
    def right_sentence(self) -> bool:
        """The first citation touches the sentence that answers, or an answer where no sentence is given."""
        if not self.reply.answerable:
            return False
        citation = self.reply.citations[0]
        if citation.article_id != self.question.article_id:
            return False
        expected = (self.question.sentence,) if self.question.sentence else self.question.answers
        return any(citation.quote in words or words in citation.quote for words in expected)


def load(path: Path) -> list[Question]:
    """Questions from JSONL. Raises QAError naming the line that is wrong."""
    questions = []
    # As bytes: text would also be split at U+2028 and others, which JSON allows within strings.
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            questions.append(_QUESTION.validate_json(line))
        except ValidationError as error:
            raise QAError(f"Line {number} of {path} is not a question: {_first(error)}.") from error
    return questions


def _first(error: ValidationError) -> str:
    details = error.errors(include_url=False)[0]
    return ": ".join([*map(str, details["loc"]), details["msg"]])


def ask(pipeline: Pipeline, question: Question) -> Result:
    hits = pipeline.search.hits(question.question, HITS)
    found = tuple(dict.fromkeys(hit.article.article_id for hit in hits))
    return Result(question, pipeline.ask(question.question), found)


def measures(results: Sequence[Result]) -> dict[str, float]:
    """Shares between 0 and 1, and the median latency in milliseconds."""
    answerable = [result for result in results if result.question.answers]
    unanswerable = [result for result in results if not result.question.answers]
    ranks = [result.rank for result in answerable]
    shares: dict[str, list[float]] = {
        **{f"article_recall_at_{k}": [rank is not None and rank <= k for rank in ranks] for k in (1, 5, 20)},
        "mean_reciprocal_rank": [1 / rank if rank else 0 for rank in ranks],
        "answered": [result.reply.answerable for result in answerable],
        "right_sentence_first": [result.right_sentence for result in answerable],
        "refused_of_unanswerable": [not result.reply.answerable for result in unanswerable],
    }
    return {
        "questions": len(results),
        "answerable": len(answerable),
        **{name: round(fmean(values), 4) if values else 0.0 for name, values in shares.items()},
        "median_ms": round(median(result.reply.timings_ms.total for result in results), 1)
        if results
        else 0.0,
    }
