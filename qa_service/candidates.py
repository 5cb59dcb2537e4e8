"""Candidates: what the reader found, as excerpts that can answer, and sentences that it overlooked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.chunking import sentence_spans
from index.types import Hit
from qa_service.attribution import asked_speaker, is_said_by_another
from qa_service.bearing import sentences_of, sentences_with
from qa_service.confidence import Confidence
from qa_service.designation import is_of_another
from qa_service.excerpt import is_denied, whole
from qa_service.question_type import asks_for_person, fits, is_told_in_sentences, is_yes_no
from qa_service.table import in_named_row
from qa_service.types import Scored, Span

SETTLED = 0.75
"""The probability that a sentence found by its words settles the question: benchmarks/end-to-end.md."""

_ASKS_WHAT_IS_NOT = re.compile(r"\bnot\b|n['’]t\b|\bnever\b|\brather\b|\binstead\b", re.IGNORECASE)


def candidates(
    question: str, spans: Sequence[Span], hits: Sequence[Hit], confidence: Confidence
) -> list[Scored]:
    """What may answer, with the probability that it is right, strongest first."""
    articles = {span.hit.article.article_id: span.hit.article for span in spans}
    others = {id_ for id_, article in articles.items() if is_of_another(question, article)}
    scored = [
        Scored(_excerpt(span, question), confidence.of(span))
        for span in spans
        if span.hit.article.article_id not in others and _can_be(span, question)
    ]
    if is_told_in_sentences(question):
        scored = _in_sentences(question, scored, hits)
    return sorted(scored, key=lambda each: -each.confidence)


def _in_sentences(question: str, scored: Sequence[Scored], hits: Sequence[Hit]) -> list[Scored]:
    """The sentences in which the spans stand, and those that settle the question by their words."""
    speaker = asked_speaker(question)
    if speaker:
        scored = [each for each in scored if not _is_said_by_another(each.span, speaker)]
    sentences = [Scored(whole_sentence(each.span), each.confidence) for each in scored]
    if speaker or is_yes_no(question):
        bearing = sentences_of(question, speaker, hits) if speaker else sentences_with(question, hits)
        for hit, (start, end) in bearing:
            span = Span(hit, hit.start + start, hit.start + end, score=0.0, null_score=0.0)
            sentences.append(Scored(whole_sentence(span), SETTLED))
    return sentences


def _can_be(span: Span, question: str) -> bool:
    """Whether the span is of the kind asked for, and not said to be no answer."""
    offset = span.hit.start
    denied = is_denied(span.hit.text, span.start - offset, span.end - offset)
    return fits(question, span.text) and (not denied or bool(_ASKS_WHAT_IS_NOT.search(question)))


def _excerpt(span: Span, question: str) -> Span:
    hit = span.hit
    start, end = in_named_row(question, hit.text, span.start - hit.start, span.end - hit.start)
    start, end = whole(hit.text, start, end, asks_for_person(question))
    return replace(span, start=hit.start + start, end=hit.start + end)


def _is_said_by_another(span: Span, speaker: Sequence[str]) -> bool:
    hit = span.hit
    return is_said_by_another(hit.text, hit.article.language, span.start - hit.start, speaker)


def whole_sentence(span: Span) -> Span:
    """The sentences that the span stands in: a yes or no would be more than the reader knows, and a part of
    what somebody says may say something else."""
    hit = span.hit
    around = [
        (hit.start + start, hit.start + end)
        for start, end in sentence_spans(hit.text, hit.article.language)
        if hit.start + start < span.end and span.start < hit.start + end
    ]
    if not around:
        return span
    return replace(span, start=around[0][0], end=around[-1][1])
