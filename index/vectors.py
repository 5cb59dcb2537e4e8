"""Vectors: dense search in memory, derived from the database and never trusted over it.

A FAISS index under the chunks' own ids, kept as a snapshot file whose name carries the generation that
it was built from. A vector of an id never changes and ids only grow, so catching up is adding the ids
above the highest one known and, where the count still differs, removing those that are gone.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.types import FloatArray, Scored

Ids = npt.NDArray[np.int64]


class Vectors:
    """Unit vectors under 64-bit ids; the inner product is their cosine. Not safe between threads."""

    def __init__(self, index: faiss.IndexIDMap2, generation: int) -> None:
        self.index = index
        self.generation = generation

    @classmethod
    def empty(cls, dimension: int) -> Vectors:
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)), generation=-1)

    @classmethod
    def load(cls, folder: Path, dimension: int) -> Vectors:
        """The newest readable snapshot, or an empty store: what is missing is caught up later."""
        for path in sorted(snapshots(folder), key=_generation_of, reverse=True):
            try:
                index = faiss.read_index(str(path))
            except RuntimeError:  # truncated or damaged: an older one, or the database, takes its place
                continue
            if isinstance(index, faiss.IndexIDMap2) and index.d == dimension:
                return cls(index, _generation_of(path))
        return cls.empty(dimension)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self.index.d)

    @property
    def ids(self) -> Ids:
        return np.asarray(faiss.vector_to_array(self.index.id_map), np.int64)

    def search(self, vector: FloatArray, k: int, among: Ids | None = None) -> Scored:
        """The k ids of highest cosine with ``vector`` (dimension,), best first; only ``among`` if given."""
        k = min(k, len(self))
        if k == 0 or (among is not None and not len(among)):
            return []
        # The selector only points into `among`: the array must outlive the search.
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))
        scores, ids = self.index.search(_normalised(vector)[None], k, params=parameters)
        found = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return sorted(found, key=lambda row: (-row[1], row[0]))

    def catch_up(self, connection: sqlite3.Connection, generation: int) -> None:
        """Make this equal to the database as ``connection`` sees it, which is at ``generation``."""
        if generation == self.generation:
            return
        highest = int(self.ids.max()) if len(self) else 0
        rows = connection.execute("SELECT chunk_id, vector FROM vectors WHERE chunk_id > ?", (highest,))
        while batch := rows.fetchmany(4096):
            self.add(np.array([row[0] for row in batch], np.int64), decode([row[1] for row in batch]))
        if len(self) != connection.execute("SELECT count(*) FROM chunks").fetchone()[0]:
            self._agree_on_ids(connection)
        self.generation = generation

    def add(self, ids: Ids, vectors: FloatArray) -> None:
        self.index.add_with_ids(vectors, ids)

    def save(self, folder: Path) -> None:
        """Write the snapshot of this generation whole, then drop the older ones."""
        path = folder / f"vectors-{self.generation}.faiss"
        if path.exists():
            return
        unfinished = folder / f"vectors-{os.getpid()}.unfinished"
        faiss.write_index(self.index, str(unfinished))
        os.replace(unfinished, path)
        for other in snapshots(folder):
            if _generation_of(other) < self.generation:
                other.unlink(missing_ok=True)

    def _agree_on_ids(self, connection: sqlite3.Connection) -> None:
        stored = np.array(connection.execute("SELECT chunk_id FROM chunks").fetchall(), np.int64).reshape(-1)
        self.index.remove_ids(np.setdiff1d(self.ids, stored))
        for chunk_id in np.setdiff1d(stored, self.ids).tolist():
            row = connection.execute("SELECT vector FROM vectors WHERE chunk_id = ?", (chunk_id,)).fetchone()
            self.add(np.array([chunk_id], np.int64), decode([row[0]]))


def snapshots(folder: Path) -> list[Path]:
    return list(folder.glob("vectors-*.faiss"))


def encode(vectors: FloatArray) -> list[bytes]:
    """Rows as they are stored: little-endian float32."""
    return [row.tobytes() for row in np.ascontiguousarray(vectors, "<f4")]


def decode(rows: list[bytes]) -> FloatArray:
    """The inverse of ``encode``: (len(rows), dimension)."""
    return np.frombuffer(b"".join(rows), "<f4").reshape(len(rows), -1).astype(np.float32)


def _normalised(vector: FloatArray) -> FloatArray:
    norm = float(np.linalg.norm(vector))
    return np.asarray(vector / norm if norm else vector, np.float32)


def _generation_of(path: Path) -> int:
    return int(path.stem.removeprefix("vectors-"))
