"""The best span of each passage, and how far it is ahead of no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch

from .examples import Example
from .features import Batch, Featurizer, Window, collate
from .scoring import Prediction
from .span_reader import SpanReader, logits

MAX_ANSWER = 30  # tokens
_BATCH_SIZE = 32

Logits = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
Reader = Callable[[Batch], Logits]
"""Start and end logits, each (windows, tokens), of a batch."""


def torch_reader(model: SpanReader) -> Reader:
    """A reader that runs the model without dropout or gradients."""

    def read(batch: Batch) -> Logits:
        with torch.inference_mode():
            start, end = logits(model.eval(), batch)
        return start.cpu().numpy(), end.cpu().numpy()

    return read


def predict(reader: Reader, featurizer: Featurizer, examples: Sequence[Example]) -> list[Prediction]:
    """The best span over all windows of each example's context."""
    windows = featurizer.windows(examples)
    rows = [(number, window) for number, some in enumerate(windows) for window in some]
    rows.sort(key=lambda row: len(row[1].ids))
    best = [Prediction("", float("-inf")) for _ in examples]
    for first in range(0, len(rows), _BATCH_SIZE):
        some = rows[first : first + _BATCH_SIZE]
        batch = collate([window for _, window in some])
        start, end = reader(batch)
        for row, (number, window) in enumerate(some):
            found = _best_span(start[row], end[row], batch.allowed[row], window, examples[number])
            best[number] = max(best[number], found, key=lambda each: each.margin)
    return best


def passages_per_second(reader: Reader, passages: int = 20, tokens: int = 200) -> float:
    """How fast a batch of so many passages of so many tokens is read, the best of five times."""
    ones = np.ones((passages, tokens), np.int64)
    batch = Batch(ones, ones, ones, ones.astype(np.bool_))
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        reader(batch)
        times.append(time.perf_counter() - start)
    return passages / min(times)


def _best_span(
    start: npt.NDArray[np.float32],
    end: npt.NDArray[np.float32],
    allowed: npt.NDArray[np.bool_],
    window: Window,
    example: Example,
) -> Prediction:
    tokens = np.flatnonzero(allowed)[1:]  # without [CLS]
    if not len(tokens):
        return Prediction("", float("-inf"))
    scores = start[tokens][:, None] + end[tokens][None, :]
    length = tokens[None, :] - tokens[:, None]
    scores[(length < 0) | (length >= MAX_ANSWER)] = -np.inf
    first, last = np.unravel_index(int(scores.argmax()), scores.shape)
    margin = float(scores[first, last] - start[0] - end[0])
    return Prediction(window.text(tokens[first], tokens[last], example.context), margin)
