"""Limits: what is below or above them is named."""

import pytest

from index.errors import QAError
from qa_service.limits import Limit, check
from qa_service.metrics import NAMES, Metrics

METRICS: Metrics = {**dict.fromkeys(NAMES), "f1": 0.6, "recall@5": 0.98, "read_p95_ms": 120.5}


def test_is_read_from_metric_and_value() -> None:
    assert Limit.parse("recall@5=0.97") == Limit("recall@5", 0.97)
    assert Limit.parse("read_p95_ms=500", most=True) == Limit("read_p95_ms", 500, most=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f1", "'f1' is not METRIC=VALUE"),
        ("f1=much", "'much' is not a number"),
        ("f1=", "'' is not a number"),
        ("f1=nan", "'nan' is not a number"),
        ("recall=0.5", "there is no metric 'recall'. There are: questions, answerable, exact_match"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="^" + said.replace(".", r"\.")):
        Limit.parse(text)


def test_what_is_reached_passes() -> None:
    check([], METRICS)
    check([Limit("f1", 0.6), Limit("recall@5", 0.97), Limit("read_p95_ms", 120.5, most=True)], METRICS)


def test_each_that_is_not_kept_is_named() -> None:
    limits = [Limit("f1", 0.61), Limit("recall@5", 0.5), Limit("read_p95_ms", 100, most=True)]
    with pytest.raises(QAError) as raised:
        check(limits, METRICS)
    assert (
        str(raised.value) == "The evaluation fails: f1 is 0.6, below 0.61; read_p95_ms is 120.5, above 100."
    )


@pytest.mark.parametrize("most", [True, False])
def test_what_was_not_measured_keeps_no_limit(most: bool) -> None:
    with pytest.raises(QAError, match="mrr was not measured"):
        check([Limit("mrr", 0.5, most)], METRICS)
