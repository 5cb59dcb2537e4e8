"""Language models for tests: one that says what it is told to, and a real one behind llama.cpp's server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.errors import ModelError
from qa_service.language_model import Message

ROOT = Path(__file__).parent.parent


class Says:
    """Says these words, in these pieces, whatever it is asked; keeps what it was asked."""

    name = "says"

    def __init__(self, pieces: str | Iterable[str], fails: str = "") -> None:
        self.pieces = pieces.replace(" ", " \0").split("\0") if isinstance(pieces, str) else list(pieces)
        self.fails = fails
        self.asked: list[Sequence[Message]] = []
        self.closed = False

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        self.asked.append(messages)
        try:
            yield from self.pieces
            if self.fails:
                raise ModelError(self.fails)
        finally:
            self.closed = True


@contextmanager
def llama_server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a llama.cpp server with a small real model, and its process, to be killed."""
    command = [sys.executable, "-m", "tests.llama_child"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.wait()
