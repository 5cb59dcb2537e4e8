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
    """Logistic regression on the reader's margin and on how well search found the passage.

    Fitted by scripts/fit_confidence.py on development questions that went through the whole pipeline.
    It orders spans too: the reader alone does not know which passage the question is about.
    """

    bias: float
    margin: float
    dense: float
    lexical: float

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Confidence:
        """What was fitted for the reader in ``folder``. Raises ConfigError when there is nothing."""
        try:
            return cls(**json.loads((folder / "confidence.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(f"The confidence of the reader in {folder} can't be loaded: {error}") from error

    def of(self, span: Span) -> float:
        """Between 0 and 1."""
        hit = span.hit
        logit = self.bias + self.margin * span.margin + self.dense * hit.dense + self.lexical * hit.lexical
        return 1 / (1 + math.exp(-max(min(logit, 50.0), -50.0)))
