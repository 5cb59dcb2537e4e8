"""LocalIndex: the embedded index, SQLite with FAISS derived from it."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np

from index import listing, records, spelling
from index import vectors as stored
from index.article_index import SCHEMA_VERSION, Facets, Manifest, Passage, Sort, Status
from index.clock import now
from index.database import Database, where
from index.errors import ArticleNotFound, IndexCorrupt, ManifestMismatch
from index.migration import migrate
from index.types import Article, Chunk, Filters, FloatArray, Scored
from index.vectors import Ids, Vectors, drop_snapshots

TITLE_WEIGHT = 1.0
"""BM25 weight of a word in the title against one in the passage."""

_ADMITTED = "SELECT chunk_id FROM chunks WHERE content_id IN (SELECT content_id FROM articles WHERE {})"


class LocalIndex:
    """An ArticleIndex in one folder. Several processes may read while one writes."""

    def __init__(self, folder: Path, manifest: Manifest, database: Database, vectors: Vectors) -> None:
        self.folder = folder
        self.manifest = manifest
        self._database = database
        self._vectors = vectors
        self._vectors_lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, manifest: Manifest | None = None) -> LocalIndex:
        """Open the index in ``folder``, or begin one there when a manifest is given.

        Raises ManifestMismatch when the index was built with another manifest than the one given, and
        IndexCorrupt when the folder holds no usable index.
        """
        if manifest is None and not (folder / "articles.db").exists():
            raise _no_index(folder)
        folder.mkdir(parents=True, exist_ok=True)
        migrate(folder / "articles.db")
        database = Database(folder / "articles.db")
        kept = _agreed_manifest(database, manifest)
        index = cls(folder, kept, database, Vectors.load(folder, kept.dimension))
        with index._current_vectors():
            return index

    def upsert(self, article: Article, chunks: Sequence[Chunk], vectors: FloatArray) -> None:
        if vectors.shape != (len(chunks), self.manifest.dimension):
            raise ValueError(
                f"{len(chunks)} chunks need vectors of shape {(len(chunks), self.manifest.dimension)}, "
                f"not {vectors.shape}."
            )
        with self._database.write() as connection:
            records.delete(connection, article.article_id)
            records.insert(connection, article, zip(chunks, stored.encode(vectors), strict=True))
            _note_time(connection)

    def delete(self, article_id: str) -> None:
        with self._database.write() as connection:
            if not records.delete(connection, article_id):
                raise ArticleNotFound(f"There is no article {article_id!r}.")
            _note_time(connection)

    def get(self, article_id: str) -> Article:
        rows = self._database.read(f"{records.ARTICLES} WHERE article_id = ?", (article_id,))
        if not rows:
            raise ArticleNotFound(f"There is no article {article_id!r}.")
        return records.article(rows[0])

    def list(
        self,
        limit: int,
        offset: int = 0,
        filters: Filters | None = None,
        words: str = "",
        sort: Sort = "-published",
    ) -> Sequence[Article]:
        return listing.page(self._database, limit, offset, filters, words, sort)

    def count(self, filters: Filters | None = None, words: str = "") -> int:
        return listing.count(self._database, filters, words)

    def all(self) -> Iterator[Article]:
        """Every article by its id, all as of one moment."""
        with self._database.snapshot() as connection:
            for row in connection.execute(f"{records.ARTICLES} ORDER BY article_id"):
                yield records.article(row)

    def facets(self, limit: int) -> Facets:
        return listing.facets(self._database, limit)

    def chunks(self, article_id: str) -> Sequence[Chunk]:
        rows = self._database.read(
            "SELECT start, stop FROM articles JOIN chunks USING (content_id) "
            "WHERE article_id = ? ORDER BY start",
            (article_id,),
        )
        if not rows:
            raise ArticleNotFound(f"There is no article {article_id!r}.")
        return [Chunk(start, stop) for start, stop in rows]

    def encoded(self, article_id: str) -> Sequence[tuple[Chunk, FloatArray]]:
        """The chunks of an article in the order of its text, with their vectors. Raises ArticleNotFound."""
        chunks = self.chunks(article_id)
        rows = self._database.read(
            "SELECT vector FROM articles JOIN chunks USING (content_id) JOIN vectors USING (chunk_id) "
            "WHERE article_id = ? ORDER BY start",
            (article_id,),
        )
        return list(zip(chunks, stored.decode([row[0] for row in rows]), strict=True))

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        with self._current_vectors() as vectors:
            return vectors.search(vector, k, self._admitted(filters))

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        match = _fts_query(query)
        if not match:
            return []
        condition, values = where(filters)
        only = f"AND rowid IN ({_ADMITTED.format(condition)})" if condition else ""
        # FTS5 gives better matches lower numbers.
        rows = self._database.read(
            f"SELECT rowid, -bm25(chunks_fts, ?, 1.0) AS score FROM chunks_fts WHERE chunks_fts MATCH ? "
            f"{only} ORDER BY score DESC, rowid LIMIT ?",
            (TITLE_WEIGHT, match, *values, k),
        )
        return [(int(chunk_id), float(score)) for chunk_id, score in rows]

    def has_word(self, word: str) -> bool:
        return spelling.has_word(self._database, word)

    def similar_words(self, word: str) -> Sequence[str]:
        return spelling.similar_words(self._database, word)

    def cosines(self, vector: FloatArray, chunk_ids: Sequence[int]) -> Scored:
        with self._current_vectors() as vectors:
            return vectors.cosines(vector, chunk_ids)

    def passages(self, chunk_ids: Sequence[int], filters: Filters | None = None) -> dict[int, Passage]:
        with self._database.snapshot() as connection:
            return records.passages(connection, chunk_ids, filters)

    def status(self) -> Status:
        with self._database.snapshot() as connection:
            articles, chunks = connection.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM chunks)"
            ).fetchone()
            changed_at = self._database.get_meta("changed_at")
            return Status(articles, chunks, self._database.generation, changed_at)

    @contextmanager
    def rebuilding(self, manifest: Manifest) -> Iterator[Sequence[str]]:
        """In the block no article has chunks and ``manifest`` holds; upsert each of the ids given.

        It is one transaction: others see the old index until the block ends, and if it fails, after it.
        """
        kept = self.manifest
        try:
            with self._database.write() as connection:
                connection.execute("INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all')")
                connection.execute("DELETE FROM chunks")
                connection.execute("UPDATE meta SET value = ? WHERE key = 'manifest'", (_dumped(manifest),))
                self.manifest = manifest
                yield [row[0] for row in connection.execute("SELECT article_id FROM articles ORDER BY rowid")]
        except BaseException:
            self.manifest = kept
            raise

    def verify(self) -> Sequence[str]:
        from index.verify import problems

        return list(problems(self._database, self.folder, self.manifest.dimension))

    def save(self) -> None:
        self._database.erase()
        with self._current_vectors() as vectors:
            vectors.save(self.folder)

    def compact(self) -> None:
        """Make the files as small as what is stored allows; others may read meanwhile.

        It needs as much free space as the index has, and raises StoreError when there is less.
        """
        self._database.compact()
        self.save()

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _current_vectors(self) -> Iterator[Vectors]:
        """The vectors of the present generation, for this thread alone."""
        with self._vectors_lock:
            if self._vectors.generation != self._database.generation:
                with self._database.snapshot() as connection:
                    _stored_manifest(self._database).require(self.manifest)
                    if self._vectors.dimension != self.manifest.dimension:
                        self._vectors = Vectors.empty(self.manifest.dimension)
                    if self._vectors.catch_up(connection, self._database.generation):
                        drop_snapshots(self.folder, before=self._vectors.generation)
            yield self._vectors

    def _admitted(self, filters: Filters | None) -> Ids | None:
        condition, values = where(filters)
        if not condition:
            return None
        rows = self._database.read(_ADMITTED.format(condition), values)
        return np.array(rows, np.int64).reshape(-1)


def _note_time(connection: sqlite3.Connection) -> None:
    """Note that the articles are of now."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('changed_at', ?)", (now(),))


def _agreed_manifest(database: Database, wanted: Manifest | None) -> Manifest:
    if wanted is not None and database.get_meta("manifest") is None:
        with database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('manifest', ?)", (_dumped(wanted),))
    if database.get_meta("manifest") is None:  # sources are registered, but nothing is in
        raise _no_index(database.path.parent)
    kept = _stored_manifest(database)
    kept.require(wanted or kept)
    return kept


def _no_index(folder: Path) -> IndexCorrupt:
    return IndexCorrupt(f"There is no index in {folder}. Add articles with: python -m qa_service ingest PATH")


def _stored_manifest(database: Database) -> Manifest:
    try:
        manifest = Manifest(**json.loads(database.get_meta("manifest") or ""))
    except (ValueError, TypeError) as error:
        raise IndexCorrupt(f"{database.path} has no manifest that this version can read.") from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise ManifestMismatch(
            f"{database.path} was made by another version of this program (its tables are of version "
            f"{manifest.schema_version}, not {SCHEMA_VERSION}). Move the folder away and put the articles "
            "in again with: python -m qa_service ingest PATH"
        )
    return manifest


def _dumped(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest))


def _fts_query(query: str) -> str:
    """Any of the query's words, each quoted, so that no character of it is FTS5 syntax."""
    return " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query.lower())))
