"""ArticleIndex: what every index of articles can do, and the manifest that travels with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from index.errors import ManifestMismatch
from index.types import Article, Chunk, Filters, FloatArray, Scored

SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Manifest:
    """What the vectors of an index were made with; all of it must be the same to search or add."""

    encoder: str
    revision: str
    dimension: int
    chunk_tokens: int
    chunk_overlap: int
    metric: str = "cosine"
    schema_version: int = SCHEMA_VERSION

    def require(self, wanted: Manifest) -> None:
        """Raise ManifestMismatch, naming each difference, unless ``wanted`` is the same."""
        mine, theirs = asdict(self), asdict(wanted)
        differences = [f"{key}: {mine[key]} → {theirs[key]}" for key in mine if mine[key] != theirs[key]]
        if differences:
            raise ManifestMismatch(
                "The index was built with other settings than those in force ("
                + "; ".join(differences)
                + "). Set them back, or encode all articles anew with: python -m qa_service reindex"
            )


@dataclass(frozen=True)
class Status:
    """Sizes of an index; ``generation`` grows by one with every change that is committed."""

    articles: int
    chunks: int
    generation: int


@dataclass(frozen=True)
class Passage:
    """A chunk together with the article it belongs to."""

    chunk_id: int
    article: Article
    chunk: Chunk


class ArticleIndex(Protocol):
    """Articles with their chunks and vectors; safe to use from several threads.

    Scores are cosine similarity for dense search and BM25 (positive) for lexical search: higher is
    better in both. Filters are applied before ranking.
    """

    manifest: Manifest

    def upsert(self, article: Article, chunks: Sequence[Chunk], vectors: FloatArray) -> None:
        """Store an article, in place of an older version; all of it or nothing.

        ``vectors`` is (len(chunks), dimension), rows of unit length.
        """

    def delete(self, article_id: str) -> None:
        """Remove an article and all that was derived from it. Raises ArticleNotFound."""

    def get(self, article_id: str) -> Article:
        """The stored article. Raises ArticleNotFound."""

    def list(self, limit: int, offset: int = 0) -> Sequence[Article]:
        """Articles, newest publication first, those without a date last."""

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        """The k chunks whose vectors have the highest cosine with ``vector`` (dimension,)."""

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        """The k best chunks by BM25; any characters are safe in ``query``."""

    def passages(self, chunk_ids: Sequence[int]) -> dict[int, Passage]:
        """The chunks of these ids; one that is gone is left out."""

    def status(self) -> Status:
        """Sizes and generation, as of now."""

    def verify(self) -> Sequence[str]:
        """Everything that is wrong with the index, in words; empty when it is sound."""

    def save(self) -> None:
        """Keep what would otherwise be derived again at the next start."""

    def close(self) -> None:
        """Release files; the index can't be used afterwards."""
