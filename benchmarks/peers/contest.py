"""What each contestant does, whatever it is made with: index a folder's passages, answer its questions.

It runs in an environment of the contestant's own, so nothing of this project is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

FOUND = 10
"""Passages that are asked for."""

Vector = npt.NDArray[np.float32]


class Contest:
    """A folder with ``passages.jsonl`` (a text a line), ``questions.jsonl``, and where vectors are made up
    ``vectors.npy`` and ``question_vectors.npy``: nobody's encoder is measured then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passages = [row["text"] for row in read(folder / "passages.jsonl")]
        self.questions = [row["question"] for row in read(folder / "questions.jsonl")]
        self.vectors = load(folder / "vectors.npy")
        self.question_vectors = load(folder / "question_vectors.npy")


class Contestant(Protocol):
    def index(self, contest: Contest) -> None:
        """Put all passages in, so that they can be searched."""

    def search(self, question: str, vector: Vector | None) -> list[int]:
        """The numbers of the FOUND best passages, best first."""


def run(contestant: Contestant) -> None:
    """Index and search the folder that the command line names; prints one line of JSON."""
    contest = Contest(Path(sys.argv[1]))
    before = peak_bytes()
    started = time.perf_counter()
    contestant.index(contest)
    indexed = time.perf_counter()
    vectors = contest.question_vectors
    found, seconds = [], []
    contestant.search(contest.questions[0], None if vectors is None else vectors[0])  # what loads late
    for number, question in enumerate(contest.questions):
        asked = time.perf_counter()
        found.append(contestant.search(question, None if vectors is None else vectors[number]))
        seconds.append(time.perf_counter() - asked)
    report: dict[str, Any] = {
        "index_seconds": indexed - started,
        "query_ms": [1000 * each for each in seconds],
        "found": found,
        "peak_bytes": peak_bytes(),
        "bytes_before": before,
    }
    print(json.dumps(report))


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def load(path: Path) -> Vector | None:
    return np.load(path) if path.exists() else None
