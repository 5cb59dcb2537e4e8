"""What depends on how much is in an index: starting, searching, asking; run by benchmarks/speed.py.

    python -m benchmarks.at_size FOLDER CHUNKS

In a process of its own, so that its memory and the time until it is ready are those of a server. Asked are
the questions of the sample articles, which are in the index too; and made ones, which nothing answers, so
that all passages are read for each. Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.workload import (
    ClusteredEncoder,
    Vocabulary,
    articles,
    questions,
    sample_questions,
    samples,
)
from index.database import where
from index.encoder import load_encoder
from index.local import LocalIndex
from index.question_words import without_question_words
from index.types import Article, Filters, FloatArray
from qa_service.confidence import Confidence
from qa_service.config import Settings
from qa_service.pipeline import Pipeline, manifest
from qa_service.reader import SpanReader

ASKED = 100
FIRST = 20
CLIENTS = (1, 4, 16)
ADDED_A_SECOND = 5  # articles, while questions are asked
RECALL_AT = 10
FILTERS = {
    "none": None,
    "half": Filters(published_after="2020"),
    "a tenth": Filters(published_after="2024"),
    "a sixtieth": Filters(published_after="2024-06", published_before="2024-06"),
}
"""The articles of benchmarks.workload are spread over the days of 2015 to 2024."""

Figures = dict[str, Any]


def main(folder: Path, chunks: int) -> None:
    _forget_pages(folder / "index")
    settings = Settings(data_dir=folder)
    encoder = ClusteredEncoder(load_encoder())
    index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
    pipeline = Pipeline(settings, index, encoder, SpanReader.load(), Confidence.load())
    ready = time.time() - psutil.Process().create_time()
    vocabulary = Vocabulary.of([article.text for article in samples()])
    asked = questions(ASKED, vocabulary, chunks // 100)
    real = random.Random(15).sample(sample_questions(), ASKED)  # noqa: S311 (nothing secret)
    found: Figures = {
        "seconds_to_ready": round(ready, 2),
        "from_a_cold_disk": latency(pipeline, real[:FIRST]),
        "searches": searches(index, asked),
        "one_after_the_other": latency(pipeline, real),
        "all_passages_read": latency(pipeline, asked),
        "clients": {clients: throughput(pipeline, real, clients) for clients in CLIENTS},
    }
    with adding(pipeline, vocabulary):
        found["while_articles_are_added"] = latency(pipeline, real)
        found["clients_while_articles_are_added"] = {
            clients: throughput(pipeline, real, clients) for clients in CLIENTS
        }
    found["peak_megabytes"] = _megabytes("VmHWM")
    found["megabytes_of_files"] = _megabytes("RssFile")
    found["recall"] = recall(index, asked)
    index.close()
    print(json.dumps(found))


def searches(index: LocalIndex, asked: Sequence[str]) -> Figures:
    """Milliseconds of each of the two searches, with filters that leave so much of the articles."""
    vectors = ClusteredEncoder().encode(asked)
    found: Figures = {}
    for name, filters in FILTERS.items():
        for _ in range(2):  # first from the disk, then from the memory, as where questions go on and on
            dense = [_milliseconds(partial(index.search_dense, vector, 100, filters)) for vector in vectors]
            lexical = [
                _milliseconds(partial(index.search_lexical, without_question_words(text), 100, filters))
                for text in asked
            ]
        found[name] = {"dense": percentiles(dense), "lexical": percentiles(lexical)}
    return found


def recall(index: LocalIndex, asked: Sequence[str]) -> Figures:
    """What share of the exact nearest RECALL_AT dense search finds."""
    vectors = ClusteredEncoder().encode(asked)
    found: Figures = {}
    for name, filters in FILTERS.items():
        exact = _exact(index, vectors, filters)
        shares = [
            len({i for i, _ in index.search_dense(vector, RECALL_AT, filters)} & nearest) / len(nearest)
            for vector, nearest in zip(vectors, exact, strict=True)
        ]
        found[name] = round(statistics.fmean(shares), 4)
    return found


def _exact(index: LocalIndex, vectors: FloatArray, filters: Filters | None) -> list[set[int]]:
    """The nearest of all stored vectors that pass, each compared with each query."""
    condition, values = where(filters)
    rows = index._database.connection.execute(
        "SELECT DISTINCT chunk_id, vector FROM articles JOIN chunks USING (content_id) "
        f"JOIN vectors USING (chunk_id) WHERE {condition or 'true'}",
        values,
    )
    best: list[list[tuple[float, int]]] = [[] for _ in vectors]
    while batch := rows.fetchmany(20_000):
        stored = np.frombuffer(b"".join(row[1] for row in batch), "<f2").reshape(len(batch), -1)
        cosines = vectors @ stored.astype(np.float32).T
        for place, row in enumerate(cosines):
            top = np.argsort(-row)[:RECALL_AT]
            best[place] = sorted([*best[place], *((float(row[i]), batch[i][0]) for i in top)])[-RECALL_AT:]
    return [{chunk_id for _, chunk_id in each} for each in best]


def latency(pipeline: Pipeline, asked: Sequence[str]) -> Figures:
    """Percentiles of the milliseconds of each part."""
    parts: dict[str, list[float]] = {"search": [], "read": [], "rest": [], "total": []}
    for question in asked:
        taken = pipeline.ask(question).timings_ms
        rest = taken.total - taken.search - taken.read
        for name, value in zip(parts, (taken.search, taken.read, rest, taken.total), strict=True):
            parts[name].append(value)
    return {name: percentiles(values) for name, values in parts.items()}


def throughput(pipeline: Pipeline, asked: Sequence[str], clients: int) -> Figures:
    """Questions a second with so many clients at once, and how long each waits."""
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        waits = list(pool.map(lambda question: _milliseconds(partial(pipeline.ask, question)), asked))
    taken = time.perf_counter() - started
    return {"questions_per_second": round(len(asked) / taken, 2), **percentiles(waits)}


@contextmanager
def adding(pipeline: Pipeline, vocabulary: Vocabulary) -> Iterator[None]:
    """Articles go in at a steady pace as long as the block lasts."""
    ended = threading.Event()

    def add() -> None:
        for number, article in enumerate(articles(10**6, vocabulary, seed=99)):
            new = Article(f"added-{number}", article.text, article.title)
            list(pipeline.ingest([new]))
            if ended.wait(1 / ADDED_A_SECOND):
                return

    thread = threading.Thread(target=add)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def percentiles(milliseconds: Sequence[float]) -> Figures:
    return {f"p{q}": round(float(np.percentile(milliseconds, q)), 1) for q in (50, 95, 99)}


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _forget_pages(folder: Path) -> None:
    """Have the system forget what it holds of these files in memory, as after a start of the machine."""
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _megabytes(what: str) -> int:
    """VmHWM is the most memory that the process has had, RssFile that which it shares with the page cache."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{what}:"):
            return round(int(line.split()[1]) / 1024)
    raise KeyError(what)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
