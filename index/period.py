"""Period: a stretch of time between two dates, each as wide as it is written.

``2019-11`` is the whole of November, and a date lies in a period if any moment of it does. The rule stands
here twice, since the index applies it in SQL.
"""

from __future__ import annotations

_LAST = "\U0010ffff"
"""Sorts behind all that a date can go on with, so a date with it is the date's last moment."""

SQL_AFTER = "published || char(0x10FFFF) >= ?"
SQL_BEFORE = "published < ? || char(0x10FFFF)"


def covers(after: str | None, before: str | None, date: str) -> bool:
    """Whether ``date`` lies in the period; all are ISO 8601, and None leaves a side open."""
    return (after is None or date + _LAST >= after) and (before is None or date < before + _LAST)
