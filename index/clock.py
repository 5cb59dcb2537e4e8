"""Clock: the time as it is stored."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


def now(shift: timedelta = timedelta()) -> str:
    """ISO 8601 in UTC, to the second; or as far from it as ``shift``."""
    return (datetime.now(timezone.utc) + shift).isoformat(timespec="seconds")
