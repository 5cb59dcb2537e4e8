"""Search: one question, dense and lexical, fused into hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from index.article_index import ArticleIndex
from index.coverage import coverages
from index.errors import EmptyIndex
from index.question_words import without_question_words
from index.types import Filters, FloatArray, Fused, Hit

CANDIDATES = 100
"""How many chunks each of the two searches brings to the fusion."""

COMPARED = 10
"""How many of the fused are ordered anew by what their sentences have of the question, at least."""

COVERAGE_WEIGHT = 0.3
"""The share of that in a hit's score; measured in benchmarks/retrieval.md."""

TRIES = 10
"""What was changed between searching and reading what was found is searched for again, so often at most."""


class QuestionEncoder(Protocol):
    """What search needs of an Encoder."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), rows of unit length."""


class Search:
    """The passages that hybrid search finds; ``lexical_weight`` is BM25's share of their score, 0 to 1."""

    def __init__(self, index: ArticleIndex, encoder: QuestionEncoder, lexical_weight: float) -> None:
        self.index = index
        self.encoder = encoder
        self.lexical_weight = lexical_weight

    def hits(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """The k best passages, best first; fewer when there are no more. Raises EmptyIndex.

        A passage that copies of one report have word for word is one hit, the best of them.
        """
        vector, words = self.encoder.encode([question])[0], without_question_words(question)
        for _ in range(TRIES):
            found = self.index.search_hybrid(words, vector, self.lexical_weight, CANDIDATES, filters)
            hits, is_as_of_now = self._resolved(found, max(k, COMPARED), filters)
            if is_as_of_now:
                break
        if not hits and self.index.status().articles == 0:
            raise EmptyIndex("There are no articles yet. Add some with: python -m qa_service ingest PATH")
        return _by_coverage(words, hits)[:k]

    def _resolved(self, found: Sequence[Fused], k: int, filters: Filters | None) -> tuple[list[Hit], bool]:
        """The k best, and whether all of what was found is still there."""
        hits: dict[tuple[str, str], Hit] = {}
        is_as_of_now = True
        for first in range(0, len(found), k):
            some = found[first : first + k]
            passages = self.index.passages([each.chunk_id for each in some], filters)
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


def _by_coverage(words: str, hits: Sequence[Hit]) -> list[Hit]:
    """Best first, with scores that count what one sentence has of the words."""
    covered = zip(hits, coverages(words, [hit.text for hit in hits]), strict=True)
    scored = [
        replace(hit, score=(1 - COVERAGE_WEIGHT) * hit.score + COVERAGE_WEIGHT * share, coverage=share)
        for hit, share in covered
    ]
    return sorted(scored, key=lambda hit: -hit.score)
