"""Metrics: the figures of an evaluation, with their names and what they mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

import numpy as np

from qa_service.curves import Curves, Floats
from qa_service.evaluation import Outcome
from qa_service.scoring import best_f1, calibration_error

Metrics: TypeAlias = "dict[str, float | None]"
"""Shares between 0 and 1 and milliseconds; None where nothing was measured."""

STAGES = ("search", "read", "total")
_RANKING = {
    "recall@1": "the right article comes first",
    "recall@5": "the right article is among the first 5",
    "recall@20": "the right article is among the first 20",
    "mrr": "mean of 1 / rank of the right article",
    "ndcg@10": "mean of 1 / log2(1 + rank), within the first 10",
}

GROUPS = {
    "Answers": {
        "questions": "in the file",
        "answerable": "of them have an answer",
        "exact_match": "the expected words exactly; a refusal is wrong",
        "f1": "words shared with the expected; a refusal is 0",
        "best_f1": "over all questions, at the best threshold",
        "best_threshold": "that threshold",
        "right_sentence_first": "the first citation is the answering sentence",
        "answered": "of the answerable questions",
        "refused": "of the questions without an answer",
    },
    "Articles, as search ranks them": _RANKING,
    "Articles, after reading": {f"reread_{name}": meaning for name, meaning in _RANKING.items()},
    "Confidence and citations": {
        "risk_coverage_area": "mean risk over all coverages; lower is better",
        "calibration_error": "confidence against accuracy; lower is better",
        "citation_validity": "quotes that the stored articles bear out",
    },
    "Milliseconds for a question": {
        f"{stage}_p{share}_ms": meaning
        for stage in STAGES
        for share, meaning in ((50, "half of the questions are faster"), (95, "95 of 100 are faster"))
    },
}
"""The name of each metric and what it means, in the order in which they are shown."""

NAMES = tuple(name for group in GROUPS.values() for name in group)


@dataclass(frozen=True)
class Evaluation:
    """What came of all questions of a file; ``threshold`` is the score from which they were answered."""

    file: Path
    threshold: float
    outcomes: Sequence[Outcome]

    @cached_property
    def metrics(self) -> Metrics:
        return measure(self.outcomes)

    @property
    def of_pipeline(self) -> bool:
        return self.outcomes[0].reply is not None

    def as_json(self) -> str:
        """The metrics by name, and "curves": columns, with a row for each threshold."""
        curves = {name: _column(values) for name, values in vars(Curves.of(self.outcomes)).items()}
        return json.dumps({**self.metrics, "curves": curves}, indent=2)


def measure(outcomes: Sequence[Outcome]) -> Metrics:
    """All metrics of at least one outcome. With the passage given, there is nothing to say of most."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    best, threshold = best_f1([(outcome.score, outcome.f1, outcome.answerable) for outcome in outcomes])
    found: Metrics = {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "exact_match": _mean([outcome.told_exact for outcome in answerable]),
        "f1": _mean([outcome.told_f1 for outcome in answerable]),
        "best_f1": best,
        "best_threshold": threshold if threshold < float("inf") else None,
        "answered": _mean([outcome.answered for outcome in answerable]),
        "refused": _mean([not outcome.answered for outcome in outcomes if not outcome.answerable]),
        "risk_coverage_area": Curves.of(outcomes).risk_coverage_area,
        **_latency(outcomes),
        **_of_replies([outcome for outcome in outcomes if outcome.reply]),
    }
    return {name: _rounded(found.get(name)) for name in NAMES}


def _of_replies(outcomes: Sequence[Outcome]) -> Metrics:
    """What only the whole pipeline has."""
    located = [outcome for outcome in outcomes if outcome.answerable and outcome.question.article_id]
    cited = sum(len(outcome.reply.citations) for outcome in outcomes if outcome.reply)
    false = sum(len(outcome.false_citations) for outcome in outcomes)
    told = [(outcome.score, outcome.right) for outcome in outcomes if outcome.answered]
    return {
        "right_sentence_first": _mean([outcome.right_sentence for outcome in located]),
        "calibration_error": calibration_error(told) if told else None,
        "citation_validity": 1 - false / cited if cited else None,
        **_ranking(located, [outcome.found for outcome in located]),
        **{f"reread_{k}": v for k, v in _ranking(located, [each.reread for each in located]).items()},
    }


def _ranking(outcomes: Sequence[Outcome], ranked: Sequence[Sequence[str]]) -> Metrics:
    """The measures of one order of articles, best first, for each outcome."""
    from ir_measures import RR, R, calc_aggregate, nDCG

    if not outcomes:
        return {}
    wanted = {str(number): {outcome.question.article_id: 1} for number, outcome in enumerate(outcomes)}
    run = {
        str(number): {article_id: -float(place) for place, article_id in enumerate(articles)}
        for number, articles in enumerate(ranked)
    }
    measures = {"recall@1": R @ 1, "recall@5": R @ 5, "recall@20": R @ 20, "mrr": RR, "ndcg@10": nDCG @ 10}
    values = calc_aggregate(list(measures.values()), wanted, run)
    return {name: float(values[measure]) for name, measure in measures.items()}


def _latency(outcomes: Sequence[Outcome]) -> Metrics:
    return {
        f"{stage}_p{share}_ms": float(np.percentile(taken, share))
        for stage in STAGES
        for share in (50, 95)
        if (taken := [each.milliseconds[stage] for each in outcomes if stage in each.milliseconds])
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _column(values: Floats) -> list[float | None]:
    """Numbers that JSON has; what is not finite is null."""
    return [round(float(value), 4) if np.isfinite(value) else None for value in values]
