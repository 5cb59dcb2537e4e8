"""Larger readers, trained before, whose scores a small one learns to give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from .features import Featurizer
from .lesson import Lesson
from .span_reader import SpanReader, logits, take_over


class Teacher:
    """Distillation (Hinton et al., 2015): soft labels say which wrong answers are nearly right, and how
    nearly there is none.

    The teacher's encoder may be another one, as long as it cuts words as the student's does: BERT
    and MPNet share their word pieces and differ in their numbers and in the separators. Of several
    runs of one encoder the mean of the scores is taught.
    """

    def __init__(self, models: Sequence[SpanReader], featurizer: Featurizer) -> None:
        self._models = models
        self.featurizer = featurizer

    @classmethod
    def load(cls, encoder: Path, checkpoints: Sequence[Path]) -> Teacher:
        """The averaged weights of runs that began with ``encoder``. Raises OSError if there are none."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        models = []
        for checkpoint in checkpoints:
            model = SpanReader(encoder).to(device)
            take_over(model, checkpoint)
            # In 8 bits its scores were off by as much as they differ from token to token.
            models.append(model.bfloat16().eval())
        return cls(models, Featurizer(encoder / "tokenizer.json"))

    @torch.no_grad()
    def logits(self, lesson: Lesson) -> tuple[Tensor, Tensor]:
        """Mean start and end logits, in the shape of the pupil's batch."""
        scores = [logits(model, lesson.batch) for model in self._models]
        starts, ends = zip(*scores, strict=True)
        return lesson.moved(torch.stack(starts).mean(0)), lesson.moved(torch.stack(ends).mean(0))
