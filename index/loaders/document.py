"""Document: bytes with a name, in a file or in an archive."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ArticleError

LARGEST_TEXT = 20_000_000
"""Bytes at most of a text, a web page, or one record of a file of many; a long book has a twentieth."""

LARGEST_FILE = 200_000_000
"""Bytes at most of a document that may hold pictures too."""

_HEAD = 1024


@dataclass(frozen=True)
class Document:
    """What a loader reads, once and from its start.

    ``path`` is the file's; in an archive it is the archive's, followed by the name in it. ``columns``
    says, for fields of ours, by which name the records of the document have them.
    """

    path: Path
    file: io.BufferedReader
    columns: Mapping[str, str] = field(default_factory=dict)

    def head(self) -> bytes:
        """The first bytes, which stay to be read."""
        return self.file.peek(_HEAD)[:_HEAD]

    def read(self, most: int = LARGEST_TEXT) -> bytes:
        """All of it. Raises ArticleError when it is larger than ``most`` bytes."""
        data = self.file.read(most + 1)
        if len(data) > most:
            raise ArticleError(f"is larger than {megabytes(most)}; split it")
        return data

    def lines(self, most: int = LARGEST_TEXT) -> Iterator[bytes]:
        """Line by line with its end; of one that is longer than ``most`` bytes, the first ``most`` + 1."""
        while line := self.file.readline(most + 1):
            yield line
            while len(line) > most and not line.endswith(b"\n"):
                line = self.file.readline(most + 1)  # the rest of it is passed over


def megabytes(size: int) -> str:
    return f"{size // 1_000_000} MB"
