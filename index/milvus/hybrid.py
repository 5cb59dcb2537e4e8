"""Hybrid: dense and lexical search fused by Milvus, with the scores that the embedded index gives.

Milvus gives a chunk the weighted sum of those scores that it has. For that to be the convex sum of
index.fusion, the best BM25 has to be known beforehand, and each chunk must have its cosine. So what the words
find is searched for first, and the call has three parts: the nearest of all other chunks, the cosines of what
the words found, and once more what the words find.
"""

from __future__ import annotations

from collections.abc import Mapping

from index.fusion import fused
from index.milvus.cluster import Cluster, Part, Row
from index.milvus.expressions import among, joined, outside
from index.milvus.schema import CHUNKS
from index.types import FloatArray, Fused

LEAST_DENSE = 0.001
"""The least share of the cosine, which is reckoned back from the sum."""


def hybrid(
    cluster: Cluster,
    vector: FloatArray,
    words: str,
    bm25: Mapping[int, float],
    lexical_weight: float,
    k: int,
    condition: str,
) -> list[tuple[Fused, Row]]:
    """The chunks of ``bm25`` and the k nearest others that meet the condition, with article_id and version.

    ``vector`` is (dimension,), of unit length; ``bm25`` is what ``words`` have just found, by chunk id.
    """
    share = min(lexical_weight, 1 - LEAST_DENSE)
    best = max(bm25.values(), default=1.0) or 1.0
    # The weights are to each other as those of the cosine and of BM25; Milvus takes none above 1.
    whole = (1 - share) * best + share
    of_cosine, of_bm25 = (1 - share) * best / whole, share / whole
    parts = [Part(of_cosine, "vector", vector, joined(condition, outside("chunk_id", bm25)))]
    if bm25:
        parts.append(Part(of_cosine, "vector", vector, among("chunk_id", bm25)))
        # Under the same condition: in the server for development a filter changes BM25.
        parts.append(Part(of_bm25, "sparse", words, condition))
    chunks = []
    for score, row in cluster.search_hybrid(CHUNKS, parts, k, ["article_id", "version"]):
        lexical = bm25.get(row["id"], 0.0) / best
        dense = (score * whole / best - share * lexical) / (1 - share)
        chunks.append((fused(row["id"], dense, lexical, lexical_weight), row))
    return chunks
