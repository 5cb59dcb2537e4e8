"""LocalIndex: the embedded index, SQLite with FAISS derived from it."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from index import vectors as stored
from index.article_index import Manifest, Passage, Status
from index.database import Database, where
from index.errors import ArticleNotFound, IndexCorrupt
from index.types import Article, Chunk, Filters, FloatArray, Scored
from index.vectors import Ids, Vectors

TITLE_WEIGHT = 1.0
"""BM25 weight of a word in the title against one in the passage."""

_COLUMNS = "article_id, text, title, url, published, author, source, language, tags, pages"


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
            raise IndexCorrupt(
                f"There is no index in {folder}. Add articles with: python -m qa_service ingest PATH"
            )
        folder.mkdir(parents=True, exist_ok=True)
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
            _delete(connection, article.article_id)
            _insert_article(connection, article)
            for chunk, vector in zip(chunks, stored.encode(vectors), strict=True):
                _insert_chunk(connection, article, chunk, vector)

    def delete(self, article_id: str) -> None:
        with self._database.write() as connection:
            if not _delete(connection, article_id):
                raise ArticleNotFound(f"There is no article {article_id!r}.")

    def get(self, article_id: str) -> Article:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM articles WHERE article_id = ?", (article_id,))
        if not rows:
            raise ArticleNotFound(f"There is no article {article_id!r}.")
        return _article(rows[0])

    def list(self, limit: int, offset: int = 0) -> Sequence[Article]:
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM articles "
            "ORDER BY published DESC NULLS LAST, article_id LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [_article(row) for row in rows]

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        with self._current_vectors() as vectors:
            return vectors.search(vector, k, self._admitted(filters))

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        match = _fts_query(query)
        if not match:
            return []
        condition, values = where(filters)
        only = (
            f"AND rowid IN (SELECT chunk_id FROM chunks JOIN articles USING (article_id) WHERE {condition})"
        )
        # FTS5 gives better matches lower numbers.
        rows = self._database.read(
            f"SELECT rowid, -bm25(chunks_fts, ?, 1.0) AS score FROM chunks_fts WHERE chunks_fts MATCH ? "
            f"{only if condition else ''} ORDER BY score DESC, rowid LIMIT ?",
            (TITLE_WEIGHT, match, *values, k),
        )
        return [(int(chunk_id), float(score)) for chunk_id, score in rows]

    def passages(self, chunk_ids: Sequence[int]) -> dict[int, Passage]:
        articles: dict[str, Article] = {}
        found: dict[int, Passage] = {}
        with self._database.snapshot() as connection:
            for chunk_id in chunk_ids:
                row = connection.execute(
                    "SELECT article_id, start, stop FROM chunks WHERE chunk_id = ?", (chunk_id,)
                ).fetchone()
                if row is None:
                    continue
                article_id, start, stop = row
                article = articles.setdefault(article_id, articles.get(article_id) or self.get(article_id))
                found[chunk_id] = Passage(chunk_id, article, Chunk(start, stop))
        return found

    def status(self) -> Status:
        with self._database.snapshot() as connection:
            articles, chunks = connection.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM chunks)"
            ).fetchone()
            return Status(articles, chunks, self._database.generation)

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
                yield [row[0] for row in connection.execute("SELECT article_id FROM articles")]
        except BaseException:
            self.manifest = kept
            raise

    def verify(self) -> Sequence[str]:
        from index.verify import problems

        return list(problems(self._database, self.folder, self.manifest.dimension))

    def save(self) -> None:
        """Write the FAISS snapshot, so that the next start need not read every vector."""
        with self._current_vectors() as vectors:
            vectors.save(self.folder)

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
                    self._vectors.catch_up(connection, self._database.generation)
            yield self._vectors

    def _admitted(self, filters: Filters | None) -> Ids | None:
        condition, values = where(filters)
        if not condition:
            return None
        rows = self._database.read(
            f"SELECT chunk_id FROM chunks JOIN articles USING (article_id) WHERE {condition}", values
        )
        return np.array(rows, np.int64).reshape(-1)


def _agreed_manifest(database: Database, wanted: Manifest | None) -> Manifest:
    if wanted is not None and database.get_meta("manifest") is None:
        with database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('manifest', ?)", (_dumped(wanted),))
    kept = _stored_manifest(database)
    kept.require(wanted or kept)
    return kept


def _stored_manifest(database: Database) -> Manifest:
    try:
        return Manifest(**json.loads(database.get_meta("manifest") or ""))
    except (ValueError, TypeError) as error:
        raise IndexCorrupt(f"{database.path} has no manifest that this version can read.") from error


def _dumped(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest))


def _insert_article(connection: sqlite3.Connection, article: Article) -> None:
    connection.execute(
        f"INSERT INTO articles ({_COLUMNS}, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.article_id, article.text, article.title, article.url, article.published, article.author,
            article.source, article.language, json.dumps(article.tags),
            json.dumps(article.pages), article.content_hash,
        ),
    )  # fmt: skip


def _insert_chunk(connection: sqlite3.Connection, article: Article, chunk: Chunk, vector: bytes) -> None:
    body = article.text[chunk.start : chunk.end]
    chunk_id = connection.execute(
        "INSERT INTO chunks (article_id, start, stop, digest) VALUES (?, ?, ?, ?)",
        (article.article_id, chunk.start, chunk.end, digest(body)),
    ).lastrowid
    connection.execute("INSERT INTO vectors VALUES (?, ?)", (chunk_id, vector))
    connection.execute(
        "INSERT INTO chunks_fts (rowid, title, body) VALUES (?, ?, ?)", (chunk_id, article.title, body)
    )


def _delete(connection: sqlite3.Connection, article_id: str) -> bool:
    # The lexical index is told the old words before the tables that they are read from change.
    connection.execute(
        "INSERT INTO chunks_fts (chunks_fts, rowid, title, body) "
        "SELECT 'delete', chunk_id, title, body FROM chunk_texts "
        "WHERE chunk_id IN (SELECT chunk_id FROM chunks WHERE article_id = ?)",
        (article_id,),
    )
    return connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,)).rowcount > 0


def digest(body: str) -> bytes:
    """What a chunk's text is checked against: the first 16 bytes of its SHA-256."""
    return hashlib.sha256(body.encode()).digest()[:16]


def _article(row: tuple[Any, ...]) -> Article:
    fields: tuple[Any, ...] = (*row[:-2], *(tuple(json.loads(each)) for each in row[-2:]))
    return Article(*fields)


def _fts_query(query: str) -> str:
    """Any of the query's words, each quoted, so that no character of it is FTS5 syntax."""
    return " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query.lower())))
