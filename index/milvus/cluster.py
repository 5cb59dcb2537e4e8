"""Cluster: a database of Milvus and what is asked of it; what goes wrong there is a StoreError of ours.

Everything is read with strong consistency: what any machine has committed is seen, and what was deleted is
not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from pymilvus import AnnSearchRequest, MilvusClient, WeightedRanker
from pymilvus.exceptions import MilvusException

from index.errors import StoreError
from index.milvus.expressions import among, joined
from index.milvus.schema import Collection
from index.types import FloatArray

if TYPE_CHECKING:
    from typing_extensions import Self

Row: TypeAlias = dict[str, Any]

SECONDS = 60.0
"""How long one call may take, with its retries."""

AT_ONCE = 500
"""Rows to a write or to a page of what is read; a message of Milvus has 64 MB at most."""

MOST_FOUND = 16_384
"""What one search or query of Milvus gives at most."""

CONSISTENCY = "Strong"

# It logs what it also raises, with a stack trace.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Part:
    """One of the searches of a hybrid one, and the weight of its score in the sum, 0 to 1."""

    weight: float
    field: str
    wanted: str | FloatArray
    condition: str


class Cluster:
    """One database of a Milvus server. Safe to use from several threads. Raises StoreErrors."""

    def __init__(self, address: str, client: MilvusClient) -> None:
        self.address = address
        self._client = client

    @classmethod
    def connect(cls, uri: str, token: str = "", begin: bool = False) -> Self:
        """The database that the path of ``uri`` names, which ``begin`` makes where there is none."""
        parts = urlsplit(uri)
        server, database = urlunsplit(parts._replace(path="")), parts.path.strip("/") or "default"
        with _translated(uri):
            client = MilvusClient(server, token=token, timeout=SECONDS)
            if database != "default" and database not in client.list_databases(timeout=SECONDS):
                if not begin:
                    raise StoreError(
                        f"The Milvus at {server} has no database {database!r}. Add articles with: "
                        "python -m qa_service ingest PATH"
                    )
                with suppress(MilvusException):  # another machine may begin at the same time
                    client.create_database(database, timeout=SECONDS)
            if database != "default":
                client.use_database(database, timeout=SECONDS)
            return cls(uri, client)

    def has(self, name: str) -> bool:
        with self._asked():
            return bool(self._client.has_collection(name, timeout=SECONDS))

    def make(self, collection: Collection) -> None:
        """Make the collection unless it is there, and have it ready to be searched."""
        with self._asked():
            if not self._client.has_collection(collection.name, timeout=SECONDS):
                try:
                    self._client.create_collection(
                        collection.name, schema=collection.schema, index_params=collection.indexes,
                        consistency_level=CONSISTENCY, timeout=SECONDS,
                    )  # fmt: skip
                except MilvusException:  # another machine may make the same at the same time
                    if not self._client.has_collection(collection.name, timeout=SECONDS):
                        raise
            self.load(collection.name)

    def load(self, name: str) -> None:
        """Have the collection ready to be searched."""
        with self._asked():
            state = self._client.get_load_state(name, timeout=SECONDS)["state"]
            if state.name != "Loaded":
                self._client.load_collection(name, timeout=SECONDS)

    def upsert(self, name: str, rows: Sequence[Row]) -> None:
        with self._asked():
            for first in range(0, len(rows), AT_ONCE):
                self._client.upsert(name, list(rows[first : first + AT_ONCE]), timeout=SECONDS)

    def delete(self, name: str, condition: str) -> None:
        with self._asked():
            self._client.delete(name, filter=condition, timeout=SECONDS)

    def query(self, name: str, condition: str, columns: Sequence[str], limit: int = MOST_FOUND) -> list[Row]:
        """The rows that meet the condition, ``limit`` at most, in no order."""
        with self._asked():
            found = self._client.query(
                name, filter=condition, output_fields=list(columns), limit=limit,
                consistency_level=CONSISTENCY, timeout=SECONDS,
            )  # fmt: skip
            return [dict(row) for row in found]

    def query_among(
        self,
        name: str,
        field: str,
        values: Iterable[str] | Iterable[int],
        columns: Sequence[str],
        condition: str = "",
    ) -> list[Row]:
        """The rows that meet the condition, and whose field, which is another in each, has one of these."""
        distinct: list[str | int] = list(dict.fromkeys(values))
        parts = (distinct[first : first + AT_ONCE] for first in range(0, len(distinct), AT_ONCE))
        return [
            row for part in parts for row in self.query(name, joined(among(field, part), condition), columns)
        ]

    def rows(self, name: str, condition: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows that meet the condition, by their primary key, however many."""
        for page in self.pages(name, condition, columns):
            yield from page

    def pages(self, name: str, condition: str, columns: Sequence[str]) -> Iterator[list[Row]]:
        """As ``rows``, so many at once as a message holds."""
        with self._asked():
            iterator = self._client.query_iterator(
                name, batch_size=AT_ONCE, filter=condition, output_fields=list(columns),
                consistency_level=CONSISTENCY, timeout=SECONDS,
            )  # fmt: skip
        try:
            while True:
                with self._asked():
                    page = [dict(row) for row in iterator.next()]
                if not page:
                    return
                yield page
        finally:
            iterator.close()

    def count(self, name: str, condition: str = "") -> int:
        with self._asked():
            found = self._client.query(
                name, filter=condition, output_fields=["count(*)"],
                consistency_level=CONSISTENCY, timeout=SECONDS,
            )  # fmt: skip
            return int(found[0]["count(*)"])

    def search(
        self,
        name: str,
        field: str,
        wanted: str | FloatArray,
        limit: int,
        condition: str,
        columns: Sequence[str],
    ) -> list[tuple[float, Row]]:
        """The best rows with their scores, best first, by a vector or by the terms of a text."""
        return self.search_each(name, field, [wanted], limit, condition, columns)[0]

    def search_each(
        self,
        name: str,
        field: str,
        wanted: Sequence[str | FloatArray],
        limit: int,
        condition: str,
        columns: Sequence[str],
    ) -> list[list[tuple[float, Row]]]:
        """As ``search``, for each of what is wanted."""
        with self._asked():
            found = self._client.search(
                name, data=list(wanted), anns_field=field, limit=min(limit, MOST_FOUND), filter=condition,
                output_fields=list(columns), consistency_level=CONSISTENCY, timeout=SECONDS,
            )  # fmt: skip
            return [_scored(hits) for hits in found]

    def search_hybrid(
        self, name: str, parts: Sequence[Part], limit: int, columns: Sequence[str]
    ) -> list[tuple[float, Row]]:
        """What one of the parts has among its ``limit`` best, by the weighted sum of its scores."""
        requests = [
            AnnSearchRequest([part.wanted], part.field, {}, limit, filter=part.condition) for part in parts
        ]
        # Normalised, as is the default, BM25 would go through an arc tangent.
        ranker = WeightedRanker(*(part.weight for part in parts), norm_score=False)
        with self._asked():
            found = self._client.hybrid_search(
                name, requests, ranker, limit=min(limit * len(parts), MOST_FOUND),
                output_fields=list(columns), consistency_level=CONSISTENCY, timeout=SECONDS,
            )  # fmt: skip
            return _scored(found[0])

    def compact(self, names: Iterable[str]) -> None:
        """Ask the server to take the room of deleted rows back, which it does when it sees fit."""
        with self._asked():
            for name in names:
                self._client.compact(name, timeout=SECONDS)

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with _translated(self.address):
            yield


def _scored(hits: Iterable[Any]) -> list[tuple[float, Row]]:
    return [(float(hit["distance"]), {**hit["entity"], "id": hit.id}) for hit in hits]


@contextmanager
def _translated(uri: str) -> Iterator[None]:
    try:
        yield
    except MilvusException as error:
        raise StoreError(
            f"The Milvus at {uri} does not do what is asked of it: {error.message.rstrip('.')}. Look whether "
            "it runs, and whether milvus_uri and milvus_token are right."
        ) from error
