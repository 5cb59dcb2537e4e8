"""Metrics: the figures are those computed by hand."""

import json
import math
from pathlib import Path

import pytest

from index.types import Article
from qa_service.metrics import GROUPS, NAMES, Evaluation, measure
from qa_service.questions import Question
from tests.outcomes import UNKNOWN, VISITED, given, outcome

OTHER = Article("other", "Six ambassadors visited a zoo.")
FAR = ("other", "x", "y", "z", "w", "sokha")
OUTCOMES = [
    outcome(VISITED, "Six ambassadors", 0.9, True, 10, ("sokha", "other"), ("sokha", "other")),
    outcome(VISITED, "China did not call him.", 0.9, True, 20, ("other", "sokha"), ("sokha", "other")),
    outcome(VISITED, "Six ambassadors", 0.9, True, 30, FAR, FAR, OTHER),
    outcome(VISITED, "Six ambassadors", 0.4, False, 40, ("other",), ("other",)),
    outcome(UNKNOWN, "Six", 0.1, False, 50),
    outcome(UNKNOWN, "Six ambassadors", 0.9, True, 1000, ("sokha",), ("sokha",)),
    outcome(UNKNOWN, "Six", 0.2, False, 5),
]


def test_are_those_computed_by_hand() -> None:
    assert measure(OUTCOMES) == {
        "questions": 7,
        "answerable": 4,
        "exact_match": 0.5,  # the first and, as the words alone count, the third
        "f1": 0.5,
        "best_f1": round((2 + 1 + 2) / 7, 4),  # the three at 0.9, the one at 0.4; two are refused rightly
        "best_threshold": 0.4,
        "right_sentence_first": 0.25,  # the second quotes another sentence, the third another article
        "answered": 0.75,  # all but the fourth
        "refused": round(2 / 3, 4),
        "recall@1": 0.25,  # the first
        "recall@5": 0.5,  # and the second
        "recall@20": 0.75,  # and the third, which is sixth
        "mrr": round((1 + 1 / 2 + 1 / 6 + 0) / 4, 4),
        "ndcg@10": round((1 + 1 / math.log2(3) + 1 / math.log2(7) + 0) / 4, 4),
        "reread_recall@1": 0.5,
        "reread_recall@5": 0.5,
        "reread_recall@20": 0.75,
        "reread_mrr": round((1 + 1 + 1 / 6 + 0) / 4, 4),
        "reread_ndcg@10": round((1 + 1 + 1 / math.log2(7) + 0) / 4, 4),
        # Half of the four at 0.9 are wrong, then 2/5, 3/6 and 4/7: trapezia over the coverages.
        "risk_coverage_area": round((4 * 0.5 + (0.5 + 0.4) / 2 + (0.4 + 0.5) / 2 + (0.5 + 4 / 7) / 2) / 7, 4),
        "calibration_error": 0.4,  # four were answered with 0.9, two of them rightly
        "citation_validity": 1.0,
        "search_p50_ms": 3.0,
        "search_p95_ms": pytest.approx(71.5),
        "read_p50_ms": 27.0,
        "read_p95_ms": pytest.approx(643.5),
        "total_p50_ms": 30.0,
        "total_p95_ms": pytest.approx(715.0),
    }


def test_every_name_is_explained_and_measured_in_that_order() -> None:
    assert list(measure(OUTCOMES)) == list(NAMES)
    assert all(meaning for group in GROUPS.values() for meaning in group.values())


def test_with_the_passage_given_only_the_reader_is_measured() -> None:
    measured = measure([given(VISITED, "Six ambassadors", -1), given(UNKNOWN, "Six", -3)])
    assert {name for name, value in measured.items() if value is not None} == {
        "questions", "answerable", "exact_match", "f1", "best_f1", "best_threshold", "answered", "refused",
        "risk_coverage_area", "read_p50_ms", "read_p95_ms",
    }  # fmt: skip
    assert (measured["f1"], measured["answered"], measured["refused"]) == (1.0, 0.0, 1.0)
    assert (measured["best_f1"], measured["best_threshold"]) == (1.0, -1)


def test_what_the_questions_do_not_say_is_not_measured() -> None:
    measured = measure([outcome(UNKNOWN, "Six", 0.2, answered=False)])
    assert measured["refused"] == 1.0
    unmeasured = ("f1", "answered", "recall@5", "reread_mrr", "calibration_error", "best_threshold")
    assert all(measured[name] is None for name in unmeasured)
    unlocated = measure([outcome(Question("who", ("Six",)), "Six", 0.9)])
    assert unlocated["recall@1"] is unlocated["right_sentence_first"] is None


def test_json_has_the_metrics_and_the_curves(tmp_path: Path) -> None:
    text = Evaluation(tmp_path, 0, [given(VISITED, "Six", 2), given(VISITED, "", float("-inf"))]).as_json()
    assert "Infinity" not in text
    assert "NaN" not in text
    rows = json.loads(text)
    assert rows["questions"] == 2
    assert rows["recall@5"] is None
    assert rows["curves"] == {
        "threshold": [2.0, None],
        "coverage": [0.5, 1.0],
        "risk": [0.0, 0.5],
        "f1": [0.3333, 0.3333],
        "answered": [0.5, 1.0],
        "refused": [None, None],
    }
