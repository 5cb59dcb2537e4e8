"""Dense search with filters: which of the nearest chunks are of articles that a condition admits."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from index.database import Database
from index.snapshot import decode
from index.types import FloatArray, Ids, Scored
from index.vectors import Vectors, normalised

WIDER = 16
"""With a filter, so many times as many of the nearest chunks are looked at before all that it leaves are."""

FEW = 0.25
"""Where a filter leaves less of the nearest, what it leaves lies far, and more lists are searched."""

# The order of the joins is that of the words: from few chunks to their articles.
_LEFT = (
    "SELECT chunk_id FROM chunks CROSS JOIN articles USING (content_id) "
    "WHERE chunk_id IN (SELECT value FROM json_each(?)) AND {}"
)
_ADMITTED = "SELECT chunk_id FROM chunks WHERE content_id IN (SELECT content_id FROM articles WHERE {})"


class Dense:
    """What vectors and database find together. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self, vectors: Vectors, vector: FloatArray, k: int, condition: str, values: Sequence[str]
    ) -> Scored:
        """The k nearest chunks, best first, of articles that meet the ``condition``, if there is any."""
        if not condition:
            return vectors.search(vector, k)
        # Most filters leave enough of what is near. To list all that they leave takes longer the more it is.
        near = vectors.search(vector, WIDER * k)
        found = self._left(near, condition, values)
        if len(found) < k < len(vectors) / WIDER:
            return vectors.search(vector, k, self._ids(_ADMITTED.format(condition), values))
        if found and len(found) < FEW * len(near) and not vectors.is_exact:
            near = vectors.search(vector, WIDER * k, share=len(found) / len(near))
            found = self._left(near, condition, values)
        return found[:k]

    def cosines(self, vector: FloatArray, chunk_ids: Sequence[int]) -> Scored:
        """Those of ``vector`` (dimension,) with these chunks; one that is gone is left out."""
        rows = self._database.read(
            "SELECT chunk_id, vector FROM vectors WHERE chunk_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(chunk_ids)),),
        )
        stored = dict(rows)
        found = [chunk_id for chunk_id in chunk_ids if chunk_id in stored]
        cosines = decode([stored[chunk_id] for chunk_id in found], len(vector)) @ normalised(vector)
        return list(zip(found, cosines.tolist(), strict=True))

    def _left(self, near: Scored, condition: str, values: Sequence[str]) -> Scored:
        """Those that are of articles that meet the condition."""
        left = self._ids(_LEFT.format(condition), [json.dumps([chunk_id for chunk_id, _ in near]), *values])
        is_left = set(left.tolist())
        return [row for row in near if row[0] in is_left]

    def _ids(self, query: str, values: Sequence[str]) -> Ids:
        return np.array(self._database.read(query, values), np.int64).reshape(-1)
