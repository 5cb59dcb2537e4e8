"""LocalIndex: the embedded index, SQLite with FAISS derived from it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from index import listing, records, spelling
from index.article_index import SCHEMA_VERSION, Facets, Manifest, Passage, Sort, Status
from index.clock import now
from index.database import Database, where
from index.deletions import forgotten
from index.dense import Dense
from index.errors import ArticleNotFound, IndexCorrupt, ManifestMismatch
from index.fusion import fuse
from index.lexical import Lexical
from index.migration import migrate
from index.snapshot import decode, encode, erase_deleted
from index.snapshot_writer import SnapshotWriter
from index.types import Article, Chunk, Filters, FloatArray, Fused, Scored
from index.vectors import Vectors


class LocalIndex:
    """An ArticleIndex in one folder. Several processes may read while one writes."""

    def __init__(self, folder: Path, manifest: Manifest, database: Database) -> None:
        self.folder = folder
        self.manifest = manifest
        self._database = database
        self._vectors: Vectors | None = None
        self._vectors_lock = threading.Lock()
        self._dense = Dense(database)
        self._lexical = Lexical(database)
        self._snapshots = SnapshotWriter(folder, database)

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
        index = cls(folder, _agreed_manifest(database, manifest), database)
        index._current_vectors()
        return index

    def upsert(self, article: Article, chunks: Sequence[Chunk], vectors: FloatArray) -> None:
        if vectors.shape != (len(chunks), self.manifest.dimension):
            raise ValueError(
                f"{len(chunks)} chunks need vectors of shape {(len(chunks), self.manifest.dimension)}, "
                f"not {vectors.shape}."
            )
        with self._database.write() as connection:
            records.delete(connection, article.article_id)
            records.insert(connection, article, zip(chunks, encode(vectors), strict=True))
            _note_time(connection)

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._database.write():
            yield

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
        return list(zip(chunks, decode([row[0] for row in rows], self.manifest.dimension), strict=True))

    def search_dense(self, vector: FloatArray, k: int, filters: Filters | None = None) -> Scored:
        condition, values = where(filters)
        return self._dense.search(self._current_vectors(), vector, k, condition, values)

    def search_lexical(self, query: str, k: int, filters: Filters | None = None) -> Scored:
        condition, values = where(filters)
        return self._lexical.search(query, k, condition, values)

    def search_hybrid(
        self, query: str, vector: FloatArray, lexical_weight: float, k: int, filters: Filters | None = None
    ) -> Sequence[Fused]:
        dense, lexical = self.search_dense(vector, k, filters), self.search_lexical(query, k, filters)
        found = {chunk_id for chunk_id, _ in dense}
        only_lexical = [chunk_id for chunk_id, _ in lexical if chunk_id not in found]
        cosines = self._dense.cosines(vector, only_lexical)
        return fuse([*dense, *cosines], lexical, lexical_weight)

    def has_word(self, word: str) -> bool:
        return spelling.has_word(self._database, word)

    def similar_words(self, word: str) -> Sequence[str]:
        return spelling.similar_words(self._database, word)

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
        with self._database.snapshot() as connection:
            erase_deleted(connection, self.folder)
        self._snapshots.forget_deletions()
        if self._current_vectors().is_snapshot_due:
            self._snapshots.write(self.manifest.dimension)

    def compact(self) -> None:
        """Make the files as small as what is stored allows; others may read meanwhile.

        It needs as much free space as the index has, and raises StoreError when there is less.
        """
        self._database.compact()
        self.save()
        self._snapshots.write(self.manifest.dimension)

    def close(self) -> None:
        self._snapshots.stop()
        self._database.close()

    def _current_vectors(self) -> Vectors:
        """The vectors of the present generation; where too much has changed, a snapshot of them is begun."""
        with self._vectors_lock:
            vectors = self._vectors
            has_newer = self._snapshots.has_newer(vectors.base if vectors else None)
            if vectors is None or has_newer or vectors.generation != self._database.generation:
                with self._database.snapshot() as connection:
                    vectors = self._caught_up(connection, None if has_newer else vectors)
                self._vectors = vectors
                if vectors.is_snapshot_due:
                    self._snapshots.begin(self.manifest.dimension)
            return vectors

    def _caught_up(self, connection: sqlite3.Connection, vectors: Vectors | None) -> Vectors:
        _stored_manifest(self._database).require(self.manifest)
        generation, dimension = self._database.generation, self.manifest.dimension
        is_too_old = vectors is not None and vectors.generation < forgotten(connection)
        if vectors is None or vectors.dimension != dimension or is_too_old:
            return Vectors.open(self.folder, dimension, connection, generation)
        vectors.catch_up(connection, generation)
        return vectors


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
