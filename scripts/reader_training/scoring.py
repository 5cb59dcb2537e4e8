"""The official measures of SQuAD v2.0 (Rajpurkar et al., 2018), as fractions of 1."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_ARTICLES = re.compile(r"\b(a|an|the)\b")
Measure = Callable[[str, str], float]
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True)
class Prediction:
    """The best span's text, and by how much its score exceeds that of no answer."""

    text: str
    margin: float


@dataclass(frozen=True)
class Score:
    """`f1` and `exact` are over answerable questions, the best span taken whatever its margin.

    `best_f1` is over all questions when those with a margin below `threshold` are refused, which
    is right for the unanswerable; the threshold is the best one for these very questions, and
    None where it is best to refuse all of them.
    """

    answerable: int
    unanswerable: int
    f1: float
    exact: float
    best_f1: float
    threshold: float | None


def normalize(text: str) -> str:
    """Lower-cased, without punctuation, articles and superfluous white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(predicted: str, expected: str) -> float:
    """Harmonic mean of the precision and recall of words, 0 to 1."""
    predicted_words, expected_words = normalize(predicted).split(), normalize(expected).split()
    shared = sum((Counter(predicted_words) & Counter(expected_words)).values())
    if not shared:
        return float(predicted_words == expected_words)
    return 2 * shared / (len(predicted_words) + len(expected_words))


def score(predictions: Sequence[Prediction], references: Sequence[Sequence[str]]) -> Score:
    """Predictions against the reference answers of each question (none: unanswerable)."""
    f1 = [_best(token_f1, *pair) for pair in zip(predictions, references, strict=True)]
    exact = [_best(_exact, *pair) for pair in zip(predictions, references, strict=True)]
    answerable = sum(1 for answers in references if answers)
    best_f1, threshold = _sweep([each.margin for each in predictions], f1, references)
    return Score(
        answerable,
        len(references) - answerable,
        sum(f1) / max(answerable, 1),
        sum(exact) / max(answerable, 1),
        best_f1,
        threshold,
    )


def _exact(predicted: str, expected: str) -> float:
    return float(normalize(predicted) == normalize(expected))


def _best(measure: Measure, prediction: Prediction, answers: Sequence[str]) -> float:
    return max((measure(prediction.text, answer) for answer in answers), default=0.0)


def _sweep(
    margins: Sequence[float], f1: Sequence[float], references: Sequence[Sequence[str]]
) -> tuple[float, float | None]:
    """Best mean F1 over thresholds, and the margin from which on questions are answered."""
    total = float(sum(not answers for answers in references))
    best: float = total
    threshold: float | None = None
    order = sorted(range(len(margins)), key=lambda each: -margins[each])
    for each in order:
        total += f1[each] if references[each] else -1.0
        if total > best:
            best, threshold = total, margins[each]
    return best / max(len(margins), 1), threshold
