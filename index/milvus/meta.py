"""Meta: what an index in Milvus says of itself, the manifest and the time of the last change."""

from __future__ import annotations

import json
from dataclasses import asdict

from index.article_index import SCHEMA_VERSION, Manifest
from index.errors import IndexCorrupt, ManifestMismatch
from index.milvus.cluster import Cluster
from index.milvus.expressions import quoted
from index.milvus.rows import microseconds
from index.milvus.schema import ARTICLES, CHUNKS, META, NO_VECTOR, TERMS, collections


def agreed_manifest(cluster: Cluster, wanted: Manifest | None) -> Manifest:
    """That of the index, which is begun with ``wanted`` where there is none.

    Raises ManifestMismatch where it has another, and IndexCorrupt where there is none and none is wanted.
    """
    if wanted is not None:
        for collection in collections(wanted.dimension):
            cluster.make(collection)
        if _get(cluster, "manifest") is None:
            _set(cluster, "manifest", json.dumps(asdict(wanted)))
    elif not cluster.has(META):
        raise _no_index(cluster)
    else:
        for name in (ARTICLES, CHUNKS, TERMS, META):
            cluster.load(name)
    try:
        kept = Manifest(**json.loads(_get(cluster, "manifest") or ""))
    except (ValueError, TypeError) as error:
        raise _no_index(cluster) from error
    if kept.schema_version != SCHEMA_VERSION:
        raise ManifestMismatch(
            f"The index at {cluster.address} was made by another version of this program (its tables are of "
            f"version {kept.schema_version}, not {SCHEMA_VERSION}). Name another database in milvus_uri and "
            "put the articles in again with: python -m qa_service ingest PATH"
        )
    kept.require(wanted or kept)
    return kept


def note_change(cluster: Cluster) -> None:
    """The articles are of now."""
    _set(cluster, "changed", str(microseconds()))


def last_change(cluster: Cluster) -> int | None:
    """When an article was last changed, in microseconds since 1970; None if none ever was."""
    changed = _get(cluster, "changed")
    return int(changed) if changed else None


def _get(cluster: Cluster, key: str) -> str | None:
    rows = cluster.query(META, f"key == {quoted(key)}", ["value"])
    return str(rows[0]["value"]) if rows else None


def _set(cluster: Cluster, key: str, value: str) -> None:
    cluster.upsert(META, [{"key": key, "value": value, "no_vector": NO_VECTOR}])


def _no_index(cluster: Cluster) -> IndexCorrupt:
    return IndexCorrupt(
        f"There is no index at {cluster.address}. Add articles with: python -m qa_service ingest PATH"
    )
