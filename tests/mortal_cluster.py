"""A connection to Milvus that dies after so many writes, as a process that is killed between two of them."""

from __future__ import annotations

from collections.abc import Sequence

from index.article_index import Manifest
from index.milvus import MilvusIndex
from index.milvus.cluster import Cluster, Row


class Killed(Exception):
    """Nothing that comes after it is done."""


class MortalCluster(Cluster):
    """``writes`` are those that it has before it."""

    writes = 0

    @classmethod
    def index(cls, uri: str, manifest: Manifest, writes: int) -> MilvusIndex:
        cluster = cls.connect(uri)
        cluster.writes = writes
        return MilvusIndex(manifest, cluster)

    def upsert(self, name: str, rows: Sequence[Row]) -> None:
        self._write()
        super().upsert(name, rows)

    def delete(self, name: str, condition: str) -> None:
        self._write()
        super().delete(name, condition)

    def _write(self) -> None:
        if not self.writes:
            raise Killed
        self.writes -= 1
