"""The official measures of SQuAD v2.0 (Rajpurkar et al., 2018), as fractions of 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_service.scoring import best_f1, f1, normalised

Measure = Callable[[str, str], float]


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


def token_f1(predicted: str, expected: str) -> float:
    """Harmonic mean of the precision and recall of words, 0 to 1."""
    return f1(predicted, [expected])


def score(predictions: Sequence[Prediction], references: Sequence[Sequence[str]]) -> Score:
    """Predictions against the reference answers of each question (none: unanswerable)."""
    f1_scores = [_best(token_f1, *pair) for pair in zip(predictions, references, strict=True)]
    exact = [_best(_exact, *pair) for pair in zip(predictions, references, strict=True)]
    answerable = sum(1 for answers in references if answers)
    best, threshold = best_f1(
        [
            (each.margin, f1_score, bool(answers))
            for each, f1_score, answers in zip(predictions, f1_scores, references, strict=True)
        ]
    )
    return Score(
        answerable,
        len(references) - answerable,
        sum(f1_scores) / max(answerable, 1),
        sum(exact) / max(answerable, 1),
        best,
        threshold if math.isfinite(threshold) else None,
    )


def _exact(predicted: str, expected: str) -> float:
    return float(normalised(predicted) == normalised(expected))


def _best(measure: Measure, prediction: Prediction, answers: Sequence[str]) -> float:
    return max((measure(prediction.text, answer) for answer in answers), default=0.0)
