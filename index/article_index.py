"""ArticleIndex: what every index of articles can do, and the manifest that travels with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Literal, Protocol, TypeAlias

from index.errors import ManifestMismatch
from index.types import Article, Chunk, Copy, Filters, FloatArray, Fused, Scored

SCHEMA_VERSION = 3
"""To be raised with every change of tables or of what stands in them; no older index is read."""

Sort: TypeAlias = Literal["-published", "published", "title", "-title", "-added", "added"]
"""What a list is sorted by; a minus puts the last first. Changing an article counts as adding it."""


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
    """Sizes of an index; ``generation`` grows with every change that is committed.

    ``changed_at`` is when an article was last added, changed or deleted: ISO 8601 in UTC, None if not known.
    """

    articles: int
    chunks: int
    generation: int
    changed_at: str | None = None


@dataclass(frozen=True)
class Passage:
    """A chunk, the article it belongs to, and the other articles with the same report."""

    chunk_id: int
    article: Article
    chunk: Chunk
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class Facets:
    """The values that articles have, each with the number of its articles, the most frequent first.

    Those of ``fields`` are written with their names: ``section=Asia``.
    """

    sources: Sequence[tuple[str, int]]
    authors: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]
    tags: Sequence[tuple[str, int]]
    fields: Sequence[tuple[str, int]]


class ArticleIndex(Protocol):
    """Articles with their chunks and vectors; safe to use from several threads.

    Scores are cosine similarity for dense search and BM25 (positive) for lexical search: higher is
    better in both. Filters are applied before ranking.
    """

    manifest: Manifest

    def upsert(self, article: Article, chunks: Sequence[Chunk], vectors: FloatArray) -> None:
        """Store an article, in place of an older version; all of it or nothing.

        ``vectors`` is (len(chunks), dimension), rows of unit length. Articles of the same title, text
        and language may share their chunks.
        """

    def together(self) -> AbstractContextManager[None]:
        """What is changed in the block may be committed as one at its end, where that is quicker."""

    def delete(self, article_id: str) -> None:
        """Remove an article and all that was derived from it; ``save`` then erases it from the files.

        Raises ArticleNotFound.
        """

    def get(self, article_id: str) -> Article:
        """The stored article. Raises ArticleNotFound."""

    def list(
        self,
        limit: int,
        offset: int = 0,
        filters: Filters | None = None,
        words: str = "",
        sort: Sort = "-published",
    ) -> Sequence[Article]:
        """Articles that hold all ``words`` in title or text; those without a date or title come last.

        A word may be the beginning of one, and any characters are safe in ``words``.
        """

    def count(self, filters: Filters | None = None, words: str = "") -> int:
        """How many articles ``list`` has for the same filters and words."""

    def facets(self, limit: int) -> Facets:
        """What the articles can be filtered by, at most ``limit`` values of each kind."""

    def chunks(self, article_id: str) -> Sequence[Chunk]:
        """The chunks of an article in the order of its text. Raises ArticleNotFound."""

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        """The k chunks whose vectors have the highest cosine with ``vector`` (dimension,)."""

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        """The k best chunks by BM25; any characters are safe in ``query``."""

    def search_hybrid(
        self, query: str, vector: FloatArray, lexical_weight: float, k: int, filters: Filters | None = None
    ) -> Sequence[Fused]:
        """The chunks that one of the two searches has among its k best, by their fused scores, best first.

        ``vector`` (dimension,) is that of the question. All have their true cosine.
        """

    def has_word(self, word: str) -> bool:
        """Whether a passage or a title has the word, in any of its forms."""

    def similar_words(self, word: str) -> Sequence[str]:
        """Words of the articles that are spelt nearly like ``word``, as they are written there, the nearest
        first."""

    def passages(self, chunk_ids: Sequence[int], filters: Filters | None = None) -> dict[int, Passage]:
        """The chunks of these ids; one that is gone is left out.

        Where several articles share a chunk, its article is the earliest of those that pass.
        """

    def status(self) -> Status:
        """Sizes and generation, as of now."""

    def verify(self) -> Sequence[str]:
        """Everything that is wrong with the index, in words; empty when it is sound."""

    def save(self) -> None:
        """Keep what would be derived again at the next start, and erase from the files what was deleted."""

    def close(self) -> None:
        """Release files; the index can't be used afterwards."""
