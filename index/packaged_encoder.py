"""PackagedEncoder: the encoder that lives in this repository, in 8 bits and without PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder_names import DEFAULT_ENCODER
from index.errors import ConfigError
from index.text_model import TextModel
from index.types import FloatArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_FOLDER = Path(__file__).parent / "encoder_model"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"


class PackagedEncoder:
    """all-MiniLM-L6-v2, quantised: nearly five times as fast as its original, on any processor alike."""

    def __init__(self, name: str, revision: str, model: TextModel, tokenizer: Tokenizer) -> None:
        """``tokenizer`` is set to cut a text to what the model takes."""
        self.name = name
        self.revision = revision
        self.dimension = int(model.session.get_outputs()[0].shape[1])
        self.max_tokens = int((tokenizer.truncation or {})["max_length"])
        tokenizer.no_truncation()  # to count tokens too
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> PackagedEncoder:
        """The encoder in ``folder``. Raises ConfigError when there is none."""
        from tokenizers import Tokenizer

        try:
            revision = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()[:16]
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            return cls(DEFAULT_ENCODER, revision, TextModel.load(folder / MODEL), tokenizer)
        except Exception as error:  # each of the libraries has errors of its own
            raise ConfigError(f"The encoder in {folder} can't be loaded: {error}") from error

    def encode(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        outputs = self._model.run_each([{"input_ids": self._cut(each.ids)} for each in encodings])
        return np.concatenate([vector for (vector,) in outputs])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(each) for each in encodings]

    def _cut(self, ids: Sequence[int]) -> Sequence[int]:
        """The last token, which ends a text, is kept."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]
