"""Database: the SQLite file that is the one source of truth.

Each thread has a connection of its own. A writing transaction takes the write lock at its start, so
that chunk ids are committed in the order in which they were given, and ends with a new generation.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import DiskFull, IndexCorrupt, IndexLocked, StoreError
from index.lock_holder import holder
from index.period import SQL_AFTER, SQL_BEFORE
from index.types import Filters

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- The long columns last, so that the others are read without them.
CREATE TABLE contents (
    content_id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, content_hash TEXT NOT NULL,
    group_id INTEGER NOT NULL, shingles INTEGER NOT NULL, signature BLOB NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX contents_group ON contents (group_id);
CREATE TABLE bands (band INTEGER, content_id INTEGER, PRIMARY KEY (band, content_id)) WITHOUT ROWID;
CREATE TABLE articles (
    article_id TEXT PRIMARY KEY, content_id INTEGER NOT NULL REFERENCES contents,
    url TEXT, published TEXT, author TEXT, source TEXT, language TEXT,
    tags TEXT NOT NULL, fields TEXT NOT NULL, pages TEXT NOT NULL
);
CREATE INDEX articles_content ON articles (content_id);
CREATE INDEX articles_published ON articles (published);
-- AUTOINCREMENT: an id is never given twice, so a vector of an id never changes.
CREATE TABLE chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, digest BLOB NOT NULL
);
CREATE INDEX chunks_content ON chunks (content_id);
-- Apart from the chunks, so that scanning chunks does not read the vectors.
CREATE TABLE vectors (
    chunk_id INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, vector BLOB NOT NULL
);
-- Which chunks are gone since when, for those who know an older generation.
CREATE TABLE deletions (
    generation INTEGER, chunk_id INTEGER, PRIMARY KEY (generation, chunk_id)
) WITHOUT ROWID;
CREATE TRIGGER chunks_deleted AFTER DELETE ON chunks BEGIN
    INSERT INTO deletions SELECT value + 1, old.chunk_id FROM meta WHERE key = 'generation';
END;
CREATE VIEW chunk_texts AS
    SELECT chunk_id, title, substr(text, start + 1, stop - start) AS body
    FROM chunks JOIN contents USING (content_id);
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, body, content = 'chunk_texts', content_rowid = 'chunk_id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO meta VALUES ('generation', '0');
INSERT INTO meta VALUES ('merges', '0');
"""

BUSY_SECONDS = 30

MERGES = 500
"""After so many merges the lexical index is made anew. Each adds a level or two to it, which FTS5 keeps empty
ever after, and SQLite 3.40 calls an index of more than 2,000 levels malformed."""

LITTLE_ROOM = 1_000_000
"""Bytes; where less is free, an error of input or output comes of a full disk."""

ERASES_WORDS = sqlite3.sqlite_version_info >= (3, 42)
"""Whether FTS5 can take the words of a deleted text out of its segments at once ('secure-delete')."""


class Database:
    """Connections and transactions. Raises IndexCorrupt when the file is not a database of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
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
        except sqlite3.DatabaseError as error:
            raise _translated(error, self.path) from error
        try:
            yield connection
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
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

    def erase(self) -> None:
        """Leave nothing of what was deleted in the files, whatever SQLite keeps of it until later."""
        if self.get_meta("words_to_erase"):
            self._merge_words()
        self._fold_log()

    def compact(self) -> None:
        """Give the space of what was deleted back to the file system; others may go on reading."""
        self._merge_words()
        with self.upkeep() as connection:
            connection.execute("VACUUM")
        self._fold_log()

    @contextmanager
    def upkeep(self) -> Iterator[sqlite3.Connection]:
        """For changes that leave what is stored as it was, and so its generation. Raises StoreErrors."""
        try:
            yield self.connection
        except sqlite3.DatabaseError as error:
            _roll_back(self.connection)
            raise _translated(error, self.path) from error

    def close(self) -> None:
        for connection in list(self._connections.values()):
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def _merge_words(self) -> None:
        """Make one segment of the lexical index, in which no word is left that no chunk has."""
        with self.upkeep() as connection:
            connection.execute("BEGIN IMMEDIATE")
            merges = int(self.get_meta("merges") or MERGES)  # which older versions did not count
            command, merges = ("optimize", merges + 1) if merges < MERGES else ("rebuild", 0)
            connection.execute("INSERT INTO chunks_fts (chunks_fts) VALUES (?)", (command,))
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('merges', ?)", (str(merges),))
            connection.execute("DELETE FROM meta WHERE key = 'words_to_erase'")
            connection.execute("COMMIT")

    def _fold_log(self) -> None:
        """Empty the write-ahead log, which holds pages as they were before a deletion.

        It waits BUSY_SECONDS for those who still read an older state; then it is left to the next time.
        """
        with self.upkeep() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connect(self) -> sqlite3.Connection:
        for thread in list(self._connections):
            # Nobody else closes what a thread leaves that came for a single call.
            if not thread.is_alive() and (left := self._connections.pop(thread, None)):
                left.close()
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        self._connections[threading.current_thread()] = connection
        return connection

    def _create(self) -> None:
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            # The lock comes first: two processes may start on an empty folder at once.
            self.connection.execute("BEGIN IMMEDIATE")
            if self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                for statement in statements(SCHEMA):
                    self.connection.execute(statement)
            # Only once: an index on a full disk can still be opened, as long as that writes nothing.
            is_set = "SELECT 1 FROM chunks_fts_config WHERE k = 'secure-delete' AND v"
            if ERASES_WORDS and not self.connection.execute(is_set).fetchone():
                self.connection.execute(
                    "INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('secure-delete', 1)"
                )
            self.connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self.close()
            raise _translated(error, self.path) from error


def statements(script: str) -> Iterator[str]:
    """Those of a script one by one: ``executescript`` would commit the open transaction."""
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
    message, _, _ = str(error).partition(" with text")  # which is of an article
    if "locked" in message:
        return IndexLocked(
            f"{holder(path) or 'Another process'} has been writing to {path} for {BUSY_SECONDS} seconds. "
            "Wait for it to end, then try again."
        )
    if "disk is full" in message or ("disk I/O" in message and _is_full(path)):
        return DiskFull(path)
    if isinstance(error, sqlite3.OperationalError) and "decode" not in message:
        return StoreError(f"{path} can't be written or read: {message}.")
    return IndexCorrupt(
        f"{path} is not a usable index: {message}. Restore a backup with: python -m qa_service restore FILE; "
        f"without one, move {path.parent} away and put the articles in again."
    )


def _is_full(path: Path) -> bool:
    """Whether an error may come of it: SQLite does not say so of the memory that connections share."""
    return shutil.disk_usage(path.parent).free < LITTLE_ROOM


def where(filters: Filters | None) -> tuple[str, list[str]]:
    """The condition on ``articles`` that ``filters`` make, with its parameters; empty when none."""
    if filters is None:
        return "", []
    single = {
        SQL_AFTER: filters.published_after,
        SQL_BEFORE: filters.published_before,
        "source = ?": filters.source,
        "author = ?": filters.author,
        "language = ?": filters.language,
    }
    conditions = [(sql, [value]) for sql, value in single.items() if value is not None]
    conditions += [("? IN (SELECT value FROM json_each(tags))", [tag]) for tag in filters.tags]
    conditions += [
        ("(?, ?) IN (SELECT key, value FROM json_each(fields))", [*pair]) for pair in filters.fields.items()
    ]
    return " AND ".join(sql for sql, _ in conditions), [each for _, some in conditions for each in some]
