"""Vectors: dense search, derived from the database and never trusted over it.

What was there when the newest snapshot was written is searched in its file; what has come since is a small
index in memory, and what has gone since is left out, and erased from the file by whoever notices it first.
Ids only grow and a vector of an id never changes, so catching up is adding the vectors above the highest
id known, and leaving out those that the database says were deleted after the generation that is known.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import faiss
import numpy as np

from index.deletions import deleted
from index.snapshot import Snapshot, decode
from index.types import FloatArray, Ids, Scored

logger = logging.getLogger(__name__)

RECENT_ROWS = 20_000
"""A new snapshot is due when more rows than these, and a tenth of the snapshot, have come or gone."""

_AT_ONCE = 4096
_NO_IDS: Ids = np.empty(0, np.int64)


class Vectors:
    """Unit vectors under 64-bit ids; the inner product is their cosine. Safe between threads."""

    def __init__(self, dimension: int, base: Snapshot | None = None) -> None:
        self.dimension = dimension
        self.base = base
        self.generation = base.generation if base else -1
        self._highest = int(base.ids.max()) if base and len(base.ids) else 0
        self._gone = _NO_IDS
        self._recent = faiss.IndexIDMap2(
            faiss.IndexScalarQuantizer(
                dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
        )  # fmt: skip
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, dimension: int, connection: sqlite3.Connection, generation: int) -> Vectors:
        """The database's vectors as ``connection`` sees them, which is at ``generation``.

        A snapshot that does not agree with them is deleted: it is made again.
        """
        vectors = cls(dimension, Snapshot.newest(folder, dimension))
        vectors.catch_up(connection, generation)
        stored = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
        if vectors.base and len(vectors) != stored:
            logger.warning("%s does not agree with the database and is made again.", vectors.base.path)
            with suppress(PermissionError):
                vectors.base.path.unlink(missing_ok=True)
            vectors = cls(dimension)
            vectors.catch_up(connection, generation)
        return vectors

    def __len__(self) -> int:
        in_file = len(self.base.ids) - len(self._gone) if self.base else 0
        return in_file + int(self._recent.ntotal)

    @property
    def is_snapshot_due(self) -> bool:
        """Whether so much has changed since the last snapshot that searching gets slower by it."""
        changed = int(self._recent.ntotal) + len(self._gone) + (self.base.erased if self.base else 0)
        return changed > max(RECENT_ROWS, len(self.base.ids) // 10 if self.base else 0)

    @property
    def is_exact(self) -> bool:
        """Whether the nearest are found for certain."""
        return self.base is None or self.base.is_exact

    def search(self, vector: FloatArray, k: int, among: Ids | None = None, share: float = 1) -> Scored:
        """The k ids of highest cosine with ``vector`` (dimension,), best first; only ``among`` if given.

        If only a ``share`` of them will count, as many more lists are searched, where not all are.
        """
        unit = normalised(vector)
        with self._lock:
            found = self._search_recent(unit, k, among)
            gone = self._gone
        if self.base and (among is None or len(among)):
            found = [*found, *self.base.search(unit, k, among, gone, share)]
        return sorted(found, key=lambda row: (-row[1], row[0]))[:k]

    def catch_up(self, connection: sqlite3.Connection, generation: int) -> None:
        """Make this equal to the database as ``connection`` sees it, which is at ``generation``.

        This must not be of a generation whose deletions are forgotten.
        """
        with self._lock:
            if generation == self.generation:
                return
            self._remove(connection)
            rows = connection.execute(
                "SELECT chunk_id, vector FROM vectors WHERE chunk_id > ?", (self._highest,)
            )
            while batch := rows.fetchmany(_AT_ONCE):
                ids = np.array([row[0] for row in batch], np.int64)
                self._recent.add_with_ids(decode([row[1] for row in batch], self.dimension), ids)
                self._highest = int(ids[-1])
            self.generation = generation

    def recent(self) -> tuple[Ids, FloatArray]:
        """The (n,) ids and (n, dimension) vectors that are in memory alone."""
        ids: Ids = np.asarray(faiss.vector_to_array(self._recent.id_map), np.int64)
        return ids, self._recent.index.reconstruct_n(0, len(ids))

    def _search_recent(self, unit: FloatArray, k: int, among: Ids | None) -> Scored:
        k = min(k, int(self._recent.ntotal))
        if k == 0 or (among is not None and not len(among)):
            return []
        # The selector only points into `among`: the array must outlive the search.
        selector = faiss.IDSelectorBatch(among) if among is not None else None
        scores, ids = self._recent.search(unit[None], k, params=faiss.SearchParameters(sel=selector))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def _remove(self, connection: sqlite3.Connection) -> None:
        ids = deleted(connection, after=self.generation)
        if not len(ids):
            return
        self._recent.remove_ids(ids)
        if self.base:
            in_file = np.intersect1d(ids, self.base.ids)
            self._gone = np.union1d(self._gone, in_file)
            self.base.erase(in_file)


def normalised(vector: FloatArray) -> FloatArray:
    """Of unit length, unless it is zero."""
    norm = float(np.linalg.norm(vector))
    return np.asarray(vector / norm if norm else vector, np.float32)
