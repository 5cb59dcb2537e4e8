"""Snapshot: the vectors of one generation in a file of FAISS, which is mapped, not loaded.

So processes share one copy, and opening takes no longer for more vectors. The rows are float16. Up to
EXACT_ROWS they are one list, and search is exact; beyond, each row is in the list of its nearest centroid
and the lists nearest to the query are searched: an inverted file, after Sivic and Zisserman, "Video Google"
(2003), with centroids by spherical k-means.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.deletions import deleted
from index.errors import NO_ROOM, DiskFull
from index.types import FloatArray, Ids, Scored

EXACT_ROWS = 200_000
"""More rows than these are not all compared with each query; decision 24 has what that costs and gains."""

PROBES = 256
"""So many lists are searched; of rows that a filter leaves, as many more as keep the number of rows."""

TRAINING_ROWS = 64
"""For each centroid."""

ABANDONED_SECONDS = 60
"""A snapshot is written without a pause; one that has not grown for so long will not be finished."""

_AT_ONCE = 8192
ERASED = -1
"""The id of a row whose vector was overwritten with zeros."""

Half = npt.NDArray[np.float16]


class Snapshot:
    """Unit vectors under 64-bit ids, as they are in the file; safe between threads.

    ``ids`` has those that are not erased, by list; ``erased`` says how many rows are.
    """

    def __init__(self, path: Path, index: faiss.IndexIVF) -> None:
        self.path = path
        self.generation = generation_of(path)
        self._index = index
        self._lists = faiss.downcast_InvertedLists(index.invlists)
        ids = np.concatenate([ids for ids, _ in self.rows()])
        self.ids: Ids = ids[ids != ERASED]
        self.erased = len(ids) - len(self.ids)

    @classmethod
    def read(cls, path: Path) -> Snapshot | None:
        """The snapshot in a file; None if it is truncated, damaged or none of ours."""
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        except RuntimeError:
            return None
        return cls(path, index) if isinstance(index, faiss.IndexIVFScalarQuantizer) else None

    @classmethod
    def newest(cls, folder: Path, dimension: int) -> Snapshot | None:
        """The newest that can be read and has vectors of this dimension."""
        for path in sorted(snapshots(folder), key=generation_of, reverse=True):
            snapshot = cls.read(path)
            if snapshot is not None and snapshot.dimension == dimension:
                return snapshot
        return None

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def rows(self) -> Iterator[tuple[Ids, Half]]:
        """The (n,) ids and (n, dimension) vectors of each list, erased rows among them."""
        for number in range(self._index.nlist):
            size = self._lists.list_size(number)
            if size == 0:
                yield np.empty(0, np.int64), np.empty((0, self.dimension), np.float16)
                continue
            codes = faiss.rev_swig_ptr(self._lists.get_codes(number), size * self._index.code_size)
            ids = faiss.rev_swig_ptr(self._lists.get_ids(number), size)
            yield ids.copy(), codes.view(np.float16).reshape(size, self.dimension)

    @property
    def is_exact(self) -> bool:
        """Whether all rows are compared, whatever is searched for."""
        return int(self._index.nlist) <= PROBES

    def search(self, unit: FloatArray, k: int, among: Ids | None, without: Ids, share: float = 1) -> Scored:
        """The k ids of highest cosine with ``unit`` (dimension,), in no order: of those in ``among`` if that
        is given, else of those that are not in ``without``. If only a ``share`` of them will count, as many
        more lists are searched."""
        selector, selected = self._selected(among, without)
        share *= selected
        probes = math.ceil(PROBES / share) if share else self._index.nlist
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=min(probes, self._index.nlist))
        scores, ids = self._index.search(unit[None], min(k, max(len(self.ids), 1)), params=parameters)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def erase(self, gone: Ids) -> None:
        """Overwrite the vectors of these ids in the file; others that have it mapped see that at once."""
        with suppress(FileNotFoundError, PermissionError), self.path.open("r+b") as file:
            for number in range(self._index.nlist):
                size = self._lists.list_size(number)
                if size == 0:
                    continue
                ids = faiss.rev_swig_ptr(self._lists.get_ids(number), size)
                for row in np.flatnonzero(np.isin(ids, gone)).tolist():
                    self._overwrite(file.fileno(), number, row)
            os.fsync(file.fileno())

    def _overwrite(self, file: int, number: int, row: int) -> None:
        place, size = self._lists.lists.at(number), int(self._index.code_size)
        os.pwrite(file, bytes(size), place.offset + row * size)
        os.pwrite(file, np.int64(ERASED).tobytes(), place.offset + place.capacity * size + row * 8)

    def _selected(self, among: Ids | None, without: Ids) -> tuple[faiss.IDSelector | None, float]:
        """What FAISS is to look at, and what share of the rows that is."""
        if among is not None:
            return _Bitmap(among), len(among) / max(len(self.ids), 1)
        if self.erased or len(without):
            return _Others(np.append(without, ERASED)), 1.0
        return None, 1.0


class _Bitmap(faiss.IDSelectorBitmap):  # type: ignore[misc]
    """Ids in a bitmap, which only points to memory: it is kept with it."""

    def __init__(self, ids: Ids) -> None:
        members = np.zeros(int(ids.max()) + 1 if len(ids) else 1, bool)
        members[ids] = True
        self._bits = np.packbits(members, bitorder="little")
        super().__init__(self._bits)


class _Others(faiss.IDSelectorNot):  # type: ignore[misc]
    """All but some ids."""

    def __init__(self, ids: Ids) -> None:
        self._ids = np.ascontiguousarray(ids, np.int64)
        self._batch = faiss.IDSelectorBatch(self._ids)
        super().__init__(self._batch)


def write(connection: sqlite3.Connection, dimension: int, folder: Path, generation: int) -> None:
    """Write the vectors that ``connection`` sees, which is at ``generation``, then drop older snapshots.

    Raises DiskFull; the older ones stay then.
    """
    path = folder / f"vectors-{generation}.faiss"
    index = _built(connection, dimension)
    unfinished = folder / f"vectors-{os.getpid()}.unfinished"
    try:
        # Through a file of Python: FAISS's own only prints that the last of its bytes found no room.
        with unfinished.open("wb") as file:
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise DiskFull(path) from error
        raise
    drop(folder, before=generation)


def _built(connection: sqlite3.Connection, dimension: int) -> faiss.IndexIVFScalarQuantizer:
    ids = np.array(connection.execute("SELECT chunk_id FROM vectors").fetchall(), np.int64).reshape(-1)
    lists = round(math.sqrt(len(ids))) if len(ids) > EXACT_ROWS else 1
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    index.cp.niter, index.cp.spherical, index.cp.max_points_per_centroid = 10, True, TRAINING_ROWS
    chosen = np.random.default_rng(1).choice(ids, min(len(ids), TRAINING_ROWS * lists), replace=False)
    index.train(
        _vectors(connection, np.sort(chosen), dimension) if len(ids) else np.zeros((1, dimension), np.float32)
    )
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        index.add_with_ids(_vectors(connection, some, dimension), some)
    return index


def _vectors(connection: sqlite3.Connection, ids: Ids, dimension: int) -> FloatArray:
    """Those of rising ids that are there: (len(ids), dimension)."""
    rows = connection.execute(
        "SELECT vector FROM vectors WHERE chunk_id IN (SELECT value FROM json_each(?)) ORDER BY chunk_id",
        (json.dumps(ids.tolist()),),
    )
    return decode([vector for (vector,) in rows], dimension)


def erase_deleted(connection: sqlite3.Connection, folder: Path) -> None:
    """Leave no vector in any snapshot whose chunk is gone, as ``connection`` sees it."""
    drop_abandoned(folder)
    for path in snapshots(folder):
        snapshot = Snapshot.read(path)
        if snapshot is None:
            path.unlink(missing_ok=True)
        elif len(gone := np.intersect1d(deleted(connection, snapshot.generation), snapshot.ids)):
            snapshot.erase(gone)


def snapshots(folder: Path) -> list[Path]:
    return list(folder.glob("vectors-*.faiss"))


def drop(folder: Path, before: int) -> None:
    """Delete the snapshots of generations before this one."""
    for path in snapshots(folder):
        if generation_of(path) < before:
            path.unlink(missing_ok=True)


def drop_abandoned(folder: Path) -> None:
    """Delete what a killed process left of a snapshot."""
    for path in folder.glob("vectors-*.unfinished"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()


def encode(vectors: FloatArray) -> list[bytes]:
    """Rows as they are stored: little-endian float16."""
    return [row.tobytes() for row in np.ascontiguousarray(vectors, "<f2")]


def decode(rows: list[bytes], dimension: int) -> FloatArray:
    """The inverse of ``encode``: (len(rows), dimension)."""
    return np.frombuffer(b"".join(rows), "<f2").reshape(-1, dimension).astype(np.float32)


def generation_of(path: Path) -> int:
    return int(path.stem.removeprefix("vectors-"))
