"""Vectors: dense search in memory, derived from the database and never trusted over it.

A FAISS index under the chunks' own ids, kept as a snapshot file whose name carries the generation that
it was built from. A vector of an id never changes and ids only grow, so catching up is adding the ids
above the highest one known and, where the count still differs, removing those that are gone.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import NO_ROOM, DiskFull
from index.types import FloatArray, Scored

ABANDONED_SECONDS = 60
"""A snapshot is written without a pause; one that has not grown for so long will not be finished."""

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
            vectors = cls.read(path)
            if vectors is not None and vectors.dimension == dimension:
                return vectors
        return cls.empty(dimension)

    @classmethod
    def read(cls, path: Path) -> Vectors | None:
        """The snapshot in a file; None if it is truncated, damaged or none of ours."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError:
            return None
        return cls(index, _generation_of(path)) if isinstance(index, faiss.IndexIDMap2) else None

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

    def cosines(self, vector: FloatArray, ids: Sequence[int]) -> Scored:
        """The cosine of ``vector`` (dimension,) with those of ``ids`` that are here."""
        unit = _normalised(vector)
        found = []
        for id_ in ids:
            with suppress(RuntimeError):  # FAISS's way to say that it has no such id
                found.append((id_, float(self.index.reconstruct(id_) @ unit)))
        return found

    def catch_up(self, connection: sqlite3.Connection, generation: int) -> bool:
        """Make this equal to the database as ``connection`` sees it, which is at ``generation``.

        True if vectors were removed for it: snapshots that were made before still hold them.
        """
        if generation == self.generation:
            return False
        highest = int(self.ids.max()) if len(self) else 0
        rows = connection.execute("SELECT chunk_id, vector FROM vectors WHERE chunk_id > ?", (highest,))
        while batch := rows.fetchmany(4096):
            self.add(np.array([row[0] for row in batch], np.int64), decode([row[1] for row in batch]))
        removed = False
        if len(self) != connection.execute("SELECT count(*) FROM chunks").fetchone()[0]:
            removed = self._agree_on_ids(connection)
        self.generation = generation
        return removed

    def add(self, ids: Ids, vectors: FloatArray) -> None:
        self.index.add_with_ids(vectors, ids)

    def save(self, folder: Path) -> None:
        """Write the snapshot of this generation whole, unless there is one, then drop the older ones.

        Raises DiskFull; the older ones stay then.
        """
        path = folder / f"vectors-{self.generation}.faiss"
        if not path.exists():
            self._write(folder / f"vectors-{os.getpid()}.unfinished", path)
        drop_snapshots(folder, before=self.generation)

    def _write(self, unfinished: Path, path: Path) -> None:
        try:
            # Through a file of Python: FAISS's own only prints that the last of its bytes found no room.
            with unfinished.open("wb") as file:
                faiss.write_index(self.index, faiss.PyCallbackIOWriter(file.write))
            os.replace(unfinished, path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            if error.errno in NO_ROOM:
                raise DiskFull(path) from error
            raise

    def _agree_on_ids(self, connection: sqlite3.Connection) -> bool:
        stored = np.array(connection.execute("SELECT chunk_id FROM chunks").fetchall(), np.int64).reshape(-1)
        removed = self.index.remove_ids(np.setdiff1d(self.ids, stored))
        for chunk_id in np.setdiff1d(stored, self.ids).tolist():
            row = connection.execute("SELECT vector FROM vectors WHERE chunk_id = ?", (chunk_id,)).fetchone()
            self.add(np.array([chunk_id], np.int64), decode([row[0]]))
        return bool(removed)


def snapshots(folder: Path) -> list[Path]:
    return list(folder.glob("vectors-*.faiss"))


def drop_snapshots(folder: Path, before: int) -> None:
    """Delete the snapshots of generations before this one, and what a killed process left of one."""
    for path in snapshots(folder):
        if _generation_of(path) < before:
            path.unlink(missing_ok=True)
    for path in folder.glob("vectors-*.unfinished"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()


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
