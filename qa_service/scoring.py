"""Scoring: an answer's words against the expected ones.

The measures of SQuAD: Rajpurkar et al. (2016) for exact match and F1, Rajpurkar, Jia and Liang (2018)
for the best F1 over thresholds of abstention.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Lower case, without punctuation, articles and repeated white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, expected: Sequence[str]) -> float:
    """1 if the answer is one of those expected once normalised, else 0; "" is right where none is."""
    return float(normalised(answer) in {normalised(text) for text in expected or [""]})


def f1(answer: str, expected: Sequence[str]) -> float:
    """The harmonic mean of precision and recall of words, against the closest expected answer."""
    return max(_f1(normalised(answer).split(), normalised(text).split()) for text in expected or [""])


def _f1(words: list[str], expected: list[str]) -> float:
    if not words or not expected:
        return float(words == expected)
    common = sum((Counter(words) & Counter(expected)).values())
    return 2 * common / (len(words) + len(expected))


def best_f1(scored: Sequence[tuple[float, float, bool]]) -> tuple[float, float]:
    """The best mean F1 that any threshold gives, and that threshold.

    Each row is a margin, the F1 of answering, and whether the question has an answer. A question whose
    margin is below the threshold is refused, which is right (1) only where there is no answer.
    """
    total = float(sum(not answerable for _, _, answerable in scored))  # all refused
    best, threshold = total, float("inf")
    # Questions of one margin are answered or refused together.
    for margin, tied in groupby(sorted(scored, key=lambda row: -row[0]), key=lambda row: row[0]):
        total += sum(score if answerable else -1 for _, score, answerable in tied)
        if total > best:
            best, threshold = total, margin
    return best / len(scored) if scored else 0.0, threshold


class Bin(NamedTuple):
    """Answers of about one confidence: its mean, the share of right ones, and how many there are."""

    confidence: float
    accuracy: float
    size: int


def reliability(confident: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Confidence and accuracy over equal parts of the range 0 to 1, without the empty ones."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in confident:
        groups.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, right))
    return [
        Bin(fmean(confidence for confidence, _ in group), fmean(right for _, right in group), len(group))
        for _, group in sorted(groups.items())
    ]


def calibration_error(confident: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of confidence and accuracy, over equal bins.

    After Guo et al., "On Calibration of Modern Neural Networks" (2017), section 2.
    """
    distances = (each.size * abs(each.confidence - each.accuracy) for each in reliability(confident, bins))
    return sum(distances) / len(confident) if confident else 0.0
