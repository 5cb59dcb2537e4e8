"""Measures: what Prometheus reads of a running service."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from index.errors import StoreError
from qa_service.types import Answered, PartRead, Read, Reply, Searched, Stage

if TYPE_CHECKING:
    from index.article_index import ArticleIndex
    from index.search import QuestionEncoder
    from index.types import FloatArray
    from qa_service.admission import Gate

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OUTCOMES = ("answered", "refused", "stopped", "failed")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
TENTHS = tuple(tenth / 10 for tenth in range(1, 11))


class Measures:
    """Counters of one application, in a registry of its own."""

    def __init__(self, index: ArticleIndex, questions: Gate, changes: Gate) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "qa_requests", "Requests by route, method and status.", ["route", "method", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.request_seconds = Histogram(
            "qa_request_seconds", "Time to the reply, or to the beginning of a streamed one.", ["route"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.questions = Counter(
            "qa_questions", "Questions by outcome; refused are those that the articles don't answer, stopped "
            "those over their time or whose client went away.", ["outcome"], registry=self.registry,
        )  # fmt: skip
        for outcome in OUTCOMES:
            self.questions.labels(outcome)
        self.stage_seconds = Histogram(
            "qa_stage_seconds", "Time of each stage of a question.", ["stage"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.model_seconds = Histogram(
            "qa_model_seconds", "Time of each call of a model.", ["model"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.confidence = Histogram(
            "qa_confidence", "Confidence of the replies.", buckets=TENTHS, registry=self.registry
        )
        self._add_gates({"questions": questions, "changes": changes})
        self.registry.register(_IndexCollector(index))

    def add_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is its rule, ``method`` whatever a client made up."""
        known = method if method in METHODS else "other"  # each label is kept for ever
        self.requests.labels(route, known, status).inc()
        self.request_seconds.labels(route).observe(seconds)

    def watched(self, stages: Generator[Stage, None, None]) -> Generator[Stage, None, None]:
        """The stages of a question, each timed, and what it came to counted."""
        outcome = "failed"
        try:
            started = perf_counter()
            for stage in stages:
                self._add_stage(stage, perf_counter() - started)
                if isinstance(stage, Reply):
                    outcome = "answered" if stage.answerable else "refused"
                yield stage
                if not isinstance(stage, PartRead):  # the time of reading goes on
                    started = perf_counter()
        except GeneratorExit:
            outcome = "stopped" if outcome == "failed" else outcome
            raise
        finally:
            stages.close()
            self.questions.labels(outcome).inc()

    def _add_stage(self, stage: Stage, seconds: float) -> None:
        match stage:
            case Searched():
                self.stage_seconds.labels("search").observe(seconds)
            case Read():
                self.stage_seconds.labels("read").observe(seconds)
                self.model_seconds.labels("reader").observe(seconds)
            case Reply():
                self.confidence.observe(stage.confidence)
            case Answered():
                self.stage_seconds.labels("answer").observe(seconds)

    def _add_gates(self, gates: dict[str, Gate]) -> None:
        at_work = Gauge("qa_at_work", "Requests that are worked on.", ["kind"], registry=self.registry)
        waiting = Gauge("qa_waiting", "Requests that wait for their turn.", ["kind"], registry=self.registry)
        for kind, gate in gates.items():
            at_work.labels(kind).set_function(lambda gate=gate: gate.at_work)  # type: ignore[misc]
            waiting.labels(kind).set_function(lambda gate=gate: gate.waiting)  # type: ignore[misc]


class MeasuredEncoder:
    """An encoder of questions whose calls are timed."""

    def __init__(self, encoder: QuestionEncoder, seconds: Histogram) -> None:
        # Another application over the same pipeline counts for itself.
        inner = encoder._encoder if isinstance(encoder, MeasuredEncoder) else encoder
        self._encoder: QuestionEncoder = inner
        self._seconds = seconds.labels("encoder")

    def encode(self, texts: Sequence[str]) -> FloatArray:
        with self._seconds.time():
            return self._encoder.encode(texts)


class _IndexCollector(Collector):
    """Sizes of the index as they are when Prometheus asks; none where it can't be read."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            status = self._index.status()
        except StoreError:
            return
        yield GaugeMetricFamily("qa_articles", "Articles in the index.", status.articles)
        yield GaugeMetricFamily("qa_chunks", "Passages in the index.", status.chunks)
        yield GaugeMetricFamily("qa_generation", "Grows with every change of the index.", status.generation)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()
