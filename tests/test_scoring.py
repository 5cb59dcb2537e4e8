"""The measures, against values worked out by hand."""

import pytest

from qa_service.scoring import Bin, best_f1, calibration_error, exact_match, f1, normalised, reliability


def test_case_punctuation_and_articles_do_not_count() -> None:
    assert normalised("The  U.S., an ally!") == "us ally"


@pytest.mark.parametrize(
    ("answer", "expected", "exact", "overlap"),
    [
        ("The Biden", ["biden"], 1, 1),
        ("Joe Biden", ["Biden", "Joseph R. Biden"], 0, 2 / 3),
        ("Trump", ["Biden"], 0, 0),
        ("", [], 1, 1),
        ("", ["Biden"], 0, 0),
        ("Biden", [], 0, 0),
        ("Biden Biden", ["Biden"], 0, 2 / 3),
    ],
)
def test_exact_match_and_f1(answer: str, expected: list[str], exact: float, overlap: float) -> None:
    assert exact_match(answer, expected) == exact
    assert f1(answer, expected) == pytest.approx(overlap)


def test_the_best_threshold_refuses_what_it_should() -> None:
    rows = [(5.0, 1.0, True), (4.0, 0.5, True), (3.0, 0.0, False), (2.0, 1.0, True), (1.0, 0.0, False)]
    # Answering the first two and refusing the rest: (1 + 0.5 + 1 + 0 + 1) / 5; going on is no better.
    assert best_f1(rows) == (0.7, 4.0)


def test_no_threshold_divides_questions_of_one_margin() -> None:
    # From 2.0 on one of three is right, as when all are refused; from 1.0 on two are.
    assert best_f1([(2.0, 1.0, True), (2.0, 0.0, False), (1.0, 1.0, True)]) == (2 / 3, 1.0)


def test_refusing_all_may_be_best() -> None:
    assert best_f1([(1.0, 0.0, False), (0.0, 0.0, True)]) == (0.5, float("inf"))
    assert best_f1([])[0] == 0


def test_calibration_error_is_the_mean_distance_over_bins() -> None:
    assert calibration_error([(0.95, True), (0.95, True), (0.25, False), (0.25, True)]) == pytest.approx(
        (0.1 + 0.5) / 4
    )
    assert calibration_error([(1.0, True)]) == 0
    assert calibration_error([]) == 0


def test_reliability_is_that_of_each_bin_without_the_empty_ones() -> None:
    confident = [(0.25, True), (1.0, False), (0.75, True), (0.0, False)]
    assert reliability(confident, bins=2) == [Bin(0.125, 0.5, 2), Bin(0.875, 0.5, 2)]
    assert reliability(confident[:1]) == [Bin(0.25, 1.0, 1)]
