"""Designation: names of letters and a number, such as "RVX-12", of which another number is another thing."""

from __future__ import annotations

import re

from index.types import Article

_DESIGNATION = re.compile(
    r"(?<![\w.-])(?P<letters>[^\W\d_]+)[-–]?"
    r"(?!(?:1[89]|20)\d\d(?!\d))"  # "mid-2023" is a time
    r"(?P<number>\d+(?:\.\d+)*)(?P<more>[^\W\d_]*)\b"
)


def is_of_another(question: str, article: Article) -> bool:
    """Whether the article names another one of what the question names by letters and a number.

    An article that has neither may still be about it: of COVID-19 many say "the virus".
    """
    text = f"{article.title} {article.text}"
    return any(_is_another(found, text) for found in _DESIGNATION.finditer(question))


def _is_another(asked: re.Match[str], text: str) -> bool:
    letters, number, more = (re.escape(part) for part in asked.group("letters", "number", "more"))
    is_named = re.search(rf"(?<!\w){letters}[-–\s]?{number}{more}(?!\w)", text, re.IGNORECASE)
    return not is_named and bool(re.search(rf"(?<!\w){letters}[-–]?\d", text, re.IGNORECASE))
