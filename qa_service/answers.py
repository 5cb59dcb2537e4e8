"""Answers: spans to answers with their confidence and citations, or an honest refusal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.types import Hit
from qa_service.candidates import SETTLED, candidates, whole_sentence
from qa_service.chronology import in_time, of_the_time
from qa_service.confidence import Confidence
from qa_service.enumeration import Enumeration, Place, enumeration, spelled_out
from qa_service.question_type import (
    asks_for_several,
    asks_who,
    is_told_in_sentences,
)
from qa_service.section import listed_below
from qa_service.timeframe import Timeframe
from qa_service.types import Answer, Answered, Citation, Kind, Scored, Span
from qa_service.wording import is_number, says_the_same

MOST_ANSWERS = 3
MOST_MEMBERS = 20
MOST_CITATIONS = 5
"""At most so many places are cited for one answer."""

CLOSEST_PASSAGES = 3


@dataclass(frozen=True)
class Listing:
    """All of a list in a text, and each of its members."""

    whole: Scored
    members: tuple[Scored, ...]


def answered(
    question: str,
    spans: Sequence[Span],
    hits: Sequence[Hit],
    confidence: Confidence,
    threshold: float,
    timeframe: Timeframe | None = None,
) -> Answered:
    """The best answers whose confidence is at least ``threshold``, strongest first; the newest first of
    those that are about as strong, or those of the ``timeframe``."""
    if below := listed_below(question, hits):
        return _section(*below)
    scored = of_the_time(candidates(question, spans, hits, confidence), timeframe)
    groups = _apart([some for some in group(scored) if some[0].confidence >= threshold])
    if not groups:
        closest = round(scored[0].confidence, 4) if scored else 0.0
        return Answered(None, "single", (), _closest(hits), closest)
    groups = in_time(groups, timeframe, threshold)
    if asks_who(question):
        groups[0] = _fullest(groups[0], threshold)
    best = groups[0][0]
    if is_told_in_sentences(question):
        return _cited(groups[:MOST_ANSWERS], best.span.text, "sentence")
    return (
        _listed(groups, asks_for_several(question), threshold)
        or (_named(best, hits) if asks_who(question) else None)
        or _cited(groups[:MOST_ANSWERS], best.span.text, "single")
    )


def _section(hit: Hit, items: Sequence[Place]) -> Answered:
    """The items of a list below the heading that was asked for."""
    spans = [Span(hit, hit.start + start, hit.start + end, 0.0, 0.0) for start, end in items[:MOST_MEMBERS]]
    text = "; ".join(span.text.rstrip(".;,") for span in spans)
    return _cited([[Scored(span, SETTLED)] for span in spans], text, "list")


def group(scored: Sequence[Scored]) -> list[list[Scored]]:
    """Spans that say the same, best supported first; the strongest span of a group speaks for it.

    ``scored`` is strongest first.
    """
    groups: list[list[Scored]] = []
    for each in scored:
        same = next((some for some in groups if says_the_same(each.span.text, some[0].span.text)), None)
        if same is None:
            groups.append([each])
        else:
            same.append(each)
    return sorted(groups, key=_support, reverse=True)


def _fullest(some: list[Scored], threshold: float) -> list[Scored]:
    """The group led by the first that names others beside the best: "Ann Lee and Bo Ek", of "Bo Ek"."""
    best = some[0].span.text
    for each in some[1:]:
        text = each.span.text
        listed = enumeration(text, 0, len(text), several=True) if each.confidence >= threshold else None
        if listed and best in [text[start:end] for start, end in listed.members]:
            return [each, *(other for other in some if other is not each)]
    return some


def _support(some: Sequence[Scored]) -> float:
    """The probability that at least one of the two strongest places is right, were they independent."""
    places = _places(some)[:2]
    return 1 - math.prod(1 - each.confidence for each in places)


def _apart(groups: Sequence[list[Scored]]) -> list[list[Scored]]:
    """The groups without those whose best span stands in the sentence of a better one: other words of one
    sentence are seldom another answer."""
    kept: list[list[Scored]] = []
    for some in groups:
        sentence = whole_sentence(some[0].span)
        if not any(_overlap(sentence, better[0].span) for better in kept):
            kept.append(some)
    return kept


def _listed(groups: Sequence[list[Scored]], several: bool, threshold: float) -> Answered | None:
    """The members of the list that the best answer is; of all answers, where ``several`` are asked for."""
    best, *others = [each for some in groups for each in _places(some) if each.confidence >= threshold]
    # Nobody sees of a list which of its members are doubtful: no other place counts where the reader would
    # rather say nothing.
    others = [each for each in others if several and each.span.margin > 0]
    lists = [_list_at(each, several) for each in (best, *others)]
    members = group([member for each in lists for member in each.members])[:MOST_MEMBERS]
    # "Which countries": "Spain, Italy and four" counts what it does not name.
    members = [some for some in members if not is_number(some[0].span.text)] or members
    if len(members) < 2:
        return None
    if len(members) == len(lists[0].members):
        return _cited(members, lists[0].whole.span.text, "list")
    *first, last = [some[0].span.text for some in members]
    return _cited(members, f"{', '.join(first)} and {last}", "list")


def _named(best: Scored, hits: Sequence[Hit]) -> Answered | None:
    """Who the answer is about, where it only says "foreign ambassadors": a list of names in the same article
    that begins "ambassadors from". Each member is cited together with the answer."""
    noun = best.span.text.split()[-1]
    if not (noun.islower() and noun.endswith("s")):
        return None
    for hit in hits:
        if _same_article(hit, best.span.hit) and (found := spelled_out(hit.text, noun)):
            listing = _listing(found, best, hit, hit.start)
            return _cited([[member, best] for member in listing.members], listing.whole.span.text, "list")
    return None


def _list_at(one: Scored, several: bool) -> Listing:
    """The list that a span is part of; a span that is part of none is a list of itself."""
    sentence = whole_sentence(one.span)
    start, end = one.span.start - sentence.start, one.span.end - sentence.start
    found = enumeration(sentence.text, start, end, several)
    return _listing(found, one, one.span.hit, sentence.start) if found else Listing(one, (one,))


def _listing(found: Enumeration, one: Scored, hit: Hit, offset: int) -> Listing:
    """A list found in the passage ``hit``, ``offset`` into its article, all as likely as ``one``."""
    whole, *members = [
        replace(one, span=replace(one.span, hit=hit, start=offset + start, end=offset + end))
        for start, end in (found.whole, *found.members)
    ]
    return Listing(whole, tuple(members))


def _cited(groups: Sequence[Sequence[Scored]], text: str, kind: Kind) -> Answered:
    answers: list[Answer] = []
    citations: list[Citation] = []
    for some in groups:
        first = len(citations) + 1
        for each in _places(some):
            span = each.span
            citations.append(_citation(len(citations) + 1, span.hit, span.start, span.end))
        numbers = tuple(range(first, len(citations) + 1))
        best = some[0]
        answers.append(Answer(text=best.span.text, confidence=round(best.confidence, 4), citations=numbers))
    return Answered(text, kind, tuple(answers), tuple(citations), answers[0].confidence)


def _places(scored: Sequence[Scored]) -> list[Scored]:
    """One span of each place: spans that overlap are one, however the passages were cut, and so are those
    of several copies of one report."""
    kept: list[Scored] = []
    for each in scored:
        if not any(_overlap(each.span, other.span) or _copied(each.span, other.span) for other in kept):
            kept.append(each)
    return kept[:MOST_CITATIONS]


def _copied(one: Span, other: Span) -> bool:
    return not _same_article(one.hit, other.hit) and one.hit.report == other.hit.report


def _overlap(one: Span, other: Span) -> bool:
    return _same_article(one.hit, other.hit) and one.start < other.end and other.start < one.end


def _same_article(one: Hit, other: Hit) -> bool:
    return one.article.article_id == other.article.article_id


def _citation(number: int, hit: Hit, start: int, end: int) -> Citation:
    return Citation.of(number, hit.article, (start, end), (hit.start, hit.end), hit.copies)


def _closest(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The best passages, each quoted whole."""
    return tuple(
        _citation(number, hit, hit.start, hit.end)
        for number, hit in enumerate(hits[:CLOSEST_PASSAGES], start=1)
    )
