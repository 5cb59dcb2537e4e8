"""How fast and how good is search here, beside txtai and Haystack in the same run?

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -r benchmarks/peers/requirements.txt
    python -m benchmarks.peers /tmp/peers/bin/python --squad dev.json.gz --chunks 100000

All three get the same passages (ours, with the title in front), the same questions and the same encoder
weights, each in its own process, by turns. First the paragraphs of a SQuAD file, joined into articles: how
long until all can be searched (here with cutting and storing them), how long a question takes, and where the
passage with the answer stands. Then as many made-up passages as --chunks says, whose vectors are given: how
long a search takes without the encoder. Writes benchmarks/results/peers.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.retrieval import Question, squad
from benchmarks.speed import machine
from benchmarks.workload import ClusteredEncoder, Vocabulary, articles, questions, samples
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder, load_encoder
from index.types import Article
from qa_service.config import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "results" / "peers.json"
ASKED = 1000
ASKED_OF_MANY = 40

Figures = dict[str, Any]


def prepare(folder: Path, found: Sequence[Article], encoder: Encoder) -> list[dict[str, Any]]:
    """Write articles and passages; gives the passages, with their places."""
    settings = Settings()
    size = ChunkSize(settings.chunk_tokens, settings.chunk_overlap)
    passages = []
    for article in track(found, "Cutting"):
        chunks = chunk(article, size, encoder.count_tokens)
        texts = encoder_texts(article, chunks, encoder.count_tokens)
        for each, text in zip(chunks, texts, strict=True):
            row = {"article_id": article.article_id, "start": each.start, "end": each.end, "text": text}
            passages.append(row)
    write(folder / "articles.jsonl", (asdict(article) for article in found))
    write(folder / "passages.jsonl", passages)
    return passages


def real(folder: Path, file: Path) -> list[set[int]]:
    """The file's articles and some of its questions; for each the passages that hold the answer."""
    found, asked = squad(file)
    passages = prepare(folder, found, load_encoder())
    asked = asked[:: max(len(asked) // ASKED, 1)][:ASKED]
    write(folder / "questions.jsonl", ({"question": each.question} for each in asked))
    return [right(each, passages) for each in asked]


def right(asked: Question, passages: Sequence[dict[str, Any]]) -> set[int]:
    return {
        number
        for number, row in enumerate(passages)
        if row["article_id"] == asked.article_id and row["start"] <= asked.start and asked.end <= row["end"]
    }


def made(folder: Path, count: int) -> None:
    """So many passages with vectors, and questions with theirs."""
    vocabulary = Vocabulary.of([article.text for article in samples()])
    encoder = ClusteredEncoder()
    passages = prepare(folder, list(articles(count, vocabulary)), encoder)
    asked = questions(ASKED_OF_MANY, vocabulary, topics=count // 100)
    write(folder / "questions.jsonl", ({"question": each} for each in asked))
    np.save(folder / "vectors.npy", encoder.encode([row["text"] for row in passages]))
    np.save(folder / "question_vectors.npy", encoder.encode(asked))


def contest(folder: Path, python: str) -> dict[str, Figures]:
    """What each of the three says of the folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    environment["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    contestants = {
        "here": (sys.executable, "own.py"),
        "txtai": (python, "with_txtai.py"),
        "Haystack": (python, "with_haystack.py"),
    }
    said = {}
    for name, (interpreter, script) in contestants.items():
        command = [interpreter, str(HERE / script), str(folder)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
        said[name] = json.loads(done.stdout.splitlines()[-1])
    return said


def figures(said: Figures, gold: Sequence[set[int]] | None) -> Figures:
    times = sorted(said["query_ms"])
    summary = {
        "index_seconds": round(said["index_seconds"], 1),
        "query_ms_p50": round(median(times), 1),
        "query_ms_p95": round(times[int(len(times) * 0.95)], 1),
        "peak_megabytes": round(said["peak_bytes"] / 1e6),
    }
    if gold is None:
        return summary
    ranks = [
        next((rank for rank, number in enumerate(found, start=1) if number in answers), None)
        for found, answers in zip(said["found"], gold, strict=True)
    ]
    hits = {f"hit@{k}": round(fmean(rank is not None and rank <= k for rank in ranks), 3) for k in (1, 5, 10)}
    return {**summary, **hits, "mrr@10": round(fmean(1 / rank if rank else 0 for rank in ranks), 3)}


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def show(title: str, results: dict[str, Figures]) -> None:
    table = Table("", *results, title=title)
    for key in next(iter(results.values())):
        table.add_row(key, *(str(each[key]) for each in results.values()))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", help="the interpreter of an environment with txtai and Haystack")
    parser.add_argument("--squad", type=Path, required=True, metavar="FILE", help="SQuAD v2.0 JSON")
    parser.add_argument("--chunks", type=int, default=100_000, help="made-up passages (default: 100000)")
    options = parser.parse_args()
    results: Figures = {"machine": machine()}
    with tempfile.TemporaryDirectory() as folder:
        gold = real(Path(folder), options.squad)
        said = contest(Path(folder), options.python)
        results["real"] = {name: figures(each, gold) for name, each in said.items()}
        show("The articles of a SQuAD file", results["real"])
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder), options.chunks)
        said = contest(Path(folder), options.python)
        results["made"] = {name: figures(each, None) for name, each in said.items()}
        show(f"{options.chunks:,} made-up passages, vectors given", results["made"])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
