"""Question type: what kind of words can answer, and whether a yes or no is asked for."""

from __future__ import annotations

import re

from qa_service.attribution import asked_speaker

_ASKS = re.compile(
    r"\b(?:(?P<number>how (?:many|much|old|tall|long|far|big|large|high|wide|deep|heavy|fast|often)"
    r"|(?:what|which) (?:percentage|percent|share|number|proportion))"
    r"|(?P<date>when|(?:what|which) (?:year|date|day|month))"
    r"|who|whom|whose|what|which|where|why|how)\b",
    re.IGNORECASE,
)
"""The first question word decides: "who led when the city fell" asks for a person."""

_DATE = re.compile(
    r"\d|\b(january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|spring|summer|autumn|fall|winter|morning|afternoon|evening"
    r"|night|noon|midnight|dawn|dusk|today|yesterday|tomorrow|century|decade|year|month|week|day|era|age"
    r"|period|during|before|after|following|until|since|when|as soon as|once)s?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(no|none|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half"
    r"|twice|once|thirds?|quarters?|single|several|few|many|all|both|double|triple|until|as long as)\b"
    r"|-(year|day|minute|hour|month)",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"(is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b",
    re.IGNORECASE,
)

_SEVERAL = re.compile(
    r"^\W*(?:please )?(?:name|list)\b(?! (?:an?|one|the other)\b)"
    r"|\bwho all\b"
    r"|\b(?:who|what|which) (?:are|were) the\b(?: \w+){0,3} \w+s\b(?!.*\b(?:called|known|named)\b)"
    r"|\b(?:which|what) (?:two|three|four|five|six|seven|eight|nine|ten|several)\b"
    r"|\bwhich (?:\w+ )??(?!(?:is|was|has|does|this|its|gas)\b)\w*[^sui]s\b(?!'| (?:the|an?|that|up)\b)"
    r"|\b(?:which|what) (?:people|men|women|children)\b"
    r"|\bwhat \w*[^su]s (?:are|were|do|did|have|had|can|will)\b",
    re.IGNORECASE,
)
"""Plural forms are known by their "s": a few questions that ask for one are taken in as well."""

_HOW_TO = re.compile(r"\W*how (?:to|(?:do|can|could|should|must) (?:i|we|you|one))\b", re.IGNORECASE)

_MONTH = re.compile(
    r"january|february|march|april|\bmay\b|june|july|august|september|october|november|december",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\W*(i|we|you|he|she|it|they|me|him|her|us|them|who|whom|this|that|the|a|an|his|its|their)?\W*",
    re.IGNORECASE,
)
"""Pronouns and articles: they stand for an answer that is elsewhere."""


def fits(question: str, answer: str) -> bool:
    """Whether ``answer`` is of the kind asked for: a "when" needs a date, a "how many" a number."""
    if _EMPTY.fullmatch(answer):
        return False
    asked = _ASKS.search(question)
    if asked and asked["number"]:
        return bool(_NUMBER.search(answer)) and not _MONTH.search(answer)
    if asked and asked["date"]:
        return bool(_DATE.search(answer))
    return True


def asks_for_several(question: str) -> bool:
    """Whether the question asks for all there are: "which countries", "name the", "who were"."""
    return bool(_SEVERAL.search(question))


def asks_who(question: str) -> bool:
    """Whether people, or the like, are asked for."""
    asked = _ASKS.search(question)
    return asked is not None and asked.group().lower() in {"who", "whom", "which"}


def asks_for_person(question: str) -> bool:
    """Whether a person, or a body of persons, is asked for."""
    asked = _ASKS.search(question)
    return asked is not None and asked.group().lower() in {"who", "whom"}


def is_told_in_sentences(question: str) -> bool:
    """Whether a sentence is told, and not a few words of it: a yes or no, what somebody says, what to do."""
    return is_yes_no(question) or bool(_HOW_TO.match(question)) or bool(asked_speaker(question))


def is_yes_no(question: str) -> bool:
    """Whether the question can be answered with yes or no."""
    return bool(_YES_NO.match(question.strip()))
