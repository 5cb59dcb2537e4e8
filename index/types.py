"""The nouns of the index: articles go in, passages come out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from index.errors import ArticleError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FloatArray: TypeAlias = "npt.NDArray[np.float32]"
Ids: TypeAlias = "npt.NDArray[np.int64]"

_UNSTORABLE = re.compile("[\0\N{ZERO WIDTH NO-BREAK SPACE}\ud800-\udfff]")
_STORED_AS = {
    "\0": " ",  # would end a string in SQLite
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",  # the byte order mark, which is no part of the text
}
_SURROGATE = "\N{REPLACEMENT CHARACTER}"  # for a lone one, which has no UTF-8 form


def clean_text(text: str) -> str:
    """Text as it is stored for ever: Unicode NFC, ``\\n`` line ends, nothing that can't be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # str.translate takes 15 times as long, and every article that is read from the index is checked.
    text = _UNSTORABLE.sub(lambda found: _STORED_AS.get(found.group(), _SURROGATE), text)
    return unicodedata.normalize("NFC", text).strip()


@dataclass(frozen=True)
class Article:
    """One document as it is stored; offsets everywhere are code points of ``text``.

    ``published`` is ISO 8601, as precise as the document says: ``2019``, ``2019-11``,
    ``2019-11-30`` or with a time. ``fields`` is whatever else the document says, as text by name;
    ``pages`` are the offsets in ``text`` where its pages begin, if it has pages.
    Raises ArticleError when the text is empty or was not cleaned.
    """

    article_id: str
    text: str
    title: str = ""
    url: str | None = None
    published: str | None = None
    author: str | None = None
    source: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    pages: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.article_id.strip():
            raise ArticleError("The article has no id.")
        if not self.text:
            raise ArticleError(f"The article {self.article_id!r} has no text.")
        if self.text != clean_text(self.text):
            raise ArticleError(f"The text of {self.article_id!r} was not cleaned before it was stored.")

    def page_of(self, offset: int) -> int | None:
        """The number of the page, from 1, on which the character at ``offset`` stands; None without pages."""
        return bisect_right(self.pages, offset) or None

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Chunk:
    """A run of whole sentences: ``article.text[start:end]``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"A chunk must have 0 <= start < end, not {self.start} and {self.end}.")


@dataclass(frozen=True)
class Filters:
    """Which articles may be searched; an empty field admits every article.

    Dates are ISO 8601, inclusive, and as wide as they are written: ``2019-11`` is the whole of November,
    in a filter and in an article alike, and an article passes when any moment of its date does. So one
    dated ``2019`` passes ``published_after="2019-11"`` and ``published_before="2019-02"``. Clock times
    are compared as they are written, without their time zones. An article with no date passes no date
    filter. ``tags`` asks for all of the tags named, ``fields`` for all of the values.
    """

    published_after: str | None = None
    published_before: str | None = None
    source: str | None = None
    author: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Copy:
    """Where a report stands once more: an article of the same text or of nearly the same."""

    article_id: str
    title: str
    url: str | None
    published: str | None
    source: str | None


@dataclass(frozen=True)
class Hit:
    """A passage that search found: ``article.text[start:end]`` and how well it fits.

    ``score`` orders the hits of one search (higher is better); ``dense`` is the cosine of question
    and passage, ``lexical`` the BM25 score divided by the best one of the search (0 to 1), ``coverage``
    what its best sentence has of the question's words (0 to 1). ``copies`` are the other articles with the
    same report, those that the filters admit, the earliest first.
    """

    chunk_id: int
    article: Article
    start: int
    end: int
    score: float
    dense: float
    lexical: float
    copies: tuple[Copy, ...] = ()
    coverage: float = 0.0

    @property
    def report(self) -> str:
        """The same for two hits of one search if their articles are copies of one report."""
        return min([self.article.article_id, *(copy.article_id for copy in self.copies)])

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


Scored: TypeAlias = Sequence[tuple[int, float]]
"""Chunk ids with their scores, best first."""


class Fused(NamedTuple):
    """A chunk that hybrid search found; the scores are those of a Hit."""

    chunk_id: int
    score: float
    dense: float
    lexical: float
