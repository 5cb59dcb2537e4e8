"""Okapi BM25 over a fixed list of texts, to find passages that resemble a question."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"\w+")
# Words of more than this share of the texts cost the most time and tell the least.
_COMMON = 0.2


def words(text: str) -> list[str]:
    """Lower-cased words without punctuation."""
    return _WORD.findall(text.lower())


class Bm25:
    """Robertson and Zaragoza (2009), with the usual k1 = 1.2 and b = 0.75."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        self._size = len(texts)
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        norms = k1 * (1 - b + b * lengths / max(float(lengths.mean()), 1.0)) if texts else lengths
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for word, times in count.items():
                postings[word].append((number, times))
        self._postings = {
            word: self._weigh(entries, norms, k1)
            for word, entries in postings.items()
            if len(entries) <= max(_COMMON * self._size, 1)
        }

    def _weigh(
        self, entries: list[tuple[int, int]], norms: npt.NDArray[np.float32], k1: float
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        numbers = np.array([number for number, _ in entries])
        times = np.array([times for _, times in entries], dtype=np.float32)
        rarity = np.log(1 + (self._size - len(entries) + 0.5) / (len(entries) + 0.5))
        return numbers, (rarity * times * (k1 + 1) / (times + norms[numbers])).astype(np.float32)

    def search(self, query: str, count: int) -> list[int]:
        """Numbers of at most `count` texts that share a word with the query, best first."""
        scores = np.zeros(self._size, dtype=np.float32)
        for word in set(words(query)):
            if word in self._postings:
                numbers, weights = self._postings[word]
                scores[numbers] += weights
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(number) for number in best if scores[number] > 0]
