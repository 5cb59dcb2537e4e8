#!/usr/bin/env python3
"""How fast this is on this machine: encoding, putting articles in, starting, asking, and asking meanwhile.

  scripts/benchmark --chunks 1000 100000

Articles and questions are made, the same each time. The encoder is measured by itself on the sample
articles; in the index its vectors are made up, since only their number and how they lie matter there. A
question goes through the real encoder and the real reader. Writes benchmarks/results/speed.json, with
machine, date and commit, and speed.svg.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from rich.progress import track

from benchmarks.workload import ClusteredEncoder, Vocabulary, articles, questions, samples
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder, SentenceEncoder
from index.local import LocalIndex
from index.types import Article
from qa_service.confidence import Confidence
from qa_service.config import Settings
from qa_service.pipeline import Pipeline, manifest
from qa_service.reader import SpanReader

RESULTS = Path(__file__).parent / "results"
ENCODED = 400  # chunks, for the rate of the encoder
REPEATS = 3
ASKED = 100
CLIENTS = (1, 4, 16)
ADDED_A_SECOND = 5  # articles, while questions are asked

Figures = dict[str, Any]


def encoding(encoder: SentenceEncoder) -> Figures:
    """Chunks a second, plain fp32 against what is used, by turns; and how far their vectors differ."""
    size = ChunkSize(Settings().chunk_tokens, Settings().chunk_overlap)
    texts = [
        text
        for article in samples()
        for text in encoder_texts(article, chunk(article, size, encoder.count_tokens), encoder.count_tokens)
    ]
    texts = (texts * (ENCODED // len(texts) + 1))[:ENCODED]
    tokens = sum(encoder.count_tokens(texts))
    plain = SentenceEncoder.load().model.float()
    ways: dict[str, Callable[[], Any]] = {
        "plain": lambda: plain.encode(texts, normalize_embeddings=True),
        "used": lambda: encoder.encode(texts),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    vectors = {}
    for _ in range(REPEATS):
        for name, encode in ways.items():
            started = time.perf_counter()
            vectors[name] = encode()
            times[name].append(time.perf_counter() - started)
    cosines = (vectors["plain"] * vectors["used"]).sum(1)
    best = {name: min(taken) for name, taken in times.items()}
    return {
        "chunks_per_second": {name: round(len(texts) / taken, 1) for name, taken in best.items()},
        "tokens_per_second": round(tokens / best["used"]),
        "times_plain": round(best["plain"] / best["used"], 2),
        "least_cosine": round(float(cosines.min()), 5),
    }


def at_size(chunks: int, real: Encoder, reader: SpanReader) -> Figures:
    """All that depends on how much is in the index."""
    vocabulary = Vocabulary.of([article.text for article in samples()])
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        encoder = ClusteredEncoder(real)
        index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
        pipeline = Pipeline(settings, index, encoder, reader, Confidence.load())
        before = _resident()
        started = time.perf_counter()
        made = articles(chunks, vocabulary)
        for _ in track(pipeline.ingest(made), f"Indexing {chunks:,} chunks", total=chunks // 4):
            pass
        pipeline.save()
        ingested = time.perf_counter() - started
        stored = index.status().chunks
        files = sum(path.stat().st_size for path in settings.index_folder.iterdir())
        index.close()
        del pipeline, index
        gc.collect()
        started = time.perf_counter()
        index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
        opened = time.perf_counter() - started
        pipeline = Pipeline(settings, index, encoder, reader, Confidence.load())
        asked = questions(ASKED, vocabulary, chunks // 100)
        found: Figures = {
            "chunks": stored,
            "ingested_per_second": round(stored / ingested, 1),
            "bytes_per_chunk_on_disk": round(files / stored),
            "seconds_to_open": round(opened, 2),
            "one_after_the_other": latency(pipeline, asked),
            "megabytes_more_in_memory": round((_resident() - before) / 2**20),
            "clients": {clients: throughput(pipeline, asked, clients) for clients in CLIENTS},
        }
        with adding(pipeline, vocabulary):
            found["while_articles_are_added"] = latency(pipeline, asked)
        index.close()
    return found


def latency(pipeline: Pipeline, asked: Sequence[str]) -> Figures:
    """Percentiles of the milliseconds of each part."""
    for question in asked[:5]:
        pipeline.ask(question)
    parts: dict[str, list[float]] = {"search": [], "read": [], "rest": [], "total": []}
    for question in track(asked, "Asking"):
        taken = pipeline.ask(question).timings_ms
        rest = taken.total - taken.search - taken.read
        for name, value in zip(parts, (taken.search, taken.read, rest, taken.total), strict=True):
            parts[name].append(value)
    return {
        name: {f"p{q}": round(float(np.percentile(values, q)), 1) for q in (50, 95, 99)}
        for name, values in parts.items()
    }


def throughput(pipeline: Pipeline, asked: Sequence[str], clients: int) -> Figures:
    """Questions a second with so many clients at once, and how long each waits."""
    waits: list[float] = []

    def one(question: str) -> None:
        started = time.perf_counter()
        pipeline.ask(question)
        waits.append(1000 * (time.perf_counter() - started))

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, asked))
    taken = time.perf_counter() - started
    return {
        "questions_per_second": round(len(asked) / taken, 2),
        "p50": round(statistics.median(waits), 1),
        "p95": round(float(np.percentile(waits, 95)), 1),
    }


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


def starting() -> Figures:
    """Seconds from the start of a process until it has told what it can do, and until it could answer."""
    help_only = [sys.executable, "-m", "qa_service", "--help"]
    ready = [sys.executable, "-c", "from qa_service.pipeline import Pipeline; from qa_service.config import "
             "Settings; import tempfile, pathlib; "
             "Pipeline.open(Settings(data_dir=pathlib.Path(tempfile.mkdtemp())))"]  # fmt: skip
    return {
        name: round(min(_seconds(command) for _ in range(REPEATS)), 2)
        for name, command in (("help", help_only), ("models_and_empty_index", ready))
    }


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own commands)
    return time.perf_counter() - started


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


def machine() -> Figures:
    capabilities = torch.cpu.get_capabilities()
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 (found as any shell finds it)
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "date": date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "processor": capabilities.get("cpu_name", platform.processor()),
        "cores": psutil.cpu_count(logical=False),
        "bf16": bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")),
        "memory_gigabytes": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, nargs="+", default=[1_000, 100_000], metavar="N",
                        help="sizes of the index to measure at (default: 1000 100000)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where the figures go")
    options = parser.parse_args()
    encoder, reader = SentenceEncoder.load(), SpanReader.load()
    figures: Figures = {"machine": machine(), "start_seconds": starting(), "encoding": encoding(encoder)}
    figures["sizes"] = [at_size(chunks, encoder, reader) for chunks in options.chunks]
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=2)
    (options.out / "speed.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    draw(figures["sizes"], options.out / "speed.svg")


def draw(sizes: Sequence[Figures], path: Path) -> None:
    """Milliseconds of a question against the size of the index."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    counts = [size["chunks"] for size in sizes]
    for part, style in (("total", "o-"), ("read", "s--"), ("search", "^--")):
        axes.plot(counts, [size["one_after_the_other"][part]["p50"] for size in sizes], style, label=part)
    axes.set(xscale="log", xlabel="chunks in the index", ylabel="milliseconds, median", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
