"""What several tests share: small real indexes with an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.article_index import Manifest
from index.chunking import ChunkSize
from index.encoder import HashingEncoder, SentenceEncoder
from index.local import LocalIndex
from index.types import Article

SAMPLES = Path(__file__).parent.parent / "samples"
SIZE = ChunkSize(tokens=32, overlap=1)


def manifest(encoder: HashingEncoder) -> Manifest:
    return Manifest(encoder.name, encoder.revision, encoder.dimension, SIZE.tokens, SIZE.overlap)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def real_encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


@pytest.fixture
def open_index(tmp_path: Path, encoder: HashingEncoder) -> Iterator[Callable[[], LocalIndex]]:
    """Opens the same folder each time that it is called, as another process would."""
    opened = []

    def open_() -> LocalIndex:
        opened.append(LocalIndex.open(tmp_path / "index", manifest(encoder)))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: Callable[[], LocalIndex]) -> LocalIndex:
    return open_index()


@pytest.fixture
def articles() -> list[Article]:
    return [
        Article(
            "sokha",
            "Six ambassadors visited Kem Sokha at home. He was arrested in 2017. The party was dissolved.",
            "Envoys visit Sokha", published="2019-11-30", source="Northgate", author="Holt", language="en",
            tags=("cambodia", "politics"),
        ),
        Article(
            "webb", "The Webb telescope rose from French Guiana. It carries a mirror of 6.5 metres.",
            "Webb lifts off", published="2021-12-25T12:20", source="Starline", author="Ito", language="en",
            tags=("space",),
        ),
        Article("undated", "Bread needs flour, water, salt and time. Nothing else is needed.", "Bread"),
    ]  # fmt: skip
