"""Everything that can go wrong on purpose.

QAError
├── ArticleError            a document can't become an article
├── StoreError              the index can't do what was asked
│   ├── ManifestMismatch    it was built with another encoder or other settings
│   ├── IndexLocked         another process is writing
│   ├── DiskFull            there is no room to write
│   ├── IndexCorrupt        its parts don't agree or can't be read
│   ├── EmptyIndex          there is nothing to search
│   └── ArticleNotFound     no such article
├── BackupError             a backup can't be made, or is damaged
├── SourceError             a source can't be read, or is not registered as was thought
│   ├── AddressRefused      a host is where we may not fetch from
│   └── FetchError          an address did not give what was asked of it
│       ├── PageGone        it says that there is nothing any more
│       └── FetchRefused    it is none to fetch from
├── ModelError              the language model gave no answer that can be shown
└── ConfigError             a setting is unknown or has a wrong value

Every message is written for the person who reads it: what is wrong, and what to do.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
"""What the system says where the disk, or one's share of it, is full."""


class QAError(Exception):
    """Base of all the errors that a user may see."""


class ArticleError(QAError):
    """A document can't become an article."""


class StoreError(QAError):
    """The index can't do what was asked."""


class ManifestMismatch(StoreError):
    """The index was built with another encoder or other settings."""


class IndexLocked(StoreError):
    """Another process is writing to the index."""


class DiskFull(StoreError):
    """There is no room to write; what was committed stays, and what was being written is not half there."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no room left on the disk of {path}. What was in before is safe, and nothing is "
            "half-made. Make room, or move the folder to a larger disk, then do the same again."
        )


class IndexCorrupt(StoreError):
    """The parts of the index don't agree or can't be read."""


class EmptyIndex(StoreError):
    """There is nothing to search."""


class ArticleNotFound(StoreError):
    """There is no article of that id."""


class BackupError(QAError):
    """A backup can't be made, or is damaged."""


class SourceError(QAError):
    """A source can't be read, or is not registered as was thought."""


class AddressRefused(SourceError):
    """A host is at an address that may not be fetched from."""


class FetchError(SourceError):
    """An address did not give what was asked of it; ``url`` and ``reason`` read as one sentence."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url} {reason}.")
        self.url = url
        self.reason = reason


class PageGone(FetchError):
    """The address says that there is nothing any more (404 or 410)."""


class FetchRefused(FetchError):
    """The address is none to fetch from: not permitted, not of the web, or of another kind than asked for."""


class ModelError(QAError):
    """The language model gave no answer that can be shown; the message says why."""


class ConfigError(QAError):
    """A setting is unknown or has a wrong value."""
