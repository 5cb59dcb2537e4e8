"""Wording: whether two answers say the same in other words."""

from __future__ import annotations

import re
from functools import lru_cache

from nameparser.config import CONSTANTS
from text_to_num import alpha2digit

from qa_service.scoring import normalised

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT_MONTH = re.compile(r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_SCALED = re.compile(r"\b(\d+(?:\.\d+)?) ?(1000|1000000|1000000000)\b")
_PERCENT = re.compile(r"\s*%|\bper cent\b", re.IGNORECASE)


def says_the_same(text: str, other: str) -> bool:
    """Whether the words of one hold the other's: "President Joe Biden" and "Biden", "44 %" and
    "forty-four percent", "Nov. 10" and "10 November 2019"."""
    words, others = canonical(text), canonical(other)
    if not words or not others:
        return normalised(text) == normalised(other)
    if _is_date(words) and _is_date(others):
        return set(words) <= set(others) or set(others) <= set(words)
    return _within(words, others) or _within(others, words)


def is_number(text: str) -> bool:
    """Whether the text is nothing but a number, in digits or in words."""
    return all(word.replace("point", "").isdigit() for word in canonical(text))


@lru_cache(maxsize=4096)
def canonical(text: str) -> tuple[str, ...]:
    """The words in one form: numbers in digits, months in full, without titles, articles and case."""
    text = _ISO_DATE.sub(_spelled, text)
    text = _SHORT_MONTH.sub(lambda found: _month(found.group()), text)
    text = _ORDINAL.sub(r"\1", alpha2digit(_THOUSANDS.sub("", text), "en", threshold=0))
    text = _SCALED.sub(lambda found: f"{float(found[1]) * int(found[2]):.15g}", text)
    text = _DECIMAL.sub("point", _PERCENT.sub(" percent", text))
    words = normalised(text).split()
    while len(words) > 1 and words[0] in CONSTANTS.titles:
        del words[0]
    return tuple(words)


def _spelled(iso: re.Match[str]) -> str:
    year, month, day = (int(part) for part in iso.groups())
    return f"{day} {_MONTHS[month - 1]} {year}" if 1 <= month <= 12 else iso.group()


def _month(short: str) -> str:
    return next(month for month in _MONTHS if month.startswith(short[:3].lower()))


def _is_date(words: tuple[str, ...]) -> bool:
    return any(word in _MONTHS for word in words) and any(word.isdigit() for word in words)


def _within(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return f" {' '.join(words)} " in f" {' '.join(others)} "
