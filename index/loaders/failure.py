"""What could not be read, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.types import clean_text


@dataclass(frozen=True)
class Failure:
    """A source that gave no article; ``location`` and ``reason`` read as one sentence."""

    location: str
    reason: str

    @classmethod
    def of(cls, path: Path, reason: str, *, line: int | None = None) -> Failure:
        """The failure of a file, or of one line in it."""
        where = clean_text(str(path))  # a name that is not UTF-8 could not be printed or sent
        return cls(where if line is None else f"{where}, line {line}", reason)
