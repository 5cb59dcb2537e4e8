"""Serves some articles with models that take no time: python -m benchmarks.fuzz.server FOLDER"""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import loaders
from index.article_index import Manifest
from index.chunking import sentence_spans
from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.types import Article, Hit
from qa_service.confidence import Confidence
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.server import serve
from qa_service.types import Span

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"


class FirstSentences:
    """A reader without a model: the first sentence of each passage answers."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        firsts = [(hit, next(sentence_spans(hit.text))) for hit in hits]
        return [
            Span(hit, hit.start + start, hit.start + end, 9.0 - place, 0.0)
            for place, (hit, (start, end)) in enumerate(firsts)
        ]


def pipeline(folder: Path) -> Pipeline:
    """The sample articles, without models."""
    settings = Settings(
        data_dir=folder, port=0, rate_limit="none", log_level="error", top_k=3, fetch_delay=0, max_seconds=20
    )
    encoder = HashingEncoder()
    sizes = settings.chunk_tokens, settings.chunk_overlap
    index = LocalIndex.open(
        settings.index_folder, Manifest(encoder.name, encoder.revision, encoder.dimension, *sizes)
    )
    made = Pipeline(settings, index, encoder, FirstSentences(), Confidence(0, 1, 0))
    files, _ = loaders.find([SAMPLES])
    documents = [each for path in files for each in loaders.load(path, {})]
    list(made.ingest(each for each in documents if isinstance(each, Article)))
    return made


def _only_here(host: Any, *_rest: Any, **_more: Any) -> Any:
    """No made-up address is looked up in the world."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


if __name__ == "__main__":
    made = pipeline(Path(sys.argv[1]))
    look_up = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: (
        look_up(host, *rest, **more) if host in ("127.0.0.1", "localhost") else _only_here(host)
    )
    serve(made.settings, lambda: made, as_json=True)
