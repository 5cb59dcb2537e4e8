"""Listing: articles sorted and summed up. Milvus does neither, so the columns that it takes are read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from index.article_index import Facets, Sort
from index.milvus.cluster import Cluster, Row
from index.milvus.schema import ARTICLES

KEYS = ("article_id", "version", "published", "title")


def ordered(keys: Sequence[Row], sort: Sort) -> list[Row]:
    """Rows of KEYS in this order; those without what they are sorted by come last."""
    name, is_last_first = sort.lstrip("-"), sort.startswith("-")
    value = _VALUES[name]
    by_id = sorted(keys, key=lambda row: str(row["article_id"]))
    known = [row for row in by_id if value(row)]
    # Sorting is stable both ways, so that equal ones stay in the order of their ids.
    known.sort(key=value, reverse=is_last_first)
    return known + [row for row in by_id if not value(row)]


_VALUES: dict[str, Callable[[Row], Any]] = {
    "published": lambda row: row["published"],
    "title": lambda row: row["title"].lower(),
    "added": lambda row: row["version"],
}


def facets(cluster: Cluster, limit: int) -> Facets:
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("source", "author", "language", "tags", "fields")
    }
    for row in cluster.rows(ARTICLES, "", list(counts)):
        for name in ("source", "author", "language"):
            if row[name] is not None:
                counts[name][row[name]] += 1
        counts["tags"].update(row["tags"])
        counts["fields"].update("=".join(json.loads(each)) for each in row["fields"])

    def most(name: str) -> list[tuple[str, int]]:
        return sorted(counts[name].items(), key=lambda each: (-each[1], each[0]))[:limit]

    return Facets(most("source"), most("author"), most("language"), most("tags"), most("fields"))
