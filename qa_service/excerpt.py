"""Excerpt: where an answer begins and ends, once the words that belong to it are taken in."""

from __future__ import annotations

import re

from qa_service.conversation import english
from qa_service.enumeration import Place

_SHARE = re.compile(r"(?<![\w.,])\d[\d.,]* (?:out )?of (?:the )?$")
_NAME = re.compile(r"(?<![\w’'-])[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){1,3} (?:of|from) (?:the )?$")
_DENIAL = re.compile(
    r"\b(?:not|rather than|instead of) (?:(?:in|on|at|by|from|of|the|an?) )*$", re.IGNORECASE
)
_REACH = 80
"""Characters: what belongs to an answer is near it."""

_PAIRS = (("“", "”"), ('"', '"'), ("(", ")"))


def whole(text: str, start: int, end: int, is_person: bool) -> Place:
    """``text[start:end]`` with what it can't be read without: the other one of a pair of quotation marks or
    brackets, of "68 of 150" the 68, and where a person is asked for, of "Ann Lee of Kenya" the name.
    """
    if is_person and (name := _NAME.search(text, max(start - _REACH, 0), start)):
        start = _without_time(name)
    elif share := _SHARE.search(text, max(start - _REACH, 0), start):
        start = share.start()
    for opening, closing in _PAIRS:
        start, end = _paired(text, start, end, opening, closing)
    return start, end


def _without_time(name: re.Match[str]) -> int:
    """Where the name begins in what looks like one: behind the "On Sunday" of "On Sunday Ann Lee of"."""
    start = name.start()
    for word in name.group().split():
        if not (english.plain(word) in english.FUNCTION_WORDS or english.is_time((word,))):
            break
        start += len(word) + 1
    return start


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the text denies ``text[start:end]``, and no more than that: "2.6 metres, not 1.4,"."""
    is_last = text[end : end + 1] in ("", "\n", ",", ".", ";", ":", "!", "?")
    return is_last and bool(_DENIAL.search(text, max(start - _REACH, 0), start))


def _paired(text: str, start: int, end: int, opening: str, closing: str) -> Place:
    inside = text[start:end]
    if inside.count(opening) + (inside.count(closing) if opening != closing else 0) != 1:
        return start, end
    line_start = max(text.rfind("\n", 0, start) + 1, start - _REACH)
    line_end = min(text.find("\n", end) % (len(text) + 1), end + _REACH)
    if opening in inside and (closed := text.find(closing, end, line_end)) >= 0:
        return start, closed + 1
    if closing in inside and (opened := text.rfind(opening, line_start, start)) >= 0:
        return opened, end
    return start, end
