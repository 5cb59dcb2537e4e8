"""Confidence: the probability that a span is a right answer."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from index.errors import ConfigError
from qa_service.reader import MODEL_FOLDER
from qa_service.types import Span


@dataclass(frozen=True)
class Confidence:
    """Logistic regression on the reader's margin and on the cosine of question and passage.

    Fitted by scripts/fit_confidence.py on development questions that went through the whole pipeline.
    It orders spans too: the reader alone does not know whether a passage is about what is asked.
    """

    bias: float
    margin: float
    dense: float

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Confidence:
        """What was fitted for the reader in ``folder``. Raises ConfigError when there is nothing."""
        try:
            return cls(**json.loads((folder / "confidence.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(f"The confidence of the reader in {folder} can't be loaded: {error}") from error

    def of(self, span: Span) -> float:
        """Between 0 and 1."""
        logit = self.bias + self.margin * span.margin + self.dense * span.hit.dense
        return 1 / (1 + math.exp(-max(min(logit, 50.0), -50.0)))
