"""Verify: proof that the parts of a local index agree, or the names of those that don't."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.database import Database
from index.errors import ArticleError
from index.local import _COLUMNS, _article, digest
from index.vectors import Vectors, decode, snapshots


def problems(database: Database, folder: Path, dimension: int) -> Iterator[str]:
    """Everything that is wrong, in words, worst first."""
    with database.snapshot() as connection:
        try:
            yield from _database_problems(connection)
            yield from _article_problems(connection)
            yield from _chunk_problems(connection)
            yield from _vector_problems(connection, dimension)
            yield from _snapshot_problems(connection, folder, dimension, database.generation)
        except sqlite3.DatabaseError as error:
            yield f"The database can't be read: {error}."


def _database_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield f"The database file is damaged: {message}."
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} belongs to a row of {parent} that is gone."
    try:
        # 1: compare with the articles' own text, not only the index with itself.
        connection.execute("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        yield f"The lexical index does not agree with the articles: {error}."


def _article_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for *row, content_hash in connection.execute(f"SELECT {_COLUMNS}, content_hash FROM articles"):
        try:
            article = _article(tuple(row))
        except (ArticleError, ValueError) as error:
            yield f"Article {row[0]!r} can't be read: {error}"
            continue
        if article.content_hash != content_hash:
            yield f"The text of article {article.article_id!r} is not what its content hash says."


def _chunk_problems(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT chunk_id, article_id, digest, body, start, stop, length(text) "
        "FROM chunks JOIN articles USING (article_id) JOIN chunk_texts USING (chunk_id)"
    )
    for chunk_id, article_id, expected, body, start, stop, length in rows:
        if not 0 <= start < stop <= length:
            yield f"Chunk {chunk_id} of {article_id!r} ends outside it ({start} to {stop} of {length})."
        elif digest(body) != expected:
            yield f"Chunk {chunk_id} of {article_id!r} is not the article's text at {start} to {stop}."
    bare = "SELECT article_id FROM articles WHERE article_id NOT IN (SELECT article_id FROM chunks)"
    for (article_id,) in connection.execute(bare):
        yield f"Article {article_id!r} has no chunks."


def _vector_problems(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    for (chunk_id,) in connection.execute("SELECT chunk_id FROM chunks EXCEPT SELECT chunk_id FROM vectors"):
        yield f"Chunk {chunk_id} has no vector."
    for (chunk_id,) in connection.execute("SELECT chunk_id FROM vectors EXCEPT SELECT chunk_id FROM chunks"):
        yield f"Vector {chunk_id} belongs to no chunk."
    for chunk_id, blob in connection.execute("SELECT chunk_id, vector FROM vectors"):
        if len(blob) != 4 * dimension:
            yield f"Vector {chunk_id} has {len(blob)} bytes, not {4 * dimension}."
        elif not np.isclose(np.linalg.norm(decode([blob])), 1, atol=1e-3):
            yield f"Vector {chunk_id} is not of unit length."


def _snapshot_problems(
    connection: sqlite3.Connection, folder: Path, dimension: int, generation: int
) -> Iterator[str]:
    """A snapshot may be behind, but after catching up it must be the database's vectors exactly."""
    vectors = Vectors.load(folder, dimension)
    if snapshots(folder) and vectors.generation < 0:
        yield "No FAISS snapshot can be read; delete vectors-*.faiss, it is made again from the database."
    vectors.catch_up(connection, generation)
    expected = dict(connection.execute("SELECT chunk_id, vector FROM vectors"))
    ids = vectors.ids.tolist()
    for chunk_id in sorted(set(ids) - set(expected)):
        yield f"FAISS still holds vector {chunk_id}, which is deleted."
    for chunk_id in sorted(set(expected) - set(ids)):
        yield f"FAISS lacks vector {chunk_id}."
    if len(ids) != len(set(ids)):
        yield "FAISS holds a vector twice."
    for position, chunk_id in enumerate(ids):
        if chunk_id in expected and vectors.index.index.reconstruct(position).tobytes() != expected[chunk_id]:
            yield f"FAISS holds another vector {chunk_id} than the database."
