"""Section: a list below a heading that says what is asked for, as in "what are the ingredients"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.types import Hit
from qa_service.bearing import lemmas, telling
from qa_service.enumeration import Place

LEAST_ITEMS = 2
LONGEST_HEADING = 6  # words
SHORT_LINE = 50

_ASKS_WHAT = re.compile(
    r"\W*(?:what(?:['’]s| is| are| was| were)\b|which (?:are|were)\b|(?:please )?(?:list|name)\b)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\S[^\n]*(?:\n[^\n]+)*")
_CLOSED = (".", ":", ";", ",", "!")


def listed_below(question: str, hits: Sequence[Hit]) -> tuple[Hit, list[Place]] | None:
    """The items of the list whose heading the question asks for, in the best of the ``hits`` that has one.

    All words of the heading are in the question, and all others of the question in the passage or its title.
    """
    if not (asking := _ASKS_WHAT.match(question)):
        return None
    asked = [lemmas(word) for word in telling(question[asking.end() :])]
    for hit in hits:
        around = _lemmas_of(f"{hit.article.title} {hit.text}")
        if asked and all(word & around for word in asked):
            for heading, items in _lists(hit.text):
                wanted = [lemmas(word) for word in telling(heading)]
                if wanted and all(any(word & each for each in asked) for word in wanted):
                    return hit, items
    return None


def _lists(text: str) -> Iterator[tuple[str, list[Place]]]:
    """Each heading that a list follows, and where the items of the list stand."""
    blocks = [(found.group(), found.start()) for found in _BLOCK.finditer(text)]
    for (heading, _), (block, start) in pairwise(blocks):
        is_heading = "\n" not in heading and len(heading.split()) <= LONGEST_HEADING
        if is_heading and not heading.endswith(_CLOSED):
            items = [(start + line.start(), start + line.end()) for line in re.finditer(r"\S[^\n]*", block)]
            if len(items) >= LEAST_ITEMS and not _is_prose(block):
                yield heading, items


def _is_prose(block: str) -> bool:
    """Whether it is a paragraph whose lines were broken where they were full."""
    return any(len(line) > SHORT_LINE and not line.endswith(_CLOSED) for line in block.split("\n")[:-1])


def _lemmas_of(text: str) -> frozenset[str]:
    return frozenset().union(*map(lemmas, telling(text)))
