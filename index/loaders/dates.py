"""Dates as documents write them, to ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache

from dateparser.date import DateDataParser

_ISO = re.compile(
    r"(?P<date>(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?)"
    r"(?:(?<=-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", re.ASCII)
_OTHER_ISO = re.compile(r"\d{4}-?[TW]\d", re.ASCII)  # weeks: dateparser takes them for months
_LONGEST = 60  # "Saturday, 30 November 2019 at 10:15:00 a.m. Indochina Time" has 58 characters
_LENGTH = {"year": 4, "month": 7, "day": 10}
_READINGS = (("DMY", datetime(2000, 2, 3)), ("MDY", datetime(2017, 9, 21)))
"""Dates read day first and month first, with the parts that are not said from two far-off days."""


def iso_date(text: str) -> str | None:
    """The date that ``text`` as a whole says, as precise as it says it; None if it says none.

    ``30 November 2019`` gives ``2019-11-30``, ``Nov. 2019`` gives ``2019-11``. Nothing is added: a
    date must name its year, words such as "yesterday" are no date, and a date that can be read in
    two ways (``12/11/2019``) gives what both agree on.
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST or not re.search(r"\d{4}", text):
        return None
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    elif match := _YEAR_FIRST.fullmatch(text):
        text = "{}-{:0>2}-{:0>2}".format(*match.groups())
    if match := _ISO.fullmatch(text):
        return _iso(match)
    return None if _OTHER_ISO.match(text) else _in_words(text)


def _iso(match: re.Match[str]) -> str | None:
    """An ISO date without fractions of seconds, its offset written as ``+hh:mm``."""
    year, month, day, clock, offset = match.group("year", "month", "day", "time", "offset")
    try:
        date(int(year), int(month or 1), int(day or 1))
        time.fromisoformat((clock or "00:00") + _offset(offset))
    except ValueError:
        return None
    return match["date"] + (f"T{clock}{_offset(offset)}" if clock else "")


def _offset(offset: str | None) -> str:
    if not offset:
        return ""
    digits = "0000" if offset in "Zz" else offset[1:].replace(":", "").ljust(4, "0")
    return f"{'-' if offset[0] == '-' else '+'}{digits[:2]}:{digits[2:]}"


@lru_cache(maxsize=1024)
def _in_words(text: str) -> str | None:
    """What all readings of the date agree on: that much the text says by itself."""
    first, second = (_reading(text, order, base) for order, base in _READINGS)
    if first is None or second is None or first[:4] != second[:4]:
        return None
    return first if first == second else first[:4]


def _reading(text: str, order: str, base: datetime) -> str | None:
    said = _parser(order, base).get_date_data(text)
    moment, period = said.date_obj, said.period
    if moment is None or str(moment.year) not in _ascii_digits(text):
        return None  # no date, or a year made of something else ("Nov 30 10:30")
    if period == "time":
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")
    return moment.date().isoformat()[: _LENGTH.get(period or "year", 4)]


def _ascii_digits(text: str) -> str:
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)


@lru_cache
def _parser(order: str, base: datetime) -> DateDataParser:
    return DateDataParser(
        settings={
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "RELATIVE_BASE": base,
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["year"],
            "RETURN_TIME_AS_PERIOD": True,
        }
    )
