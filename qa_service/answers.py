"""Answers: spans to answers with their confidence and citations, or an honest refusal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.chunking import sentence_spans
from index.types import Hit
from qa_service.confidence import Confidence
from qa_service.question_type import fits, is_yes_no
from qa_service.scoring import normalised
from qa_service.types import Answer, Citation, Span

MOST_ANSWERS = 3
MOST_CITATIONS = 5
"""At most so many places are cited for one answer."""

CLOSEST_PASSAGES = 3


@dataclass(frozen=True)
class Answered:
    """What the spans say: answers with their citations, or none and the closest passages."""

    answers: tuple[Answer, ...]
    citations: tuple[Citation, ...]
    confidence: float


@dataclass(frozen=True)
class Scored:
    """A span and the probability that it is right."""

    span: Span
    confidence: float


def answered(
    question: str, spans: Sequence[Span], hits: Sequence[Hit], confidence: Confidence, threshold: float
) -> Answered:
    """The best answers whose confidence is at least ``threshold``, strongest first."""
    scored = [Scored(span, confidence.of(span)) for span in spans if fits(question, span.text)]
    scored.sort(key=lambda each: -each.confidence)
    if is_yes_no(question):
        scored = [Scored(_whole_sentence(each.span), each.confidence) for each in scored]
    groups = [some for some in group(scored) if some[0].confidence >= threshold]
    if not groups:
        return Answered((), _closest(hits), round(scored[0].confidence, 4) if scored else 0.0)
    return _cited(_apart(groups)[:MOST_ANSWERS])


def group(scored: Sequence[Scored]) -> list[list[Scored]]:
    """Spans that say the same, best supported first; the strongest span of a group speaks for it.

    Two say the same when the words of one, without case, punctuation and articles, hold the other's.
    ``scored`` is strongest first.
    """
    groups: list[list[Scored]] = []
    for each in scored:
        same = next((some for some in groups if _says_the_same(each.span.text, some[0].span.text)), None)
        if same is None:
            groups.append([each])
        else:
            same.append(each)
    return sorted(groups, key=_support, reverse=True)


def _support(some: Sequence[Scored]) -> float:
    """The probability that at least one of the two strongest places is right, were they independent."""
    places = _places(some)[:2]
    return 1 - math.prod(1 - each.confidence for each in places)


def _says_the_same(text: str, other: str) -> bool:
    words, others = f" {normalised(text)} ", f" {normalised(other)} "
    return words in others or others in words


def _apart(groups: Sequence[list[Scored]]) -> list[list[Scored]]:
    """The groups without those whose best span stands in the sentence of a better one: other words of one
    sentence are seldom another answer."""
    kept: list[list[Scored]] = []
    for some in groups:
        sentence = _whole_sentence(some[0].span)
        if not any(_overlap(sentence, better[0].span) for better in kept):
            kept.append(some)
    return kept


def _cited(groups: Sequence[Sequence[Scored]]) -> Answered:
    answers: list[Answer] = []
    citations: list[Citation] = []
    for some in groups:
        first = len(citations) + 1
        for each in _places(some):
            citations.append(_citation(len(citations) + 1, each.span))
        numbers = tuple(range(first, len(citations) + 1))
        best = some[0]
        answers.append(Answer(text=best.span.text, confidence=round(best.confidence, 4), citations=numbers))
    return Answered(tuple(answers), tuple(citations), answers[0].confidence)


def _places(scored: Sequence[Scored]) -> list[Scored]:
    """One span of each place: spans that overlap are one, however the passages were cut."""
    kept: list[Scored] = []
    for each in scored:
        if not any(_overlap(each.span, other.span) for other in kept):
            kept.append(each)
    return kept[:MOST_CITATIONS]


def _overlap(one: Span, other: Span) -> bool:
    same = one.hit.article.article_id == other.hit.article.article_id
    return same and one.start < other.end and other.start < one.end


def _whole_sentence(span: Span) -> Span:
    """The sentences that the span stands in: a yes or no would be more than the reader knows."""
    hit = span.hit
    around = [
        (hit.start + start, hit.start + end)
        for start, end in sentence_spans(hit.text, hit.article.language)
        if hit.start + start < span.end and span.start < hit.start + end
    ]
    if not around:
        return span
    return Span(hit, around[0][0], around[-1][1], span.score, span.null_score)


def _citation(number: int, span: Span) -> Citation:
    return Citation.of(number, span.hit.article, (span.start, span.end), (span.hit.start, span.hit.end))


def _closest(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The best passages, each quoted whole."""
    return tuple(
        Citation.of(number, hit.article, (hit.start, hit.end), (hit.start, hit.end))
        for number, hit in enumerate(hits[:CLOSEST_PASSAGES], start=1)
    )
