"""Fusion: the scores of dense and of lexical search become one."""

from __future__ import annotations

from collections.abc import Iterable

from index.types import Fused, Scored


def fuse(dense: Scored, lexical: Scored, lexical_weight: float) -> list[Fused]:
    """Convex sum of the cosine and of BM25 divided by the best BM25 score, best first; a score that a chunk
    does not have counts as 0.

    The weighted sum of normalised scores follows Bruch, Gai and Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval" (2023). ``lexical_weight`` is BM25's share of the sum, 0 to 1.
    """
    cosines = dict(dense)
    best = max((score for _, score in lexical), default=1.0) or 1.0
    bm25 = {chunk_id: score / best for chunk_id, score in lexical}
    return best_first(
        fused(chunk_id, cosines.get(chunk_id, 0.0), bm25.get(chunk_id, 0.0), lexical_weight)
        for chunk_id in cosines.keys() | bm25.keys()
    )


def fused(chunk_id: int, dense: float, lexical: float, lexical_weight: float) -> Fused:
    """A chunk with its score, from its cosine and its BM25 divided by the best."""
    return Fused(chunk_id, (1 - lexical_weight) * dense + lexical_weight * lexical, dense, lexical)


def best_first(chunks: Iterable[Fused]) -> list[Fused]:
    """Equal scores in the order of their ids."""
    return sorted(chunks, key=lambda each: (-each.score, each.chunk_id))
