"""Evaluation: how good the answers are, on questions whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from index.types import Article, Hit, clean_text
from qa_service.questions import Question
from qa_service.scoring import best_f1, calibration_error, exact_match, f1
from qa_service.types import Reply

if TYPE_CHECKING:
    from qa_service.pipeline import Pipeline
    from qa_service.reader import Reader

HITS = 20
RIGHT_F1 = 0.5
"""From this F1 on an answer counts as right where its confidence is measured."""


@dataclass(frozen=True)
class Result:
    """A question, what was said to it, and the ids of the articles found, best first.

    ``margin`` is that of the reader's best span, whatever was said.
    """

    question: Question
    reply: Reply
    found: tuple[str, ...]
    margin: float = float("-inf")

    @property
    def rank(self) -> int | None:
        """Place of the right article, from 1."""
        expected = self.question.article_id
        return self.found.index(expected) + 1 if expected in self.found else None

    @property
    def answer(self) -> str:
        """What the user was told, "" for a refusal."""
        return self.reply.answer or ""

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


@dataclass(frozen=True)
class GivenPassage:
    """A question that was read with its own passage: the best span, whatever its margin."""

    question: Question
    answer: str
    margin: float


def ask(pipeline: Pipeline, question: Question) -> Result:
    """Put the question through the whole pipeline."""
    hits = pipeline.search.hits(question.question, HITS)
    found = tuple(dict.fromkeys(hit.article.article_id for hit in hits))
    examined = pipeline.examine(question.question)
    margin = max((span.margin for span in examined.spans), default=float("-inf"))
    return Result(question, examined.reply, found, margin)


def read(reader: Reader, question: Question) -> GivenPassage:
    """Give the reader the question's own passage; search is not used."""
    article = Article("given", clean_text(question.passage or ""), question.title)
    hit = Hit(0, article, 0, len(article.text), score=1.0, dense=1.0, lexical=1.0)
    spans = reader.read(question.question, [hit])
    if not spans:
        return GivenPassage(question, "", float("-inf"))
    return GivenPassage(question, spans[0].text, spans[0].margin)


def measures(results: Sequence[Result]) -> dict[str, float]:
    """Of whole answers: shares between 0 and 1, and the median latency in milliseconds."""
    answerable = [result for result in results if result.question.answers]
    unanswerable = [result for result in results if not result.question.answers]
    located = [result.rank for result in answerable if result.question.article_id]
    shares: dict[str, list[float]] = {
        **{
            f"article_recall_at_{k}": [rank is not None and rank <= k for rank in located] for k in (1, 5, 20)
        },
        "mean_reciprocal_rank": [1 / rank if rank else 0 for rank in located],
        "answered": [result.reply.answerable for result in answerable],
        "right_sentence_first": [result.right_sentence for result in answerable],
        "exact": [exact_match(result.answer, result.question.answers) for result in answerable],
        "f1": [f1(result.answer, result.question.answers) for result in answerable],
        "refused_of_unanswerable": [not result.reply.answerable for result in unanswerable],
    }
    confident = [
        (result.reply.confidence, f1(result.answer, result.question.answers) >= RIGHT_F1)
        for result in results
        if result.reply.answerable
    ]
    return {
        "questions": len(results),
        "answerable": len(answerable),
        **_means(shares),
        "calibration_error": round(calibration_error(confident), 4),
        "median_ms": round(median(result.reply.timings_ms.total for result in results), 1)
        if results
        else 0.0,
    }


def given_measures(results: Sequence[GivenPassage]) -> dict[str, float]:
    """Of the reader alone: exact match and F1 where there is an answer, best F1 with abstention over all."""
    answerable = [result for result in results if result.question.answers]
    best, threshold = best_f1(
        [
            (result.margin, f1(result.answer, result.question.answers), bool(result.question.answers))
            for result in results
        ]
    )
    shares: dict[str, list[float]] = {
        "exact": [exact_match(result.answer, result.question.answers) for result in answerable],
        "f1": [f1(result.answer, result.question.answers) for result in answerable],
    }
    return {
        "questions": len(results),
        "answerable": len(answerable),
        **_means(shares),
        "best_f1_with_abstention": round(best, 4),
        "best_threshold": round(threshold, 4),
    }


def _means(shares: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(fmean(values), 4) if values else 0.0 for name, values in shares.items()}
