"""Versions: which chunks count.

The row of an article names its version, and a chunk counts while its version is the article's. Others are of
a version that was just replaced or is about to come, or are left of a change that was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from index.milvus.cluster import Cluster, Row
from index.milvus.expressions import joined, outside, where
from index.milvus.rows import key_of, version_before
from index.milvus.schema import ARTICLES, CHUNKS
from index.types import Filters

Found = TypeVar("Found")

VERSION = ("article_id", "version")
"""What has to be known of a chunk to tell whether it counts."""

TRIES = 3
"""So often chunks are searched for, where some of those found have been replaced."""


class Versions:
    """Those of the articles in a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def of(self, article_ids: Iterable[str]) -> dict[str, int]:
        """The version of each article that there is."""
        rows = self._cluster.query_among(ARTICLES, "key", map(key_of, article_ids), VERSION)
        return {row["article_id"]: int(row["version"]) for row in rows}

    def counting(
        self, search: Callable[[str], Sequence[tuple[Found, Row]]], filters: Filters | None = None
    ) -> Sequence[Found]:
        """What ``search`` finds of chunks that count; it is given the condition that they have to meet.

        It is made anew without versions that don't count, so that their chunks take no places.
        """
        gone: set[int] = set()
        for _ in range(TRIES):
            found = search(joined(where(filters), outside("version", gone)))
            live = {row["version"] for row in self._live([row for _, row in found])}
            lost = {row["version"] for _, row in found} - live
            if not lost:
                break
            gone |= lost
        return [each for each, row in found if row["version"] in live]

    def left_over(self, seconds: float) -> Iterator[Row]:
        """Chunks that are older than this and don't count."""
        condition = f"version < {version_before(seconds)}"
        for page in self._cluster.pages(CHUNKS, condition, ("chunk_id", *VERSION)):
            live = {row["chunk_id"] for row in self._live(page)}
            yield from (row for row in page if row["chunk_id"] not in live)

    def _live(self, chunks: Sequence[Row]) -> list[Row]:
        versions = self.of(row["article_id"] for row in chunks)
        return [row for row in chunks if versions.get(row["article_id"]) == row["version"]]
