"""Timeframe: what a question says of time, such as "latest", "this week" or "in November 2019"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict
from text_to_num import text2num

from index.loaders.dates import iso_date
from index.period import covers
from index.types import Filters

Kind = Literal["latest", "since", "around"]

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATE = rf"(?:\d{{1,2}} )?{_MONTH} (?:\d{{1,2}},? )?\d{{4}}|\d{{4}}(?:-\d\d(?:-\d\d)?)?"
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|recently|current(?:ly)?|right now|these days|so far)\b",
    re.IGNORECASE,
)
_COUNT = r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SINCE = re.compile(
    r"\b(?P<day>today|tonight|yesterday)\b"
    r"|\b(?P<which>this|last) (?P<calendar>week|month|year|morning|evening)\b"
    rf"|\b(?:in |within |over )?the (?:last|past) (?:(?P<count>{_COUNT}) )?(?P<unit>day|week|month|year)s?\b"
    rf"|\bsince (?:last )?(?P<weekday>{'|'.join(_WEEKDAYS)})\b",
    re.IGNORECASE,
)
_AGO = re.compile(rf"\b(?P<count>{_COUNT}) (?P<unit>month|year)s? ago\b", re.IGNORECASE)
_AROUND = re.compile(
    rf"\b(?P<before>before|until|by) (?:\w+ ){{0,4}}?(?:in )?(?P<limit>{_DATE})\b"
    rf"|\b(?:in|on|during|since|after) (?P<date>{_DATE})\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"(?:in|on|during) ", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_FEW = 5


class Timeframe(BaseModel):
    """The words of the question that say when, and what is made of them.

    ``latest``: of answers that differ, the newest comes first. ``since``: only articles that were published
    from ``after`` on are searched. ``around``: the question names a date, but what happened then may be
    told at any time, so answers published from ``after`` to ``before`` are only preferred.
    """

    model_config = ConfigDict(frozen=True)

    words: str
    kind: Kind
    after: str | None = None
    before: str | None = None

    def narrowed(self, filters: Filters | None) -> Filters | None:
        """The filters of the user, and what the question asks for beside them."""
        if self.kind != "since" or self.after is None:
            return filters
        filters = filters or Filters()
        return replace(filters, published_after=max(filters.published_after or "", self.after))

    def admits(self, published: str | None) -> bool:
        """Whether an article of this date may tell of the time in question, as a filter would see it."""
        return published is not None and covers(self.after, self.before, published)

    def is_told(self, text: str, published: str | None) -> bool | None:
        """Whether a text tells of the year in question, which it names or is published in; None if that can't
        be told. Only where the question asks for what was in that year, and not since or before it.
        """
        if not (year := self._year()):
            return None
        if year in text or (published or "").startswith(year):
            return True
        # "Last year", and what has no date, may mean any.
        return None if published is None or int(published[:4]) == int(year) + 1 else False

    def _year(self) -> str | None:
        is_within = self.kind == "around" and (_WITHIN.match(self.words) or self.after == self.before)
        found = _YEAR.match(self.after or "") if is_within else None
        return found.group() if found else None


def timeframe(question: str, today: date) -> Timeframe | None:
    """What the question says of time, if it says anything; "last week" counts back from ``today``."""
    readings: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Timeframe]], ...] = (
        (_SINCE, _since),
        (_AGO, _ago),
        (_LATEST, _latest),
        (_AROUND, _around),
    )
    for pattern, read in readings:
        if found := pattern.search(question):
            return read(found, today)
    return None


def _latest(found: re.Match[str], today: date) -> Timeframe:
    return Timeframe(words=found.group(), kind="latest")


def _since(found: re.Match[str], today: date) -> Timeframe:
    if unit := found["unit"]:
        start = today - timedelta(days=_DAYS[unit.lower()] * _number(found["count"] or "a"))
    elif weekday := found["weekday"]:
        start = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday.lower())) % 7 or 7)
    else:
        start = _start_of((found["calendar"] or found["day"]).lower(), today)
        if (found["which"] or "").lower() == "last":
            start = _start_of(found["calendar"].lower(), start - timedelta(days=1))
    return Timeframe(words=found.group(), kind="since", after=start.isoformat())


def _ago(found: re.Match[str], today: date) -> Timeframe:
    """The whole month or year: "two years ago" is seldom meant to the day."""
    count = _number(found["count"])
    if found["unit"].lower() == "year":
        then = f"{max(today.year - count, 1):04}"
    else:
        months = max(today.year * 12 + today.month - 1 - count, 12)
        then = f"{months // 12:04}-{months % 12 + 1:02}"
    return Timeframe(words=found.group(), kind="around", after=then, before=then)


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    match word.lower():
        case "a" | "an":
            return 1
        case "few":
            return _FEW
    return int(text2num(word.lower(), "en"))


def _start_of(period: str, day: date) -> date:
    """The first day of the week (Monday), month or year that ``day`` is in; other periods are days."""
    match period:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case "yesterday":
            return day - timedelta(days=1)
    return day


def _around(found: re.Match[str], today: date) -> Timeframe:
    if found["before"]:
        return Timeframe(words=found.group(), kind="around", before=iso_date(found["limit"]))
    return Timeframe(words=found.group(), kind="around", after=iso_date(found["date"]))
