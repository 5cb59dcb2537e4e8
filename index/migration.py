"""Migration: an index of an older version of this program becomes one of this version, in one transaction."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from index import records
from index.backup import back_up
from index.database import SCHEMA, Database, statements
from index.types import Article, Chunk

logger = logging.getLogger(__name__)


def migrate(path: Path) -> None:
    """Bring the tables of the database up to date, one version after the other; a backup comes first.

    One that is of this version, of a later one or no index of ours is left alone. Raises StoreErrors.
    """
    if _version(path) not in STEPS:
        return
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
    backup = path.parent.parent / f"{path.parent.name}-before-migration-{stamp}.backup"
    back_up({path.name: path}, backup)
    database = Database(path)
    try:
        with database.write() as connection:
            while (version := _stored_version(connection)) in STEPS:  # another process may have been faster
                STEPS[version](connection)
                logger.warning("%s: tables of version %s were migrated; as it was: %s", path, version, backup)
    finally:
        database.close()


def _from_1(connection: sqlite3.Connection) -> None:
    """Version 2 stores what articles share once, and keeps other fields and pages."""
    connection.execute("DROP TABLE chunks_fts")
    connection.execute("DROP VIEW chunk_texts")
    for index in ("articles_published", "chunks_article"):
        connection.execute(f"DROP INDEX {index}")
    for table in ("articles", "chunks", "vectors"):
        connection.execute(f"ALTER TABLE {table} RENAME TO {table}_1")
    for statement in statements(SCHEMA):
        if " meta " not in statement and "deletions" not in statement:
            connection.execute(statement)
    # An id is never given twice: a snapshot of the vectors may still know the old ones.
    connection.execute("INSERT INTO sqlite_sequence SELECT 'chunks', max(chunk_id) FROM chunks_1")
    articles = connection.execute(
        "SELECT article_id, text, title, url, published, author, source, language, tags "
        "FROM articles_1 ORDER BY rowid"
    )
    for row in articles.fetchall():
        values: tuple[Any, ...] = (*row[:-1], tuple(json.loads(row[-1])))
        article = Article(*values)
        chunks = connection.execute(
            "SELECT start, stop, vector FROM chunks_1 JOIN vectors_1 USING (chunk_id) "
            "WHERE article_id = ? ORDER BY chunk_id",
            (article.article_id,),
        )
        rows = [(Chunk(start, stop), vector) for start, stop, vector in chunks]
        records.insert(connection, article, rows)
    for table in ("vectors", "chunks", "articles"):
        connection.execute(f"DROP TABLE {table}_1")
    connection.execute(
        "UPDATE meta SET value = json_set(value, '$.schema_version', 2) WHERE key = 'manifest'"
    )


def _from_2(connection: sqlite3.Connection) -> None:
    """Version 3 has vectors of half the size, and remembers which chunks are gone."""
    for statement in statements(SCHEMA):
        if "deletions" in statement:
            connection.execute(statement)
    connection.create_function("half", 1, _half, deterministic=True)
    connection.execute("UPDATE vectors SET vector = half(vector)")
    connection.execute(
        "UPDATE meta SET value = json_set(value, '$.schema_version', 3) WHERE key = 'manifest'"
    )


def _half(vector: bytes) -> bytes:
    """Little-endian float32 as float16."""
    return np.frombuffer(vector, "<f4").astype("<f2").tobytes()


STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _from_1, 2: _from_2}
"""What makes the tables of a version those of the next."""


def _version(path: Path) -> int | None:
    """None where there is nothing to migrate, or nothing that can be read."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            return _stored_version(connection)
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return None  # whoever opens it says what is wrong


def _stored_version(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT value FROM meta WHERE key = 'manifest'").fetchone()
    if row is None:
        return None
    version = json.loads(row[0]).get("schema_version")
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(articles)")}
    is_first = "text" in columns
    is_third = bool(connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'deletions'").fetchone())
    what_it_is = 1 if is_first else 3 if is_third else 2
    return version if version == what_it_is else None
