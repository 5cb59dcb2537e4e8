"""What several tests share: small real indexes with an encoder that needs no model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from flask import Flask

from index.article_index import Manifest
from index.chunking import ChunkSize, sentence_spans
from index.encoder import Encoder, HashingEncoder, load_encoder
from index.local import LocalIndex
from index.types import Article, Hit
from qa_service.confidence import Confidence
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.server import listening
from qa_service.types import Span
from tests.milvus_server import Milvus, running

if TYPE_CHECKING:
    from index.milvus import MilvusIndex

AnyIndex: TypeAlias = "LocalIndex | MilvusIndex"

SAMPLES = Path(__file__).parent.parent / "samples"
SIZE = ChunkSize(tokens=32, overlap=1)
BY_MARGIN = Confidence(bias=0, margin=1, dense=0)


def manifest(encoder: HashingEncoder) -> Manifest:
    return Manifest(encoder.name, encoder.revision, encoder.dimension, SIZE.tokens, SIZE.overlap)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of a real server on a free port of loopback."""
    proxies = app.extensions["settings"].trusted_proxies
    server = listening(app, Settings(port=0, threads=4, trusted_proxies=proxies))

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()  # a browser keeps its connections open
        server.close()

    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # Sockets may only be closed in the thread that waits for them, which may be awake already, and have
        # closed them before the trigger is pulled.
        with suppress(OSError):
            server.trigger.pull_trigger(close)
        thread.join()
        server.task_dispatcher.shutdown()


class FirstSentence:
    """A reader without a model: the first sentence of each passage is an answer, and a sure one."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        firsts = [(hit, next(sentence_spans(hit.text))) for hit in hits]
        return [
            Span(hit, hit.start + start, hit.start + end, 20.0 - place, 0.0)
            for place, (hit, (start, end)) in enumerate(firsts)
        ]


class Silent:
    """A reader that finds no answer anywhere."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        return []


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def real_encoder() -> Encoder:
    return load_encoder()


on_both = pytest.mark.parametrize("back_end", ["embedded", "milvus"], indirect=True)
"""For tests of what every index does: they run on each of them."""


@pytest.fixture
def back_end(request: pytest.FixtureRequest) -> str:
    """Where ``index`` is, "embedded" or "milvus"."""
    return getattr(request, "param", "embedded")


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milvus]:
    """A Milvus server of this process alone."""
    with running(tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.fixture
def begin_index(
    back_end: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[Manifest], AnyIndex]]:
    """Opens the same empty place each time that it is called, as another process would."""
    opened: list[AnyIndex] = []
    begin = partial(LocalIndex.open, tmp_path / "index")
    if back_end == "milvus":
        begin = request.getfixturevalue("milvus").emptied().open

    def open_(wanted: Manifest) -> AnyIndex:
        opened.append(begin(wanted))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def open_index(
    begin_index: Callable[[Manifest], AnyIndex], encoder: HashingEncoder
) -> Callable[[], AnyIndex]:
    return lambda: begin_index(manifest(encoder))


@pytest.fixture
def index(open_index: Callable[[], AnyIndex]) -> AnyIndex:
    return open_index()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file and gives its path: ``write("note.txt", "text or bytes")``."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def articles() -> list[Article]:
    return [
        Article(
            "sokha",
            "Six ambassadors visited Kem Sokha at home. He was arrested in 2017. The party was dissolved.",
            "Envoys visit Sokha", published="2019-11-30", source="Northgate", author="Holt", language="en",
            tags=("cambodia", "politics"), fields={"section": "Asia", "page": "3", "front": "true"},
        ),
        Article(
            "webb", "The Webb telescope rose from French Guiana. It carries a mirror of 6.5 metres.",
            "Webb lifts off", published="2021-12-25T12:20", source="Starline", author="Ito", language="en",
            tags=("space",),
        ),
        Article("undated", "Bread needs flour, water, salt and time. Nothing else is needed.", "Bread"),
    ]  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those that ``index`` is made with."""
    return Settings(data_dir=tmp_path, chunk_tokens=SIZE.tokens, chunk_overlap=SIZE.overlap)


@pytest.fixture
def pipeline(settings: Settings, index: LocalIndex, encoder: HashingEncoder) -> Pipeline:
    """A service over an empty index, without a model."""
    return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)
