"""Findings: what reading a source brings, document by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from index.loaders import Failure
from index.types import Article


@dataclass(frozen=True)
class State:
    """By what a document is recognised when it is seen again, and the pages that it leads to.

    ``fingerprint`` is the SHA-256 of what was read; ``etag`` and ``last_modified`` are what its server
    said, for conditional requests.
    """

    fingerprint: str = ""
    etag: str = ""
    last_modified: str = ""
    links: tuple[str, ...] = ()


NOTHING_KNOWN = State()


@dataclass(frozen=True)
class Found:
    """A document that is new or has changed. ``contents`` is read once; ``key`` is its URL."""

    key: str
    state: State
    contents: Iterable[Article | Failure]


@dataclass(frozen=True)
class Same:
    """A document that is as it was."""

    key: str


@dataclass(frozen=True)
class Gone:
    """A document that the source no longer has."""

    key: str


Finding: TypeAlias = Found | Same | Gone | Failure
Known: TypeAlias = Mapping[str, State]
"""The state of each document when it was last read, by its key."""


class Reading(Protocol):
    """One kind of source. ``total`` is the number of articles or pages expected, as far as is known."""

    total: int

    def findings(self, known: Known) -> Iterator[Finding]:
        """What the source has now. A document that can't be read is a Failure, and never Gone.

        Raises SourceError when the source as a whole can't be read.
        """


def contents(findings: Iterable[Finding]) -> Iterator[Article | Failure]:
    """What is to be read of the findings, where nothing was known before."""
    for finding in findings:
        if isinstance(finding, Found):
            yield from finding.contents
        elif isinstance(finding, Failure):
            yield finding
