"""Transfer: one index copied into another, article by article, with the vectors that it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np

from index.article_index import ArticleIndex
from index.errors import ArticleNotFound
from index.sync import Change
from index.types import Article, Chunk, FloatArray

HALF = 1e-3
"""What a vector of unit length may lose in an index that keeps it in 16 bits."""


class EncodedIndex(ArticleIndex, Protocol):
    """An index that gives away what was made of its articles."""

    def all(self) -> Iterator[Article]:
        """Every article by its id."""

    def encoded(self, article_id: str) -> Sequence[tuple[Chunk, FloatArray]]:
        """The chunks of an article in the order of its text, with their vectors. Raises ArticleNotFound."""


def transfer(source: EncodedIndex, target: EncodedIndex) -> Iterator[Change]:
    """Copy every article that the target has not, or has otherwise; an outcome for each once it is committed.

    What else is in the target stays. A transfer that was interrupted goes on where it stopped.
    """
    for article in source.all():
        kind = _kind(article, target)
        encoded = source.encoded(article.article_id)
        if kind != "unchanged":
            vectors = np.array([vector for _, vector in encoded], np.float32)
            target.upsert(article, [chunk for chunk, _ in encoded], vectors)
        yield Change(kind, article.article_id, len(encoded))


def differences(source: EncodedIndex, target: EncodedIndex) -> Iterator[str]:
    """What the target has otherwise than the source, in words."""
    for article in source.all():
        name = article.article_id
        try:
            stored, there = target.get(name), target.encoded(name)
        except ArticleNotFound:
            yield f"Article {name!r} was not copied."
            continue
        here = source.encoded(name)
        if stored != article:
            yield f"Article {name!r} is not as it was."
        elif [chunk for chunk, _ in here] != [chunk for chunk, _ in there]:
            yield f"Article {name!r} has other chunks than it had."
        elif not all(_is_same(mine, its) for (_, mine), (_, its) in zip(here, there, strict=True)):
            yield f"Article {name!r} has other vectors than it had."


def _is_same(vector: FloatArray, other: FloatArray) -> bool:
    return np.allclose(vector, other, rtol=0, atol=HALF)


def _kind(article: Article, target: EncodedIndex) -> Literal["added", "changed", "unchanged"]:
    try:
        return "unchanged" if target.get(article.article_id) == article else "changed"
    except ArticleNotFound:
        return "added"
