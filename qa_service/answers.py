"""Answers: spans to answers with their confidence and citations, or an honest refusal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Hit
from qa_service.types import Answer, Citation, Span

SLOPE, INTERCEPT = 10.0, -5.0
"""Of the logistic curve from a span's margin to the probability that it is right."""

MOST_ANSWERS = 3
CLOSEST_PASSAGES = 3


@dataclass(frozen=True)
class Answered:
    """What the spans say: answers with their citations, or none and the closest passages."""

    answers: tuple[Answer, ...]
    citations: tuple[Citation, ...]
    confidence: float


def answered(spans: Sequence[Span], hits: Sequence[Hit], threshold: float) -> Answered:
    """The best spans whose confidence is at least ``threshold``, strongest first."""
    likely = [span for span in spans if confidence(span) >= threshold][:MOST_ANSWERS]
    if not likely:
        return Answered((), _closest(hits), confidence(spans[0]) if spans else 0.0)
    citations = tuple(_citation(number, span) for number, span in enumerate(likely, start=1))
    answers = tuple(
        Answer(text=span.text, confidence=confidence(span), citations=(citation.id,))
        for span, citation in zip(likely, citations, strict=True)
    )
    return Answered(answers, citations, answers[0].confidence)


def confidence(span: Span) -> float:
    """The probability that the span is a right answer."""
    return round(1 / (1 + math.exp(-(SLOPE * span.margin + INTERCEPT))), 4)


def _citation(number: int, span: Span) -> Citation:
    return Citation.of(number, span.hit.article, (span.start, span.end), (span.hit.start, span.hit.end))


def _closest(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The best passages, each quoted whole."""
    return tuple(
        Citation.of(number, hit.article, (hit.start, hit.end), (hit.start, hit.end))
        for number, hit in enumerate(hits[:CLOSEST_PASSAGES], start=1)
    )
