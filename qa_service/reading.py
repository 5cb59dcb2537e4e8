"""Reading: the passages in the order of search, as many as it takes to settle the answer."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import chain

from index.types import Hit
from qa_service.confidence import Confidence
from qa_service.question_type import asks_for_several, fits
from qa_service.reader import Reader, distinct
from qa_service.types import PartRead, Span

READ_AT_ONCE = 4
"""So many passages keep two cores busy, and are read before anything can stop it."""

SURE = 0.6
CLEARLY_WORSE = 0.7
HOPELESS = 0.6
"""Measured to change two answers of 1,182, F1 not for the worse: benchmarks/reading.md."""


def read(
    reader: Reader, confidence: Confidence, question: str, hits: Sequence[Hit], everything: bool = False
) -> Generator[PartRead, None, list[Span]]:
    """The likely answers in ``hits``, which are best first; it can be stopped at each part.

    Passages that match the question far worse than the first are left out; and once an answer is likely,
    those that match clearly worse than the one that has it. All are read where the question asks for several
    answers, or ``everything`` is to be read.
    """
    everything = everything or asks_for_several(question)
    parts: list[list[Span]] = []
    for first in range(0, len(hits), READ_AT_ONCE):
        if parts:
            yield PartRead()
            if not everything and (
                hits[first].score <= HOPELESS * hits[0].score
                or _is_settled(confidence, question, chain.from_iterable(parts), hits[first])
            ):
                break
        parts.append(reader.read(question, hits[first : first + READ_AT_ONCE]))
    return parts[0] if len(parts) == 1 else distinct(chain.from_iterable(parts))


def _is_settled(confidence: Confidence, question: str, spans: Iterable[Span], following: Hit) -> bool:
    fitting = (span for span in spans if fits(question, span.text))
    best = max(fitting, key=confidence.of, default=None)
    return (
        best is not None and confidence.of(best) >= SURE and following.score <= CLEARLY_WORSE * best.hit.score
    )
