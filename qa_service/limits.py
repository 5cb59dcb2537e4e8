"""Limits: what an evaluation must reach, such as ``f1=0.6``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import QAError
from qa_service.metrics import NAMES, Metrics


@dataclass(frozen=True)
class Limit:
    """A metric and the least (or, with ``most``, the highest) value that passes."""

    metric: str
    value: float
    most: bool = False

    @classmethod
    def parse(cls, text: str, most: bool = False) -> Limit:
        """From METRIC=VALUE. Raises ValueError that says what is wrong and lists the metrics."""
        metric, equals, value = text.rpartition("=")
        if not equals:
            raise ValueError(f"{text!r} is not METRIC=VALUE, such as f1=0.6.")
        if metric not in NAMES:
            raise ValueError(f"there is no metric {metric!r}. There are: {', '.join(NAMES)}.")
        try:
            limit = float(value)
        except ValueError:
            limit = math.nan
        if math.isnan(limit):  # which nothing is below
            raise ValueError(f"{value!r} is not a number, as 0.6 is in {metric}=0.6.")
        return cls(metric, limit, most)

    def broken_by(self, measured: float) -> bool:
        return measured > self.value if self.most else measured < self.value


def check(limits: Sequence[Limit], metrics: Metrics) -> None:
    """Raise QAError, naming each limit that is not kept; a metric that was not measured keeps none."""
    if broken := list(_broken(limits, metrics)):
        raise QAError(f"The evaluation fails: {'; '.join(broken)}.")


def _broken(limits: Sequence[Limit], metrics: Metrics) -> Iterator[str]:
    for limit in limits:
        measured = metrics[limit.metric]
        if measured is None:
            yield f"{limit.metric} was not measured, as these questions don't say what it needs"
        elif limit.broken_by(measured):
            side = "above" if limit.most else "below"
            yield f"{limit.metric} is {measured:g}, {side} {limit.value:g}"
