"""Chronology: which answers are of the time in question, and in what order they come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qa_service.timeframe import Timeframe
from qa_service.types import Scored

NEARLY = 0.9
"""Answers whose confidence is at least this share of the best one's are ordered by their dates."""


def of_the_time(scored: Sequence[Scored], timeframe: Timeframe | None) -> list[Scored]:
    """What is left without the answers of articles that can't know of the year in question."""
    return [each for each in scored if timeframe is None or _is_told(each, timeframe) is not False]


def in_time(
    groups: Sequence[list[Scored]], timeframe: Timeframe | None, threshold: float
) -> list[list[Scored]]:
    """The groups with the leading ones in the order of time that the question asks for."""
    is_latest = timeframe is not None and timeframe.kind == "latest"
    if timeframe and (told := [_told(some, timeframe, threshold) for some in groups]) and any(told):
        order = sorted(range(len(groups)), key=lambda place: -told[place])
        return [groups[place] for place in order]
    enough = 0 if is_latest else NEARLY * groups[0][0].confidence
    leading = [some for some in groups if some[0].confidence >= enough]
    dates = partial(_dates, threshold=threshold)
    if timeframe and timeframe.kind == "around":
        leading.sort(key=lambda some: not any(map(timeframe.admits, dates(some))))
    elif is_latest or all(map(dates, leading)):
        leading.sort(key=lambda some: max(dates(some), default=""), reverse=True)
    return leading + [some for some in groups if some[0].confidence < enough]


def _told(some: Sequence[Scored], timeframe: Timeframe, threshold: float) -> float:
    """How sure an answer is where a text tells of the time in question; there half is enough, since the same
    was answered elsewhere."""
    told = (each.confidence for each in some if _is_told(each, timeframe))
    return max((confidence for confidence in told if confidence >= threshold / 2), default=0.0)


def _is_told(each: Scored, timeframe: Timeframe) -> bool | None:
    hit = each.span.hit
    return timeframe.is_told(f"{hit.article.title} {hit.text}", hit.article.published)


def _dates(some: Sequence[Scored], threshold: float) -> list[str]:
    """When it was said; a newer article in which it hardly is an answer does not make it newer."""
    likely = (each.span.hit.article.published for each in some if each.confidence >= threshold)
    return [each for each in likely if each]
