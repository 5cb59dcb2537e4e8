"""Reader: a question and passages in, the words that may answer out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from index.chunking import sentence_spans
from index.encoder import Encoder
from index.types import Hit
from qa_service.types import Span

LEXICAL_WEIGHT = 0.5
"""Share of the question's words found in the sentence, against the cosine of both."""


class Reader(Protocol):
    """The model boundary: anything that can do this can be the reader."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """The likely answers in ``hits``, of largest margin first; each at most once."""


class SentenceReader:
    """Answers with whole sentences: close to the question in meaning, and sharing its rarer words."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        sentences = _sentences(hits)
        if not sentences:
            return []
        texts = [hit.article.text[start:end] for hit, start, end in sentences]
        vectors = self.encoder.encode([question, *texts])
        cosines = vectors[1:] @ vectors[0]
        words = _coverage(
            question,
            [f"{hit.article.title} {text}" for (hit, *_), text in zip(sentences, texts, strict=True)],
        )
        scores = (1 - LEXICAL_WEIGHT) * cosines + LEXICAL_WEIGHT * words
        spans = [
            Span(hit, start, end, float(score), 0.0)
            for (hit, start, end), score in zip(sentences, scores, strict=True)
        ]
        return sorted(spans, key=lambda span: -span.margin)


def _sentences(hits: Sequence[Hit]) -> list[tuple[Hit, int, int]]:
    """The sentences of all passages; one that two passages share is taken once, from the better one."""
    found: dict[tuple[str, int, int], tuple[Hit, int, int]] = {}
    for hit in hits:
        for start, end in sentence_spans(hit.text, hit.article.language):
            key = (hit.article.article_id, hit.start + start, hit.start + end)
            found.setdefault(key, (hit, hit.start + start, hit.start + end))
    return list(found.values())


def _coverage(question: str, texts: Sequence[str]) -> np.ndarray:
    """For each text the share of the question's words that it has, rare words weighing more (IDF)."""
    bags = [set(_words(text)) for text in texts]
    counts = Counter(word for bag in bags for word in bag)
    weights = {word: math.log(1 + len(bags) / (1 + counts[word])) for word in set(_words(question))}
    total = sum(weights.values()) or 1.0
    return np.array([sum(weights[word] for word in weights.keys() & bag) / total for bag in bags])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
