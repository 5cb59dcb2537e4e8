"""Designation: names of letters and a number, such as "RVX-12", of which another number is another thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Article

_DESIGNATION = re.compile(
    r"(?<![\w.-])(?P<letters>[^\W\d_]+)[-–]?(?P<number>\d+(?:\.\d+)*)(?P<more>[^\W\d_]*)\b"
)


def is_of_another(question: str, article: Article) -> bool:
    """Whether the question names something by letters and a number that the article never names."""
    return not all(pattern.search(f"{article.title} {article.text}") for pattern in _patterns(question))


def _patterns(question: str) -> Iterator[re.Pattern[str]]:
    for found in _DESIGNATION.finditer(question):
        letters, number, more = (re.escape(part) for part in found.group("letters", "number", "more"))
        yield re.compile(rf"(?<!\w){letters}[-–\s]?{number}{more}(?!\w)", re.IGNORECASE)
