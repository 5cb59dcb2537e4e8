"""Coverage: how much of a question one sentence of a passage has.

BM25 finds the words wherever they stand, and in any of their forms. That a sentence has many of them, as they
are, tells which of the passages on a subject is the one that is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from index.chunking import sentence_spans
from index.spelling import plain


def coverages(words: str, texts: Sequence[str]) -> list[float]:
    """For each text, the share of the words that the best of its sentences has, 0 to 1.

    A word weighs ln((1 + n) / (1 + d)) + 1, where d of the n texts have it: the smooth inverse document
    frequency that scikit-learn's TfidfTransformer documents, among the texts that are compared.
    """
    wanted = _words(words)
    sentences = [[_words(text[start:end]) & wanted for start, end in sentence_spans(text)] for text in texts]
    having = [set[str]().union(*each) for each in sentences]
    weights = {
        word: math.log((1 + len(texts)) / (1 + sum(word in each for each in having))) + 1 for word in wanted
    }
    whole = math.fsum(weights.values()) or 1.0
    return [
        max((math.fsum(weights[word] for word in has) / whole for has in each), default=0.0)
        for each in sentences
    ]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", plain(text)))
