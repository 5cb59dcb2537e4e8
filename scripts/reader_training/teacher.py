"""A larger reader, trained before, whose scores a small one learns to give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from .examples import Example
from .features import Batch, Featurizer, collate
from .prediction import Logits, Reader, torch_reader
from .span_reader import SpanReader, take_over


class Teacher:
    """Distillation (Hinton et al., 2015): soft labels say which wrong answers are nearly right, and how
    nearly there is none.

    The teacher's encoder may be another one, as long as it cuts words as the student's does: BERT
    and MPNet share their word pieces and differ in their numbers and in the separators.
    """

    def __init__(self, reader: Reader, featurizer: Featurizer) -> None:
        self._reader = reader
        self._featurizer = featurizer

    @classmethod
    def load(cls, encoder: Path, checkpoint: Path) -> Teacher:
        """The averaged weights of a run that began with ``encoder``. Raises OSError if there are none."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = SpanReader(encoder).to(device)
        take_over(model, checkpoint)
        # In 8 bits its scores were off by as much as they differ from token to token.
        return cls(torch_reader(model.bfloat16()), Featurizer(encoder / "tokenizer.json"))

    def logits(self, examples: Sequence[Example], batch: Batch) -> Logits:
        """Its start and end logits for ``batch``, which was made of ``examples``.

        In the shape of the batch, minus infinity where no answer may start or end.
        """
        own = collate([windows[0] for windows in self._featurizer.windows(examples)])
        scores = self._reader(own)
        moved = [np.full(batch.ids.shape, -np.inf, np.float32) for _ in scores]
        for row in range(len(examples)):
            here, there = np.flatnonzero(batch.allowed[row]), np.flatnonzero(own.allowed[row])
            # A passage that is cut to fit may lose a token more where there are more separators.
            shared = min(len(here), len(there))
            for target, source in zip(moved, scores, strict=True):
                target[row, here[:shared]] = source[row, there[:shared]]
        start, end = moved
        return start, end
