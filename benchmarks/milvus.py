"""Milvus: what an article and a question cost there in calls, and whether it finds what a folder finds.

    python -m benchmarks.milvus http://127.0.0.1:19530/benchmark [--articles 500]

The database must be an empty one. The articles are those of benchmarks.compaction: storage is measured, no
model.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.compaction import SIZE, RandomEncoder, article
from index.article_index import Manifest
from index.local import LocalIndex
from index.milvus import MilvusIndex
from index.milvus.cluster import Cluster
from index.search import Search
from index.sync import ingest
from index.types import Article
from qa_service.did_you_mean import did_you_mean

QUESTIONS = 50
K = 10

CALLS = ("upsert", "delete", "query", "search", "hybrid_search", "query_iterator")

NAMED = Article("named", "Dennis Kimetto ran for two hours and three minutes.", "A marathon in Berlin")


class Counting:
    """A client of Milvus that counts what it is asked for."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in CALLS:
            self.calls[name] += 1
        attribute: Callable[..., Any] = getattr(self.client, name)
        return attribute


def measured(index: LocalIndex | MilvusIndex, articles: int) -> tuple[list[float], list[list[str]]]:
    """Milliseconds of an article and of a question, median and 95 %, and what each question found."""
    encoder = RandomEncoder()
    started = perf_counter()
    for _ in ingest(index, encoder, SIZE, map(article, range(articles))):
        pass
    each = 1000 * (perf_counter() - started) / articles
    search, times, found = Search(index, encoder, 0.3), [], []
    for number in range(QUESTIONS):
        question = article(number).text[:120]
        started = perf_counter()
        hits = search.hits(question, K)
        times.append(1000 * (perf_counter() - started))
        found.append([hit.article.article_id for hit in hits])
    return [each, float(np.median(times)), float(np.percentile(times, 95))], found


def main(uri: str, articles: int) -> None:
    encoder = RandomEncoder()
    manifest = Manifest(encoder.name, encoder.revision, encoder.dimension, SIZE.tokens, SIZE.overlap)
    MilvusIndex.open(uri, manifest=manifest).close()
    cluster = Cluster.connect(uri)
    counting = Counting(cluster._client)
    index = MilvusIndex(manifest, Cluster(uri, counting))
    table = Table("index", "ms an article", "ms a question (p50)", "(p95)")
    with tempfile.TemporaryDirectory() as folder:
        here, expected = measured(LocalIndex.open(Path(folder), manifest), articles)
    there, found = measured(index, articles)
    for name, times in (("embedded", here), ("milvus", there)):
        table.add_row(name, *(f"{time:.1f}" for time in times))
    shared = [len(set(a) & set(b)) / len(set(a)) for a, b in zip(expected, found, strict=True)]
    console = Console()
    console.print(table)
    console.print(f"{np.mean(shared):.1%} of the articles that the embedded index finds, Milvus finds too.")
    search = Search(index, encoder, 0.3)

    def ask(question: str) -> None:
        did_you_mean(question, index, search.hits(question, K))

    works: dict[str, Callable[[], object]] = {
        "an article put in": lambda: list(ingest(index, encoder, SIZE, [NAMED])),
        "one that is unchanged": lambda: list(ingest(index, encoder, SIZE, [NAMED])),
        "a question": lambda: ask("when did Dennis Kimetto run"),
        "a question with a name that is misspelt": lambda: ask("when did Dennis Kimeto run"),
    }
    for what, work in works.items():
        counting.calls.clear()
        work()
        console.print(f"Calls for {what}: {sum(counting.calls.values())} {dict(counting.calls)}")
    index.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("uri")
    parser.add_argument("--articles", type=int, default=500)
    main(parser.parse_args().uri, parser.parse_args().articles)
