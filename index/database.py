"""Database: the SQLite file that is the one source of truth.

Each thread has a connection of its own. A writing transaction takes the write lock at its start, so
that chunk ids are committed in the order in which they were given, and ends with a new generation.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import IndexCorrupt, IndexLocked, StoreError
from index.types import Filters

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    article_id TEXT PRIMARY KEY, text TEXT NOT NULL, content_hash TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT, published TEXT, author TEXT, source TEXT, language TEXT, tags TEXT NOT NULL,
    pages TEXT NOT NULL
);
CREATE INDEX articles_published ON articles (published);
-- AUTOINCREMENT: an id is never given twice, so a vector of an id never changes.
CREATE TABLE chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, digest BLOB NOT NULL
);
CREATE INDEX chunks_article ON chunks (article_id);
-- Apart from the chunks, so that scanning chunks does not read the vectors.
CREATE TABLE vectors (
    chunk_id INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, vector BLOB NOT NULL
);
CREATE VIEW chunk_texts AS
    SELECT chunk_id, title, substr(text, start + 1, stop - start) AS body
    FROM chunks JOIN articles USING (article_id);
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, body, content = 'chunk_texts', content_rowid = 'chunk_id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO meta VALUES ('generation', '0');
"""

BUSY_SECONDS = 30


class Database:
    """Connections and transactions. Raises IndexCorrupt when the file is not a database of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._create()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of the calling thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing, and one generation more; a block within a block joins it.

        Raises IndexLocked when another process goes on writing for BUSY_SECONDS.
        """
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise _translated(error, self.path) from error
        try:
            yield connection
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            _roll_back(connection)
            raise _translated(error, self.path) from error
        except BaseException:
            _roll_back(connection)
            raise

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Everything read in the block is of one generation."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            raise _translated(error, self.path) from error
        finally:
            _roll_back(connection)

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises StoreError when the file can't be read."""
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise _translated(error, self.path) from error

    def get_meta(self, key: str) -> str | None:
        rows = self.read("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    @property
    def generation(self) -> int:
        return int(self.get_meta("generation") or 0)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        self._connections.append(connection)
        return connection

    def _create(self) -> None:
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            # The lock comes first: two processes may start on an empty folder at once.
            self.connection.execute("BEGIN IMMEDIATE")
            if self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                for statement in _statements(SCHEMA):
                    self.connection.execute(statement)
            self.connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self.close()
            raise _translated(error, self.path) from error


def _statements(script: str) -> Iterator[str]:
    """The statements one by one: ``executescript`` would commit the open transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _translated(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    message = str(error)
    if "locked" in message:
        return IndexLocked(
            f"Another process has been writing to {path} for {BUSY_SECONDS} seconds. "
            "Wait for it to end, then try again."
        )
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(f"{path} can't be written or read: {message}.")
    return IndexCorrupt(
        f"{path} is not a usable index: {message}. Restore a copy, or ingest into a new folder."
    )


def where(filters: Filters | None) -> tuple[str, list[str]]:
    """The condition on ``articles`` that ``filters`` make, with its parameters; empty when none."""
    if filters is None:
        return "", []
    conditions: list[tuple[str, str | None]] = [
        ("published >= ?", filters.published_after),
        # Inclusive at the filter's own precision: '2019-11-30' is not after '2019-11'.
        ("published < ? || char(0x10FFFF)", filters.published_before),
        ("source = ?", filters.source),
        ("author = ?", filters.author),
        ("language = ?", filters.language),
        *(("? IN (SELECT value FROM json_each(tags))", tag) for tag in filters.tags),
    ]
    used = [(sql, value) for sql, value in conditions if value is not None]
    return " AND ".join(sql for sql, _ in used), [str(value) for _, value in used]
