"""Verify: proof that the parts of a local index agree, or the names of those that don't."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index import groups
from index.database import Database
from index.errors import ArticleError, IndexLocked, StoreError
from index.near_duplicates import Sketch
from index.records import COLUMNS, FROM, article, content_key, digest
from index.snapshot import ERASED, Half, Snapshot, decode, snapshots
from index.types import Ids
from index.vectors import Vectors

_NAME = "(SELECT min(article_id) FROM articles WHERE articles.content_id = contents.content_id)"
"""What a content is called in a message."""

_OF_ANOTHER_KIND = (ValueError, TypeError, LookupError, OverflowError)
"""What comes of a damaged file that gives other things than were stored, without saying so."""


def problems(database: Database, folder: Path, dimension: int) -> Iterator[str]:
    """Everything that is wrong, in words. Raises IndexLocked when another process goes on writing."""
    with database.snapshot() as connection:
        try:
            yield from _database_problems(connection)
            yield from _article_problems(connection)
            yield from _content_problems(connection)
            yield from _sketch_problems(connection) or groups.problems(connection)
            yield from _chunk_problems(connection)
            yield from _vector_problems(connection, dimension)
            yield from _deleted_vector_problems(connection, folder)
            yield from _snapshot_problems(connection, folder, dimension, database.generation)
        except (sqlite3.DatabaseError, *_OF_ANOTHER_KIND) as error:
            yield f"The database can't be read: {error}."
    yield from _lexical_problems(database)


def _database_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield f"The database file is damaged: {message}."
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} belongs to a row of {parent} that is gone."


def _lexical_problems(database: Database) -> Iterator[str]:
    """By itself: SQLite takes the check for a change, and nobody else can write until it ends."""
    try:
        with database.upkeep() as connection:
            # 1: compare with the articles' own text, not only the index with itself.
            connection.execute("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('integrity-check', 1)")
    except IndexLocked:
        raise
    except StoreError as error:
        yield f"The lexical index does not agree with the articles: {error.__cause__}."


def _article_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for content_hash, key, *row in connection.execute(f"SELECT content_hash, key, {COLUMNS} {FROM}"):
        try:
            stored = article(tuple(row))
        except (ArticleError, ValueError) as error:
            yield f"Article {row[0]!r} can't be read: {error}"
            continue
        if stored.content_hash != content_hash:
            yield f"The text of article {stored.article_id!r} is not what its content hash says."
        elif content_key(stored) != key:
            yield f"Article {stored.article_id!r} has the content of another title or language."


def _content_problems(connection: sqlite3.Connection) -> Iterator[str]:
    unused = "SELECT content_id FROM contents WHERE content_id NOT IN (SELECT content_id FROM articles)"
    for (content_id,) in connection.execute(unused):
        yield f"Content {content_id} belongs to no article."
    bare = "SELECT article_id FROM articles WHERE content_id NOT IN (SELECT content_id FROM chunks)"
    for (article_id,) in connection.execute(bare):
        yield f"Article {article_id!r} has no chunks."


def _sketch_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the sketches, which the groups are made of."""
    stored = connection.execute(f"SELECT {_NAME}, text, shingles, signature FROM contents")
    return [
        f"The sketch of {name!r} is not that of its text."
        for name, text, shingles, signature in stored
        if (sketch := Sketch.of(text)).shingles != shingles or sketch.encoded != signature
    ]


def _chunk_problems(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        f"SELECT chunk_id, {_NAME}, digest, body, start, stop, length(text) "
        "FROM chunks JOIN contents USING (content_id) JOIN chunk_texts USING (chunk_id)"
    )
    for chunk_id, name, expected, body, start, stop, length in rows:
        if not 0 <= start < stop <= length:
            yield f"Chunk {chunk_id} of {name!r} ends outside it ({start} to {stop} of {length})."
        elif digest(body) != expected:
            yield f"Chunk {chunk_id} of {name!r} is not the article's text at {start} to {stop}."


def _vector_problems(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    for (chunk_id,) in connection.execute("SELECT chunk_id FROM chunks EXCEPT SELECT chunk_id FROM vectors"):
        yield f"Chunk {chunk_id} has no vector."
    for (chunk_id,) in connection.execute("SELECT chunk_id FROM vectors EXCEPT SELECT chunk_id FROM chunks"):
        yield f"Vector {chunk_id} belongs to no chunk."
    for chunk_id, blob in connection.execute("SELECT chunk_id, vector FROM vectors"):
        if len(blob) != 2 * dimension:
            yield f"Vector {chunk_id} has {len(blob)} bytes, not {2 * dimension}."
        elif not np.isclose(np.linalg.norm(decode([blob], dimension)), 1, atol=1e-3):
            yield f"Vector {chunk_id} is not of unit length."


def _deleted_vector_problems(connection: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """No snapshot, not even an old one, may hold a vector whose chunk was deleted."""
    stored = _ids(connection)
    for path in snapshots(folder):
        snapshot = Snapshot.read(path)
        if snapshot is None:
            yield f"{path.name} can't be read; delete it, it is made again from the database."
            continue
        for chunk_id in np.setdiff1d(snapshot.ids, stored).tolist():
            yield f"{path.name} still holds vector {chunk_id}, which is deleted."


def _snapshot_problems(
    connection: sqlite3.Connection, folder: Path, dimension: int, generation: int
) -> Iterator[str]:
    """A snapshot may be behind, but after catching up it must be the database's vectors exactly."""
    vectors = Vectors(dimension, Snapshot.newest(folder, dimension))
    vectors.catch_up(connection, generation)
    stored = dict(connection.execute("SELECT chunk_id, vector FROM vectors"))
    seen: set[int] = set()
    for ids, rows in _held(vectors):
        for chunk_id, row in zip(ids.tolist(), rows, strict=True):
            if chunk_id == ERASED:
                if row.any():
                    yield "FAISS has erased an id but not its vector."
            elif chunk_id in seen:
                yield f"FAISS holds vector {chunk_id} twice."
            elif chunk_id in stored and row.tobytes() != stored[chunk_id]:
                yield f"FAISS holds another vector {chunk_id} than the database."
            seen.add(chunk_id)
    for chunk_id in sorted(stored.keys() - seen):
        yield f"FAISS lacks vector {chunk_id}."


def _held(vectors: Vectors) -> Iterator[tuple[Ids, Half]]:
    """All that dense search looks at, in parts: ids and float16 vectors."""
    if vectors.base:
        yield from vectors.base.rows()
    ids, recent = vectors.recent()
    yield ids, recent.astype("<f2")


def _ids(connection: sqlite3.Connection) -> Ids:
    return np.array(connection.execute("SELECT chunk_id FROM vectors").fetchall(), np.int64).reshape(-1)
