"""Search: one question, dense and lexical, fused into hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.article_index import ArticleIndex
from index.errors import EmptyIndex
from index.question_words import without_question_words
from index.types import Filters, FloatArray, Hit, Scored

CANDIDATES = 100
"""How many chunks each of the two searches brings to the fusion."""

TRIES = 10
"""What was changed between searching and reading what was found is searched for again, so often at most."""


class QuestionEncoder(Protocol):
    """What search needs of an Encoder."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), rows of unit length."""


class Search:
    """Convex fusion of the cosine and of BM25 divided by the best BM25 score of the search.

    The weighted sum of normalised scores follows Bruch, Gai and Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval" (2023). ``lexical_weight`` is BM25's share of the sum, 0 to 1.
    """

    def __init__(self, index: ArticleIndex, encoder: QuestionEncoder, lexical_weight: float) -> None:
        self.index = index
        self.encoder = encoder
        self.lexical_weight = lexical_weight

    def hits(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """The k best passages, best first; fewer when there are no more. Raises EmptyIndex.

        A passage that copies of one report have word for word is one hit, the best of them.
        """
        vector = self.encoder.encode([question])[0]
        for _ in range(TRIES):
            dense, lexical = candidates(self.index, question, vector, filters)
            hits, is_as_of_now = self._resolved(fuse(dense, lexical, self.lexical_weight), k, filters)
            if is_as_of_now:
                break
        if not hits and self.index.status().articles == 0:
            raise EmptyIndex("There are no articles yet. Add some with: python -m qa_service ingest PATH")
        return hits

    def _resolved(self, fused: Sequence[Fused], k: int, filters: Filters | None) -> tuple[list[Hit], bool]:
        """The k best, and whether all of what was found is still there."""
        hits: dict[tuple[str, str], Hit] = {}
        is_as_of_now = True
        for first in range(0, len(fused), k):
            some = fused[first : first + k]
            passages = self.index.passages([chunk_id for chunk_id, *_ in some], filters)
            is_as_of_now &= len(passages) == len(some)
            for chunk_id, score, dense, lexical in some:
                if passage := passages.get(chunk_id):
                    place = passage.chunk
                    hit = Hit(
                        chunk_id,
                        passage.article,
                        place.start,
                        place.end,
                        score,
                        dense,
                        lexical,
                        passage.copies,
                    )
                    hits.setdefault((hit.report, hit.text), hit)
            if len(hits) >= k:
                break
        return list(hits.values())[:k], is_as_of_now


def candidates(
    index: ArticleIndex, question: str, vector: FloatArray, filters: Filters | None = None
) -> tuple[Scored, Scored]:
    """Chunks with their cosines and chunks with their BM25 scores; all of the second are in the first."""
    dense = index.search_dense(vector, CANDIDATES, filters)
    lexical = index.search_lexical(without_question_words(question), CANDIDATES, filters)
    found = {chunk_id for chunk_id, _ in dense}
    only_lexical = [chunk_id for chunk_id, _ in lexical if chunk_id not in found]
    return [*dense, *index.cosines(vector, only_lexical)], lexical


Fused = tuple[int, float, float, float]
"""Chunk id, fused score, cosine, BM25 divided by the best."""


def fuse(dense: Scored, lexical: Scored, lexical_weight: float) -> list[Fused]:
    """Weighted sum of both scores, best first; a score that a chunk does not have counts as 0."""
    cosines = dict(dense)
    best = max((score for _, score in lexical), default=1.0) or 1.0
    bm25 = {chunk_id: score / best for chunk_id, score in lexical}
    fused = []
    for chunk_id in cosines.keys() | bm25.keys():
        cosine, words = cosines.get(chunk_id, 0.0), bm25.get(chunk_id, 0.0)
        score = (1 - lexical_weight) * cosine + lexical_weight * words
        fused.append((chunk_id, score, cosine, words))
    return sorted(fused, key=lambda row: (-row[1], row[0]))
