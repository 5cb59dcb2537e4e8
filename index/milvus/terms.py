"""Terms: the words of a text as lexical search compares them, the same as in the embedded index.

SQLite's FTS5 makes them (words folded, without diacritics, stemmed after Porter), and Milvus is given the
terms where it would take a text. Its own analyzers differ from version to version, and another stemmer would
find other passages than the embedded index does.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence

_TABLES = """
CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE places USING fts5vocab ('texts', 'instance');
"""


class Analyzer:
    """Cuts texts into terms. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.executescript(_TABLES)

    def terms(self, texts: Sequence[str]) -> list[list[str]]:
        """The terms of each text, in their order."""
        found: list[list[str]] = [[] for _ in texts]
        with self._lock:
            try:
                self._connection.execute("BEGIN")
                self._connection.executemany(
                    "INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts, start=1)
                )
                for place, term in self._connection.execute(
                    "SELECT doc, term FROM places ORDER BY doc, offset"
                ):
                    found[place - 1].append(term)
            finally:
                self._connection.execute("ROLLBACK")
        return found

    def close(self) -> None:
        self._connection.close()
