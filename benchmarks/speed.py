#!/usr/bin/env python3
"""How fast this is on this machine: encoding, putting articles in, starting, asking, and asking meanwhile.

  scripts/benchmark --chunks 1000 100000

Asked are the questions of the sample articles, among as many made ones as --chunks says, the same each time.
The encoder is measured by itself; in a large index the vectors of what is made are made up, since only their
number and how they lie matter there. A question goes through the real encoder and the real reader. Writes
speed.json, with machine, date and commit, and speed.svg. With --keep the indexes stay in a folder and are
used again by the next run: 1,000,000 chunks took 52 minutes to make beside other work, and take 3.5 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import psutil
import torch
from rich.progress import track

from benchmarks.workload import ClusteredEncoder, Vocabulary, articles, fill, samples
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder, SentenceEncoder, load_encoder
from index.local import LocalIndex
from index.sync import ingest
from qa_service.config import Settings
from qa_service.pipeline import manifest

RESULTS = Path(__file__).parent / "results"
ENCODED = 400  # chunks, for the rate of the encoder
INGESTED = 1000  # chunks, for the rate from end to end
REPEATS = 3
MADE = (
    "Articles of words drawn as often as the samples have them, a twentieth of them made-up names, each "
    "on one of chunks / 100 topics. Vectors of 384 dimensions: the direction of the topic and 0.8 of the "
    "passage's own. Put in by LocalIndex.upsert, 5,000 articles to a transaction. And the sample "
    "articles, with the encoder's own vectors."
)

Figures = dict[str, Any]


def encoding(encoder: Encoder) -> Figures:
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


def ingesting(encoder: Encoder) -> Figures:
    """Chunks a second from articles to a saved index, with the real encoder."""
    vocabulary = Vocabulary.of([article.text for article in samples()])
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
        started = time.perf_counter()
        size = ChunkSize(settings.chunk_tokens, settings.chunk_overlap)
        for _ in track(ingest(index, encoder, size, articles(INGESTED, vocabulary)), "Ingesting"):
            pass
        index.save()
        taken = time.perf_counter() - started
        chunks = index.status().chunks
        index.close()
    return {"chunks": chunks, "chunks_per_second": round(chunks / taken, 1)}


def at_size(chunks: int, folder: Path) -> Figures:
    """All that depends on how much is in the index; one that is there already is used."""
    settings = Settings(data_dir=folder)
    started = time.perf_counter()
    was_there = settings.index_folder.exists()
    fill(settings.index_folder, manifest(settings, ClusteredEncoder()), chunks)
    filled = time.perf_counter() - started
    files = {path.name: path.stat().st_size for path in settings.index_folder.iterdir()}
    database = sum(size for name, size in files.items() if name.startswith("articles.db"))
    command = [sys.executable, "-m", "benchmarks.at_size", str(folder), str(chunks)]
    measured = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own)
    return {
        "chunks": chunks,
        "made": MADE,
        "seconds_to_make": None if was_there else round(filled),
        "megabytes_on_disk": round(sum(files.values()) / 1e6),
        "bytes_per_chunk_on_disk": {
            "database": round(database / chunks),
            "snapshot": round((sum(files.values()) - database) / chunks),
        },
        **json.loads(measured.stdout.splitlines()[-1]),
    }


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
        "load_before": round(os.getloadavg()[0], 1),
        "memory_gigabytes": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = [1_000, 100_000, 1_000_000]
    parser.add_argument("--chunks", type=int, nargs="*", default=sizes, metavar="N",
                        help="sizes of the index to measure at (default: 1000 100000 1000000)")  # fmt: skip
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="where the indexes are kept for the next run"
    )
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where the figures go")
    options = parser.parse_args()
    figures: Figures = {"machine": machine(), "start_seconds": starting()}
    encoder = load_encoder()
    figures |= {"encoding": encoding(encoder), "ingesting": ingesting(encoder), "sizes": []}
    del encoder
    with tempfile.TemporaryDirectory() as temporary:
        for chunks in options.chunks:
            folder = (options.keep or Path(temporary)) / f"{chunks}-chunks"
            folder.mkdir(parents=True, exist_ok=True)
            figures["sizes"].append(at_size(chunks, folder))
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=2)
    (options.out / "speed.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    draw(figures["sizes"], options.out / "speed.svg")


def draw(sizes: Sequence[Figures], path: Path) -> None:
    """Each figure against the size of the index."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    ((asking, searching), (serving, storing)) = figure.subplots(2, 2)
    counts = [size["chunks"] for size in sizes]

    def line(axes: Any, label: str, style: str, *keys: str) -> None:
        axes.plot(counts, [reduce(getitem, keys, size) for size in sizes], style, label=label)

    for part, style in (("total", "o-"), ("read", "s--"), ("search", "^--"), ("rest", "v:")):
        line(asking, part, style, "one_after_the_other", part, "p50")
    line(asking, "total, p95", "o:", "one_after_the_other", "total", "p95")
    line(asking, "total while articles are added", "x-", "while_articles_are_added", "total", "p50")
    line(asking, "total where all passages are read", "+-", "all_passages_read", "total", "p50")
    for kind in ("dense", "lexical"):
        for percentile, style in (("p50", "o-"), ("p95", "s--")):
            line(searching, f"{kind}, {percentile}", style, "searches", "none", kind, percentile)
    for clients in ("1", "4", "16"):
        line(serving, f"{clients} at once", "o-", "clients", clients, "questions_per_second")
    line(storing, "peak memory, MB", "o-", "peak_megabytes")
    line(storing, "index on disk, MB", "s-", "megabytes_on_disk")
    asking.set(title="a question", ylabel="milliseconds, median")
    searching.set(title="each search", ylabel="milliseconds")
    serving.set(title="clients", ylabel="questions a second")
    storing.set(title="memory and disk", yscale="log")
    for axes in (asking, searching, serving, storing):
        axes.set(xscale="log", xlabel="chunks in the index")
        if axes is not storing:
            axes.set_ylim(0, None)
        axes.legend(frameon=False, fontsize="x-small")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
