"""Questions altered so that their passage no longer answers them, though nearly every word fits.

A cheap imitation of SQuAD 2.0's own unanswerable questions, whose authors swapped names, used
antonyms and put in negations (Rajpurkar et al., 2018, table 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from .squad import Passage, Question

# Not at the start of a sentence, where any word has a capital.
_NAME_OR_NUMBER = re.compile(r"(?<=[\w,;] )(?:[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|\d[\d,.]*\d|\d)")
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:not?|never|none|neither|nor|without|cannot|fail\w*|refus\w*)\b|n['’]t\b", re.IGNORECASE
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|could|would|should)\b")
_ACTOR = re.compile(r"^(who|what) (?=\w+(?:ed|es|s)\b)", re.IGNORECASE)

_PAIRS = """
above below, accept reject, after before, allow forbid, approve reject, attack defend, best worst,
biggest smallest, bought sold, built destroyed, cause prevent, cold warm, complex simple, decrease
increase, decreased increased, defeated lost, deny confirm, different same, difficult easy, direct
indirect, early late, earliest latest, east west, eastern western, enter leave, exclude include,
external internal, failed succeeded, fast slow, father mother, female male, fewer more, fewest most,
first last, founded dissolved, friend enemy, gain lose, gained lost, good bad, greater smaller,
greatest least, high low, higher lower, highest lowest, hot cold, inside outside, join leave, joined
left, large small, larger smaller, largest smallest, less more, long short, longest shortest, major
minor, maximum minimum, negative positive, new old, newest oldest, north south, northern southern,
northeast southwest, oldest youngest, opposed supported, oppose support, public private, rich poor,
rise fall, rose fell, rural urban, small big, son daughter, started ended, strong weak, stronger
weaker, strongest weakest, success failure, thick thin, upper lower, winter summer, won lost, win
lose, young old
"""
_OPPOSITES: dict[str, str] = {}
for _pair in _PAIRS.split(","):
    _one, _other = _pair.split()
    _OPPOSITES.setdefault(_one, _other)
    _OPPOSITES.setdefault(_other, _one)


def another_name(passage: Passage, question: Question, rng: Random) -> str | None:
    """One name or number of the question changed for another of the passage."""
    named = list(_NAME_OR_NUMBER.finditer(question.text))
    if not named:
        return None
    old = rng.choice(named)
    digits = old.group()[0].isdigit()
    new = sorted(
        {
            each.group()
            for each in _NAME_OR_NUMBER.finditer(passage.text)
            if each.group()[0].isdigit() == digits
            and each.group().lower() not in question.text.lower()
            and not any(each.group() in answer.text for answer in question.answers)
        }
    )
    return _replaced(question.text, old.span(), rng.choice(new)) if new else None


def opposite(passage: Passage, question: Question, rng: Random) -> str | None:
    """One word of the question changed for its antonym, where the passage has no such word."""
    present = set(_words(passage.text))
    places = [
        each
        for each in _WORD.finditer(question.text)
        if (turned := _OPPOSITES.get(each.group().lower())) and turned not in present
    ]
    if not places:
        return None
    place = rng.choice(places)
    return _replaced(question.text, place.span(), _OPPOSITES[place.group().lower()])


def denial(passage: Passage, question: Question, rng: Random) -> str | None:
    """A negation put in, where nothing is denied in the passage, so that nobody can say who did not."""
    if _DENIAL.search(passage.text) or _DENIAL.search(question.text):
        return None
    if auxiliary := _AUXILIARY.search(question.text):
        short = f"{auxiliary.group()}n't"
        return _replaced(question.text, auxiliary.span(), rng.choice([short, short.replace("'", "")]))
    if actor := _ACTOR.search(question.text):
        return _replaced(question.text, (actor.end(), actor.end()), "never ")
    return None


Alteration = Callable[[Passage, Question, Random], str | None]
ALTERATIONS: Sequence[Alteration] = (another_name, another_name, opposite, denial)


def altered(passage: Passage, question: Question, rng: Random) -> str | None:
    """The question in words that the passage does not answer, or None where the way drawn does not fit.

    Not any way that fits: negations nearly always do, and would teach that they have no answer.
    """
    return rng.choice(ALTERATIONS)(passage, question, rng)


def _replaced(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _words(text: str) -> list[str]:
    return [each.group().lower() for each in _WORD.finditer(text)]
