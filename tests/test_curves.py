"""Curves: each point is what answering from that score on gives."""

import numpy as np
import pytest

from qa_service.curves import Curves
from qa_service.scoring import best_f1
from tests.outcomes import UNKNOWN, VISITED, given

OUTCOMES = [
    given(VISITED, "Six ambassadors", 3.0),
    given(VISITED, "China", 2.0),
    given(UNKNOWN, "China", 2.0),
    given(VISITED, "Six ambassadors", -1.0),
    given(UNKNOWN, "China", -4.0),
]


def test_each_point_is_that_computed_by_hand() -> None:
    curves = Curves.of(OUTCOMES)
    assert curves.threshold.tolist() == [3, 2, -1, -4], "what has one score is answered together"
    assert curves.coverage.tolist() == [0.2, 0.6, 0.8, 1.0]
    assert curves.risk.tolist() == pytest.approx([0, 2 / 3, 1 / 2, 3 / 5])
    assert curves.f1.tolist() == pytest.approx([3 / 5, 2 / 5, 3 / 5, 2 / 5])
    assert curves.answered.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1])
    assert curves.refused.tolist() == pytest.approx([1, 1 / 2, 1 / 2, 0])


def test_the_order_of_the_questions_does_not_matter() -> None:
    curves, other = Curves.of(OUTCOMES), Curves.of(OUTCOMES[::-1])
    assert all(np.array_equal(values, getattr(other, name)) for name, values in vars(curves).items())


def test_the_best_point_is_the_best_f1() -> None:
    curves = Curves.of(OUTCOMES)
    best, threshold = best_f1([(each.score, each.f1, each.answerable) for each in OUTCOMES])
    assert curves.f1.max() == pytest.approx(best)
    assert curves.threshold[curves.f1.argmax()] == threshold


def test_the_area_is_the_mean_risk() -> None:
    assert Curves.of([given(VISITED, "China", 1), given(VISITED, "China", 2)]).risk_coverage_area == 1
    assert Curves.of([given(VISITED, "Six ambassadors", 1)]).risk_coverage_area == 0
    half = [given(VISITED, "Six ambassadors", 2), given(VISITED, "China", 1)]
    assert Curves.of(half).risk_coverage_area == pytest.approx(0.5 * 0 + 0.5 * (0 + 0.5) / 2)


def test_the_risk_at_a_coverage_is_that_of_the_first_threshold_that_reaches_it() -> None:
    curves = Curves.of(OUTCOMES)
    assert curves.risk_at(0.2) == 0
    assert curves.risk_at(0.5) == pytest.approx(2 / 3)
    assert curves.risk_at(1) == pytest.approx(3 / 5)


def test_without_unanswerable_questions_there_is_nothing_to_refuse() -> None:
    assert np.isnan(Curves.of([given(VISITED, "China", 1)]).refused).all()
    assert np.isnan(Curves.of([given(UNKNOWN, "China", 1)]).answered).all()
