"""MilvusIndex: articles, chunks and vectors in a Milvus cluster, for any number of machines at once.

Milvus has no transactions over several rows. So each writing of an article makes a new version: the chunks
are written first, then the row of the article, which is one write and puts all of them in force, then the
chunks of the version before are deleted. A machine deletes only what it has itself seen replaced, and no
version is made twice, so that machines need not know of each other. What a killed one leaves is never seen,
and ``compact`` removes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timezone

import numpy as np

from index import spelling
from index.article_index import Facets, Manifest, Passage, Sort, Status
from index.errors import ArticleNotFound
from index.fusion import best_first
from index.milvus import listing, reports
from index.milvus.cluster import MOST_FOUND, Cluster, Row
from index.milvus.expressions import among, joined, version_of, where
from index.milvus.hybrid import hybrid
from index.milvus.lexicon import PLACE, Lexicon
from index.milvus.meta import agreed_manifest, last_change, note_change
from index.milvus.rows import (
    article_of,
    article_row,
    chunk_rows,
    key_of,
    new_version,
    searched_text,
    stored_terms,
)
from index.milvus.schema import ARTICLES, CHUNKS, META, TERMS
from index.milvus.versions import VERSION, Versions
from index.types import Article, Chunk, Filters, FloatArray, Fused, Scored

LEFT_AFTER = 3600.0
"""Seconds after which chunks that no article has are of an interrupted change, and not of one going on."""


class MilvusIndex:
    """An ArticleIndex in a database of Milvus. Any number of processes may read and write."""

    def __init__(self, manifest: Manifest, cluster: Cluster) -> None:
        self.manifest = manifest
        self._cluster = cluster
        self._lexicon = Lexicon(cluster)
        self._versions = Versions(cluster)

    @classmethod
    def open(cls, uri: str, token: str = "", manifest: Manifest | None = None) -> MilvusIndex:
        """Open the index in the database that the path of ``uri`` names, or begin one if a manifest is given.

        Raises ManifestMismatch when the index was built with another manifest than the one given,
        IndexCorrupt when there is none, and StoreError when Milvus can't be reached.
        """
        cluster = Cluster.connect(uri, token, begin=manifest is not None)
        try:
            return cls(agreed_manifest(cluster, manifest), cluster)
        except BaseException:
            cluster.close()
            raise

    @property
    def place(self) -> str:
        """Where it is."""
        return self._cluster.address

    def upsert(self, article: Article, chunks: Sequence[Chunk], vectors: FloatArray) -> None:
        if vectors.shape != (len(chunks), self.manifest.dimension):
            raise ValueError(
                f"{len(chunks)} chunks need vectors of shape {(len(chunks), self.manifest.dimension)}, "
                f"not {vectors.shape}."
            )
        version, replaced = new_version(), self._versions.of([article.article_id])
        row = article_row(article, version, len(chunks))
        terms = self._lexicon.learn([searched_text(article, chunk) for chunk in chunks])
        stored = [stored_terms(each) for each in terms]
        self._cluster.upsert(CHUNKS, chunk_rows(article, version, chunks, stored, vectors))
        self._cluster.upsert(ARTICLES, [row])
        for article_id, before in replaced.items():
            self._cluster.delete(CHUNKS, version_of(article_id, before))
        note_change(self._cluster)

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()

    def delete(self, article_id: str) -> None:
        version = self._version(article_id)
        self._cluster.delete(ARTICLES, among("key", [key_of(article_id)]))
        self._cluster.delete(CHUNKS, version_of(article_id, version))
        note_change(self._cluster)

    def get(self, article_id: str) -> Article:
        for article in self._articles([article_id]).values():
            return article
        raise _not_found(article_id)

    def list(
        self,
        limit: int,
        offset: int = 0,
        filters: Filters | None = None,
        words: str = "",
        sort: Sort = "-published",
    ) -> Sequence[Article]:
        keys = listing.ordered(self._keys(filters, words), sort)
        ids = [key["article_id"] for key in keys[offset : offset + limit]]
        found = self._articles(ids)
        return [found[article_id] for article_id in ids if article_id in found]

    def count(self, filters: Filters | None = None, words: str = "") -> int:
        if re.search(r"\w", words):
            return len(self._keys(filters, words))
        return self._cluster.count(ARTICLES, where(filters))

    def all(self) -> Iterator[Article]:
        """Every article, in no order, each as it is when it is reached."""
        return (article_of(row) for row in self._cluster.rows(ARTICLES, "", ["article"]))

    def stored(self, article_ids: Iterable[str]) -> set[str]:
        """Those of these articles that there are."""
        return {row["article_id"] for row in self._rows_of(article_ids, ["article_id"])}

    def facets(self, limit: int) -> Facets:
        return listing.facets(self._cluster, limit)

    def chunks(self, article_id: str) -> Sequence[Chunk]:
        return [chunk for chunk, _ in self.encoded(article_id)]

    def encoded(self, article_id: str) -> Sequence[tuple[Chunk, FloatArray]]:
        """The chunks of an article in the order of its text, with their vectors. Raises ArticleNotFound."""
        version = self._version(article_id)
        rows = self._cluster.rows(CHUNKS, version_of(article_id, version), ["start", "stop", "vector"])
        ordered = sorted(rows, key=lambda row: (row["start"], row["stop"]))
        return [(Chunk(row["start"], row["stop"]), np.array(row["vector"], np.float32)) for row in ordered]

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        unit = _normalised(vector)

        def search(condition: str) -> Sequence[tuple[tuple[int, float], Row]]:
            found = self._cluster.search(CHUNKS, "vector", unit, k, condition, VERSION) if k else []
            return [((row["id"], score), row) for score, row in found]

        return _best_first(self._versions.counting(search, filters))

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        words = self._words(query)
        return _best_first(
            self._versions.counting(lambda condition: self._by_words(words, k, condition), filters)
        )

    def search_hybrid(
        self, query: str, vector: FloatArray, lexical_weight: float, k: int, filters: Filters | None = None
    ) -> Sequence[Fused]:
        words, unit = self._words(query), _normalised(vector)

        def search(condition: str) -> Sequence[tuple[Fused, Row]]:
            bm25 = dict(scored for scored, _ in self._by_words(words, k, condition))
            return hybrid(self._cluster, unit, words, bm25, lexical_weight, k, condition)

        return best_first(self._versions.counting(search, filters))

    def has_word(self, word: str) -> bool:
        having = self._lexicon.having(word)

        def some(condition: str) -> Sequence[tuple[None, Row]]:
            rows = self._cluster.query(CHUNKS, joined(having, condition), VERSION, spelling.SAMPLES)
            return [(None, row) for row in rows]

        return bool(having and self._versions.counting(some))

    def similar_words(self, word: str) -> Sequence[str]:
        return spelling.ranked(spelling.plain(word), self._written(word))

    def passages(self, chunk_ids: Sequence[int], filters: Filters | None = None) -> dict[int, Passage]:
        columns = ["chunk_id", "article_id", "version", "start", "stop"]
        rows = {
            row["chunk_id"]: row for row in self._cluster.query_among(CHUNKS, "chunk_id", chunk_ids, columns)
        }
        articles = self._rows_of([row["article_id"] for row in rows.values()], [*reports.COLUMNS, "article"])
        live = {(row["article_id"], row["version"]): row for row in articles}
        shown = reports.shown(self._cluster, list(live.values()), filters)
        texts = self._texts([first for first, _ in shown.values()])
        found: dict[int, Passage] = {}
        for chunk_id in chunk_ids:
            row = rows.get(chunk_id)
            if row and (row["article_id"], row["version"]) in live and row["article_id"] in shown:
                first, copies = shown[row["article_id"]]
                if article := texts.get(first["article_id"]):
                    found[chunk_id] = Passage(chunk_id, article, Chunk(row["start"], row["stop"]), copies)
        return found

    def status(self) -> Status:
        changed = last_change(self._cluster)
        moment = datetime.fromtimestamp(changed / 1_000_000, timezone.utc) if changed else None
        return Status(
            articles=self._cluster.count(ARTICLES),
            chunks=self._cluster.count(CHUNKS),
            generation=changed or 0,
            changed_at=moment.isoformat(timespec="seconds") if moment else None,
        )

    def verify(self) -> Sequence[str]:
        from index.milvus.verify import problems

        found = list(problems(self._cluster, self._lexicon, self.manifest.dimension))
        if left := sum(1 for _ in self._versions.left_over(LEFT_AFTER)):
            found.append(
                f"{left} chunks are left of changes that were interrupted; no search finds them. Remove them "
                "with: python -m qa_service compact"
            )
        return found

    def save(self) -> None:
        """Nothing has to be kept: all of it is in Milvus."""

    def compact(self, left_after: float = LEFT_AFTER) -> None:
        """Remove what interrupted changes left longer ago, in seconds, and have Milvus take the room back."""
        left = [row["chunk_id"] for row in self._versions.left_over(left_after)]
        for first in range(0, len(left), MOST_FOUND // 16):
            self._cluster.delete(CHUNKS, among("chunk_id", left[first : first + MOST_FOUND // 16]))
        self._cluster.compact([ARTICLES, CHUNKS, TERMS, META])

    def close(self) -> None:
        self._lexicon.close()
        self._cluster.close()

    def _rows_of(self, article_ids: Iterable[str], columns: Sequence[str]) -> Sequence[Row]:
        return self._cluster.query_among(ARTICLES, "key", map(key_of, article_ids), columns)

    def _version(self, article_id: str) -> int:
        """That of the article. Raises ArticleNotFound."""
        for version in self._versions.of([article_id]).values():
            return version
        raise _not_found(article_id)

    def _articles(self, article_ids: Collection[str]) -> dict[str, Article]:
        rows = self._rows_of(article_ids, ["article_id", "article"])
        return {row["article_id"]: article_of(row) for row in rows}

    def _keys(self, filters: Filters | None, words: str) -> Sequence[Row]:
        """What articles are sorted by, of those that pass ``filters`` and hold all of ``words``."""
        condition = where(filters)
        keys = list(self._cluster.rows(ARTICLES, condition, listing.KEYS))
        for word in dict.fromkeys(re.findall(r"\w+", words)):
            places = self._lexicon.places_of_beginning(word, condition)
            with_word = {(row["article_id"], row["version"]) for row in places}
            keys = [key for key in keys if (key["article_id"], key["version"]) in with_word]
        return keys

    def _texts(self, rows: Sequence[Row]) -> dict[str, Article]:
        """The articles of these rows, those that have their text and those that have not."""
        read = {row["article_id"]: article_of(row) for row in rows if "article" in row}
        return read | self._articles({row["article_id"] for row in rows} - read.keys())

    def _words(self, query: str) -> str:
        """What BM25 compares: each term once."""
        return " ".join(dict.fromkeys(self._lexicon.terms(query)))

    def _by_words(self, words: str, k: int, condition: str) -> Sequence[tuple[tuple[int, float], Row]]:
        if not (words and k):
            return []
        found = self._cluster.search(CHUNKS, "sparse", words, k, condition, VERSION)
        # The server for development gives BM25 its other sign.
        return [((row["id"], abs(score)), row) for score, row in found]

    def _written(self, word: str) -> Iterator[str]:
        """Words that the articles have, of the terms that are nearly spelt as ``word``."""
        terms = self._lexicon.near(word)

        def samples(condition: str) -> Sequence[tuple[tuple[str, Row], Row]]:
            found = self._cluster.search_each(CHUNKS, "sparse", terms, spelling.SAMPLES, condition, PLACE)
            return [((term, row), row) for term, hits in zip(terms, found, strict=True) for _, row in hits]

        found = self._versions.counting(samples) if terms else []
        texts = self._articles({row["article_id"] for _, row in found})
        for term, row in found:
            if article := texts.get(row["article_id"]):
                passage = searched_text(article, Chunk(row["start"], row["stop"]))
                yield from spelling.written(passage, term)


def _not_found(article_id: str) -> ArticleNotFound:
    return ArticleNotFound(f"There is no article {article_id!r}.")


def _best_first(found: Scored) -> Scored:
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _normalised(vector: FloatArray) -> FloatArray:
    norm = np.linalg.norm(vector)
    return np.asarray(vector / norm if norm else vector, np.float32)
