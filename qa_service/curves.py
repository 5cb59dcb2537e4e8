"""Curves: what each threshold would give, between answering all questions and refusing all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.evaluation import Outcome

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """What answering from each threshold on gives; each score that occurs is a threshold, highest first.

    All arrays are (thresholds,). ``coverage`` is the share of all questions that are answered and ``risk``
    the share of wrong ones among these (El-Yaniv and Wiener, 2010). ``f1`` is over all questions, where a
    refusal is right (1) only if there is no answer. ``answered`` is the share of the answerable questions
    that are answered, ``refused`` that of the others that are refused; NaN where there are none.
    """

    threshold: Floats
    coverage: Floats
    risk: Floats
    f1: Floats
    answered: Floats
    refused: Floats

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Curves:
        """At least one outcome is needed."""
        ordered = sorted(outcomes, key=lambda outcome: -outcome.score)
        score = np.array([outcome.score for outcome in ordered])
        answerable = np.array([outcome.answerable for outcome in ordered])
        right = np.array([outcome.right for outcome in ordered])
        gain = np.array([outcome.f1 if outcome.answerable else -1.0 for outcome in ordered])
        # Questions of one score are answered or refused together.
        last = np.flatnonzero(np.append(score[1:] != score[:-1], True))
        count, none = last + 1, np.count_nonzero(~answerable)
        with np.errstate(invalid="ignore"):
            return cls(
                threshold=score[last],
                coverage=count / len(ordered),
                risk=1 - right.cumsum()[last] / count,
                f1=(none + gain.cumsum()[last]) / len(ordered),
                answered=answerable.cumsum()[last] / np.count_nonzero(answerable),
                refused=1 - (~answerable).cumsum()[last] / none,
            )

    @property
    def risk_coverage_area(self) -> float:
        """The area under the risk-coverage curve, 0 to 1: the mean risk over all coverages."""
        # The most confident stand for the coverages below theirs.
        return float(np.trapezoid([self.risk[0], *self.risk], [0.0, *self.coverage]))

    def risk_at(self, coverage: float) -> float:
        """The risk where at least this share of the questions is answered."""
        return float(self.risk[np.searchsorted(self.coverage, coverage - 1e-9)])
