"""Credits: a line below a headline that says when and by whom, "By Ann Lee, The Mail, 5 March 2026"."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.loaders.dates import iso_date

_BETWEEN = re.compile(r"\s*[,;|·•–—]\s*|\s+(?=by [A-ZÀ-Þ])|\s+-\s+")
_DATE_PREFIX = re.compile(r"(?:published|posted|updated|date)(?:\s+on)?:?\s+", re.IGNORECASE)
BYLINE = re.compile(r"by:?\s+(\S.*)", re.IGNORECASE)
_DATE_PARTS = 3
"""In how many parts a date may lie: "Thursday, March 5, 2026"."""


def credits(line: str, is_name: Callable[[str], bool]) -> dict[str, str]:
    """The date of a line, and the author and the source that it names beside it; nothing where there is no
    date, or anything else.

    ``is_name`` tells names from other words. A source has two words at least: one is where it was written.
    """
    parts = [part for part in _BETWEEN.split(line.strip()) if part]
    fields: dict[str, str] = {}
    while parts:
        taken = _date(parts)
        if taken:
            length, fields["published"] = taken
            del parts[:length]
            continue
        part = parts.pop(0)
        byline = BYLINE.fullmatch(part)
        if not is_name(byline[1] if byline else part):
            return {}
        if byline:
            fields.setdefault("author", byline[1])
        elif len(part.split()) > 1:
            fields.setdefault("source", part)
    return fields if "published" in fields else {}


def _date(parts: list[str]) -> tuple[int, str] | None:
    """How many parts from the first on are a date, and that date; a year alone may be anything."""
    for length in range(min(_DATE_PARTS, len(parts)), 0, -1):
        date = iso_date(_DATE_PREFIX.sub("", ", ".join(parts[:length]), count=1))
        if date and len(date) > len("2019"):
            return length, date
    return None
