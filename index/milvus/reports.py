"""Reports: which articles are copies of one report, found when they are read.

Groups are the connected parts of the graph of near-duplicates, as in the embedded index. Nothing of them is
stored but each article's own sketch: machines that write at once would have to agree on more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.groups import Sketches
from index.milvus.cluster import Cluster, Row
from index.milvus.expressions import matching, where
from index.milvus.rows import key_of, signatures, sketch_of
from index.milvus.schema import ARTICLES
from index.types import Copy, Filters

COLUMNS = (
    "article_id", "version", "title", "url", "published", "source", "content", "bands", "signature",
    "shingles",
)  # fmt: skip


def shown(
    cluster: Cluster, articles: Sequence[Row], filters: Filters | None
) -> dict[str, tuple[Row, tuple[Copy, ...]]]:
    """For each article the one that its chunks are shown as, and the others with its report.

    It is the earliest of the same content that passes the filters; one of which none passes is left out.
    """
    groups = reports(cluster, articles)
    admitted = _admitted(cluster, {row["article_id"] for group in groups.values() for row in group}, filters)
    shown = {}
    for article in articles:
        group = [row for row in groups[article["article_id"]] if row["article_id"] in admitted]
        group.sort(key=lambda row: (row["published"] is None, row["published"] or "", row["article_id"]))
        same = [row for row in group if row["content"] == article["content"]]
        if same:
            copies = tuple(_copy(row) for row in group if row["article_id"] != same[0]["article_id"])
            shown[article["article_id"]] = same[0], copies
    return shown


def reports(cluster: Cluster, articles: Sequence[Row]) -> dict[str, list[Row]]:
    """For each of these articles, rows of COLUMNS, all that are copies of its report, itself among them."""
    known = {row["article_id"]: row for row in articles}
    newest: Sequence[Row] = articles
    while newest:
        newest = _copies(
            newest, (row for row in _candidates(cluster, newest) if row["article_id"] not in known)
        )
        known |= {row["article_id"]: row for row in newest}
    rows = list(known.values())
    groups = [[rows[place] for place in places] for places in _sketches(rows).connected()]
    wanted = {row["article_id"] for row in articles}
    return {row["article_id"]: group for group in groups for row in group if row["article_id"] in wanted}


def _admitted(cluster: Cluster, article_ids: set[str], filters: Filters | None) -> set[str]:
    """Those of the articles that pass the filters."""
    condition = where(filters)
    if not condition:
        return article_ids
    keys = map(key_of, article_ids)
    rows = cluster.query_among(ARTICLES, "key", keys, ["article_id"], condition)
    return {row["article_id"] for row in rows}


def _candidates(cluster: Cluster, rows: Sequence[Row]) -> Iterable[Row]:
    """The articles that share a band with one of these."""
    bands = dict.fromkeys(band for row in rows for band in row["bands"].split())
    return cluster.query(ARTICLES, matching("bands", bands), COLUMNS)


def _copies(rows: Sequence[Row], others: Iterable[Row]) -> list[Row]:
    """Those of the others that are near-duplicates of one of the rows."""
    others = list(others)
    if not others:
        return []
    sketches = _sketches(others)
    is_copy = np.zeros(len(others), bool)
    for row in rows:
        is_copy |= sketches.near(sketch_of(row))
    return [other for other, copied in zip(others, is_copy, strict=True) if copied]


def _sketches(rows: Sequence[Row]) -> Sketches:
    """The sketches, by the places of the rows."""
    return Sketches(
        np.arange(len(rows), dtype=np.int64),
        signatures(rows),
        np.array([row["shingles"] for row in rows], np.int64),
    )


def _copy(row: Row) -> Copy:
    return Copy(row["article_id"], row["title"], row["url"], row["published"], row["source"])
