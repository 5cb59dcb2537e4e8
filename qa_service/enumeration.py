"""Enumeration: the members of a list in running text, such as "France, Germany and Japan"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = r"(?:(?:St|Mr|Mrs|Ms|Dr|Gen|Sen|Gov)\.|[A-Z\d][\w'’&-]*(?:(?:\.[A-Z])+\.?)?)"
"""A word of a name, "U.S." and "St." among them."""

_NAME = rf"(?:[Tt]he )?{_WORD}(?: (?:(?:of|the|de|del|la|for) )*{_WORD})*"
_BETWEEN = r"(?:,? (?:and|or|as well as) (?:also )?|, )"
_CONJUNCTION = re.compile(r"\b(?:and|or|as well as)\b")
_PARTS = re.compile(_BETWEEN)
_NAME_BEFORE = re.compile(rf"(?<!\w)(?P<name>{_NAME}){_BETWEEN}$")
_SOURCE = re.compile(rf"According to {_NAME}, ")
"""Before a list it is none of it: "According to Anna Lee, France and Japan agreed"."""
_NAME_AFTER = re.compile(rf"{_BETWEEN}(?P<name>{_NAME})")
_ONLY_NAME = re.compile(_NAME)
_HEAD = re.compile(r".*\b(?:of|from|in|for|with|by|to|like|as|including|between|are|were) ")
_OTHERS = r"(?:(?:the|many|several|some|a few|various|two|three) )?(?:other \w+|others|more|elsewhere)\b"
_ONLY_OTHERS = re.compile(_OTHERS)
_OTHERS_AFTER = re.compile(_BETWEEN + _OTHERS)
_NO_MEMBER = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|^(?:in|on|at|after|before|since|but|and|when|while|as|for|from|with)\b|^[\d.,]*$",
    re.IGNORECASE,
)
"""Dates, numbers, and a phrase that opens a sentence: "In Paris, France and Japan agreed"."""

LONGEST_MEMBER = 6
"""Words; longer parts between commas are clauses."""

Place = tuple[int, int]


@dataclass(frozen=True)
class Enumeration:
    """A list in a text: where all of it stands, and where each of its members does."""

    whole: Place
    members: tuple[Place, ...]


def enumeration(sentence: str, start: int, end: int, several: bool = False) -> Enumeration | None:
    """The list of three or more that ``sentence[start:end]`` is most of.

    Names beside it that belong to the list are taken in, and an "and others" at its end is no member. What
    a list shares stays outside of its members: of "ambassadors of France, Japan and Laos" the first is
    "France". Where ``several`` are asked for, two are a list, and one member stands for its list.
    """
    if not several and not _PARTS.search(sentence, start, end):
        return None
    start, end = _grown(sentence, start, end)
    if not _CONJUNCTION.search(sentence, start, end):
        return None
    parts = list(_parts(sentence, start, end))
    if _ONLY_OTHERS.match(sentence, *parts[-1]):
        parts.pop()
    if all(_ONLY_NAME.match(sentence, *part) for part in parts[1:]):
        parts[:1] = [_without_head(sentence, *parts[0])]
    texts = [sentence[first:last] for first, last in parts]
    if len(parts) < (2 if several else 3) or not all(_can_be_member(text) for text in texts):
        return None
    return Enumeration((start, end), tuple(parts))


def spelled_out(text: str, noun: str) -> Enumeration | None:
    """The list of three names or more that says who ``noun`` are: "envoys from France, Japan and Laos"."""
    introduced = re.compile(rf"\b{re.escape(noun)} (?:from|of|including|such as|like) (?={_NAME})")
    for found in introduced.finditer(text):
        first = _ONLY_NAME.match(text, found.end())
        named = first and enumeration(text, found.start(), first.end(), several=True)
        if named and len(named.members) > 2:
            return named
    return None


def _grown(sentence: str, start: int, end: int) -> Place:
    """The stretch with what commas or an "and" join to it: names on both sides, and others at its end."""
    source = _SOURCE.match(sentence)
    first = source.end() if source else 0
    while (before := _NAME_BEFORE.search(sentence, first, start)) and _can_be_member(before["name"]):
        start = before.start()
    while (after := _NAME_AFTER.match(sentence, end)) and _can_be_member(after["name"]):
        end = after.end()
    others = _OTHERS_AFTER.match(sentence, end)
    return start, others.end() if others else end


def _parts(sentence: str, start: int, end: int) -> Iterator[Place]:
    for between in _PARTS.finditer(sentence, start, end):
        yield start, between.start()
        start = between.end()
    yield start, end


def _without_head(sentence: str, start: int, end: int) -> Place:
    """The name at the end of a first member such as "ambassadors of France"."""
    head = _HEAD.match(sentence, start, end)
    name = head and _ONLY_NAME.fullmatch(sentence, head.end(), end)
    return name.span() if name else (start, end)


def _can_be_member(text: str) -> bool:
    return 0 < len(text.split()) <= LONGEST_MEMBER and not _NO_MEMBER.search(text)
