"""Serves one article with a reader that waits: python -m tests.serving_child FOLDER PIPE NOTICE

It says on stdout where it serves, and "reading" for each question; it answers when PIPE is opened and closed.
Run by test_draining.py, which stops it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.types import Article, Hit
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.server import serve
from qa_service.types import Span
from tests.conftest import BY_MARGIN, SIZE, FirstSentence, manifest


class Waiting(FirstSentence):
    """A reader that waits for the end of a pipe."""

    def __init__(self, pipe: Path) -> None:
        self.pipe = pipe

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        print("reading", flush=True)
        self.pipe.read_bytes()
        return super().read(question, hits)


def main(folder: Path, pipe: Path, notice: float) -> None:
    encoder = HashingEncoder()
    index = LocalIndex.open(folder / "index", manifest(encoder))
    settings = Settings(
        data_dir=folder, port=0, chunk_tokens=SIZE.tokens, chunk_overlap=SIZE.overlap,
        drain_seconds=notice, log_format="json",
    )  # fmt: skip
    pipeline = Pipeline(settings, index, encoder, Waiting(pipe), BY_MARGIN)
    list(pipeline.ingest([Article("bread", "Bread needs flour.")]))
    serve(settings, lambda: pipeline, as_json=True)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
