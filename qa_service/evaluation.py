"""Evaluation: questions whose answers are known, put to the service or to its reader alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from index.errors import ArticleNotFound
from index.types import Article, Hit, clean_text
from qa_service.conversation.phrasing import timeframe_in
from qa_service.question_type import fits
from qa_service.questions import Question
from qa_service.scoring import exact_match, f1
from qa_service.types import Citation, Reply, Span

if TYPE_CHECKING:
    from index.article_index import ArticleIndex
    from qa_service.confidence import Confidence
    from qa_service.pipeline import Pipeline
    from qa_service.reader import Reader

HITS = 100
"""So many passages are searched to rank this many articles, since several may be of one article."""
ARTICLES = 20

RIGHT_F1 = 0.5
"""From this F1 on an answer counts as right where its confidence is measured."""


@dataclass(frozen=True)
class Outcome:
    """A question and what came of it.

    ``answer`` is the best one, whatever its ``score``: the confidence, or the reader's margin where the
    passage was given. ``told`` is what counts: what the user was told, "" for a refusal, or, where the
    passage was given, the answer. ``margin`` is that of the reader's best span. ``found`` holds the ids of
    articles in the order of search, ``reread`` in the order of what was read in them.
    """

    question: Question
    answer: str
    score: float
    answered: bool
    told: str
    margin: float
    milliseconds: Mapping[str, float]
    reply: Reply | None = None
    found: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()
    false_citations: tuple[Citation, ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.question.answers)

    @cached_property
    def f1(self) -> float:
        """Of the answer, whatever its score."""
        return f1(self.answer, self.question.answers)

    @property
    def right(self) -> bool:
        return self.answerable and self.f1 >= RIGHT_F1

    @property
    def told_f1(self) -> float:
        return f1(self.told, self.question.answers)

    @property
    def told_exact(self) -> float:
        return exact_match(self.told, self.question.answers)

    @property
    def right_sentence(self) -> bool:
        """The first citation touches the sentence that answers, or an answer where no sentence is given."""
        if not self.reply or not self.reply.answerable:
            return False
        citation = self.reply.citations[0]
        if citation.article_id != self.question.article_id:
            return False
        expected = (self.question.sentence,) if self.question.sentence else self.question.answers
        return any(citation.quote in words or words in citation.quote for words in expected)


def ask(pipeline: Pipeline, question: Question, today: date) -> Outcome:
    """Put the question through the whole pipeline, as asked on the day it names, or else today.

    Raises EmptyIndex.
    """
    words = clean_text(question.question)
    when = timeframe_in(words, question.as_of or today)
    examined = pipeline.examine(words, timeframe=when, mode="extractive")
    reply = examined.reply
    fitting = [span for span in examined.spans if fits(words, span.text)]
    strongest = max(fitting, key=pipeline.confidence.of, default=None)
    # After the reply, which would else find the words of the question in warm caches.
    hits = pipeline.search.hits(words, HITS, when.narrowed(None) if when else None)
    found = tuple(dict.fromkeys(hit.article.article_id for hit in hits))[:ARTICLES]
    return Outcome(
        question,
        answer=reply.answer or (strongest.text if strongest else ""),
        score=reply.confidence,
        answered=reply.answerable,
        told=reply.answer or "",
        margin=max((span.margin for span in examined.spans), default=float("-inf")),
        milliseconds=reply.timings_ms.model_dump(),
        reply=reply,
        found=found,
        reread=_reread(found, fitting, pipeline.confidence),
        false_citations=tuple(c for c in reply.citations if not is_true(c, pipeline.index)),
    )


def read(reader: Reader, question: Question) -> Outcome:
    """Give the reader the question's own passage; search is not used.

    The question is answered where the best span's score exceeds that of "not here".
    """
    article = Article("given", clean_text(question.passage or ""), question.title)
    hit = Hit(0, article, 0, len(article.text), score=1.0, dense=1.0, lexical=1.0)
    started = perf_counter()
    spans = reader.read(clean_text(question.question), [hit])
    milliseconds = round(1000 * (perf_counter() - started), 1)
    answer, margin = (spans[0].text, spans[0].margin) if spans else ("", float("-inf"))
    return Outcome(question, answer, margin, margin > 0, answer, margin, {"read": milliseconds})


def _reread(found: Sequence[str], spans: Sequence[Span], confidence: Confidence) -> tuple[str, ...]:
    """The articles by the confidence of their best span; those not read follow in the order of search."""
    best: dict[str, float] = {}
    for span in spans:
        article_id = span.hit.article.article_id
        best[article_id] = max(best.get(article_id, 0.0), confidence.of(span))
    return tuple(sorted(found, key=lambda article_id: -best.get(article_id, -1.0)))


def is_true(citation: Citation, index: ArticleIndex) -> bool:
    """Whether the index holds the article that is cited, with the quote and the passage where it says."""
    try:
        article = index.get(citation.article_id)
    except ArticleNotFound:
        return False
    return (
        citation.content_hash == article.content_hash
        and citation.quote == article.text[citation.start : citation.end]
        and citation.passage == article.text[citation.passage_start : citation.passage_end]
        and citation.passage_start <= citation.start < citation.end <= citation.passage_end
    )


def write_predictions(outcomes: Sequence[Outcome], path: Path) -> None:
    """As JSON, what counts as the answer to each question, and the margin of its best span."""
    rows = {
        "answers": {outcome.question.id: outcome.told for outcome in outcomes},
        "margins": {outcome.question.id: outcome.margin for outcome in outcomes},
    }
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
