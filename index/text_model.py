"""TextModel: an ONNX network that takes one text a run, on all cores.

A text by itself needs no padding, and where activations are quantised as they come, their scales are its own:
what comes out does not depend on what is worked on beside it. Each run has a single thread, so that several
callers share the cores instead of contending for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from index.types import FloatArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Inputs: TypeAlias = Mapping[str, Sequence[int]]
"""Of one text, by the names of the network's inputs; all of one length."""


class TextModel:
    """Safe to use from several threads."""

    def __init__(self, session: InferenceSession) -> None:
        self.session = session
        self._pool = ThreadPoolExecutor(_cores(), thread_name_prefix="model")

    @classmethod
    def load(cls, path: Path) -> TextModel:
        """What can't be loaded raises onnxruntime's own errors."""
        # Newer builds report their use to their makers; it is read when the library loads.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return cls(InferenceSession(path, options, providers=["CPUExecutionProvider"]))

    def run(self, inputs: Inputs) -> list[FloatArray]:
        """The network's outputs for one text, in their order, each with a first axis of length 1."""
        arrays = {name: np.array([numbers], np.int64) for name, numbers in inputs.items()}
        outputs: list[FloatArray] = self.session.run(None, arrays)
        return outputs

    def run_each(self, texts: Sequence[Inputs]) -> list[list[FloatArray]]:
        """The outputs for each text, in the order given."""
        if len(texts) == 1:  # it need not wait for what others have in the queue
            return [self.run(texts[0])]
        # The longest first, so that no core is left with a long one at the end.
        order = sorted(range(len(texts)), key=lambda number: -_length(texts[number]))
        outputs = self._pool.map(self.run, (texts[number] for number in order))
        by_number = dict(zip(order, outputs, strict=True))
        return [by_number[number] for number in range(len(texts))]


def _length(inputs: Inputs) -> int:
    return len(next(iter(inputs.values())))


def _cores() -> int:
    """Those that this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1
