"""A data file and a tiny encoder that knows its words."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from scripts.reader_training.bm25 import words
from scripts.reader_training.features import MAX_LENGTH
from tests.training.people import squad


@pytest.fixture(autouse=True)
def _tiny_numbers_stay() -> Iterator[None]:
    """Training lets the processor take tiny numbers for 0, which would stay so for the tests behind it."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    path = tmp_path / "people.json.gz"
    path.write_bytes(gzip.compress(json.dumps(squad()).encode()))
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer encoder with a vocabulary of single letters and a few words."""
    path = tmp_path_factory.mktemp("encoder")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    text = json.dumps(squad()).lower()
    pieces = [*special, *sorted(set(words(text))), *"abcdefghijklmnopqrstuvwxyz0123456789.,?"]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(path / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=MAX_LENGTH,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(path)
    return path
