"""A larger reader, trained before, whose scores a small one learns to give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .examples import Example
from .export import MODEL, TOKENIZER, onnx_reader
from .features import Batch, Featurizer, collate
from .prediction import Logits, Reader


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
    def load(cls, folder: Path) -> Teacher:
        """What a finished run left in ``folder``. Raises ValueError when there is nothing."""
        if not (folder / MODEL).exists():
            raise ValueError(f"there is no {MODEL} in {folder}: let its training end first")
        return cls(onnx_reader(folder / MODEL), Featurizer(folder / TOKENIZER))

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
