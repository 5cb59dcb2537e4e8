"""What a teacher reads for a batch of its pupil, whose tokenizer numbers the same word pieces otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .features import Batch


@dataclass(frozen=True)
class Lesson:
    """The teacher's batch, and where in the pupil's batch each token that it allows stands.

    `places` has the pupil's shape and as many true values in each row as `batch.allowed` has there.
    """

    batch: Batch
    places: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, pupil: Batch, teacher: Batch) -> Lesson:
        """Align two batches of the same examples.

        A passage that is cut to fit may lose a token more where there are more separators.
        """
        shared = np.minimum(pupil.allowed.sum(1), teacher.allowed.sum(1))[:, None]
        batch = Batch(teacher.ids, teacher.mask, teacher.type_ids, _first(teacher.allowed, shared))
        return cls(batch, _first(pupil.allowed, shared))

    def moved(self, scores: Tensor) -> Tensor:
        """Scores of the teacher's tokens in the pupil's shape, minus infinity where there are none."""
        device = scores.device
        found = torch.full(self.places.shape, float("-inf"), device=device)
        allowed = torch.from_numpy(self.batch.allowed).to(device)
        found[torch.from_numpy(self.places).to(device)] = scores[allowed]
        return found


def _first(allowed: npt.NDArray[np.bool_], count: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """The first ``count`` of the true values of each row."""
    return allowed & (allowed.cumsum(1) <= count)
