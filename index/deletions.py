"""Deletions: which chunks are gone since when, for whoever knows an older generation.

A file of vectors needs none of them once their rows in it are erased. A process that has the vectors of an
older generation in memory needs all since then, or else reads the vectors anew; so the last are kept.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from index.database import Database
from index.types import Ids

KEPT = 20_000
"""So many of the last are kept: half a megabyte, and only who was idle for long misses more."""

_FORGOTTEN = "deletions_forgotten"


def deleted(connection: sqlite3.Connection, after: int) -> Ids:
    """The chunks that are gone since a generation, of which none may be forgotten: (n,)."""
    rows = connection.execute("SELECT chunk_id FROM deletions WHERE generation > ?", (after,)).fetchall()
    return np.array(rows, np.int64).reshape(-1)


def forgotten(connection: sqlite3.Connection) -> int:
    """The generation up to which deletions are forgotten; 0 where all are known."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_FORGOTTEN,)).fetchone()
    return int(row[0]) if row else 0


def forgettable(connection: sqlite3.Connection) -> int | None:
    """The generation up to which they may be forgotten; None while there are few."""
    row = connection.execute(
        "SELECT generation FROM deletions ORDER BY generation DESC LIMIT 1 OFFSET ?", (KEPT,)
    ).fetchone()
    return int(row[0]) if row else None


def forget(database: Database, generation: int) -> None:
    """Forget those up to this generation, which every file of vectors has erased."""
    with database.upkeep() as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM deletions WHERE generation <= ?", (generation,))
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_FORGOTTEN, str(generation)))
        connection.execute("COMMIT")
