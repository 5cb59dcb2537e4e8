"""Compaction: how far an index shrinks after half of it is deleted, and that it still finds the same.

    python -m benchmarks.compaction [--articles 20000]

The articles are random words of a Zipf-like vocabulary, and their vectors random directions: what is
measured is storage, no model.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index.article_index import Manifest
from index.chunking import ChunkSize
from index.local import LocalIndex
from index.search import Search
from index.sync import ingest
from index.types import Article, FloatArray

SIZE = ChunkSize(tokens=160, overlap=1)
QUESTIONS = 200
K = 20


class RandomEncoder:
    """A direction of its own for each text."""

    name, revision, dimension, max_tokens = "random", "1", 384, 256

    def encode(self, texts: Sequence[str]) -> FloatArray:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(self.dimension, np.float32) for seed in seeds]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, self.dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def article(number: int, sentences: int = 10) -> Article:
    rng = random.Random(number)  # noqa: S311
    text = " ".join(_sentence(rng) for _ in range(sentences))
    return Article(f"article-{number}", text, _sentence(rng, 8))


def _sentence(rng: random.Random, words: int = 16) -> str:
    return " ".join(f"w{int(rng.paretovariate(0.6)) % 30_000}" for _ in range(words)).capitalize() + "."


def filled(folder: Path, numbers: Sequence[int], sentences: int = 10) -> LocalIndex:
    encoder = RandomEncoder()
    manifest = Manifest(encoder.name, encoder.revision, encoder.dimension, SIZE.tokens, SIZE.overlap)
    index = LocalIndex.open(folder, manifest)
    with index.rebuilding(manifest):  # all in one transaction, which is quicker
        articles = (article(number, sentences) for number in track(numbers, "Filling"))
        for _ in ingest(index, encoder, SIZE, articles):
            pass
    index.save()
    return index


def delete(index: LocalIndex, article_ids: Sequence[str]) -> None:
    for article_id in track(article_ids, "Deleting"):
        index.delete(article_id)


def found(index: LocalIndex, question: str) -> list[tuple[str, str, int, float]]:
    """What dense, lexical and fused search find: kind, article, place and score."""
    encoder = RandomEncoder()
    searches = {
        "dense": index.search_dense(encoder.encode([question])[0], K),
        "lexical": index.search_lexical(question, K),
    }
    rows = []
    for kind, scored in searches.items():
        passages = index.passages([chunk_id for chunk_id, _ in scored])
        rows += [(kind, passages[i].article.article_id, passages[i].chunk.start, s) for i, s in scored]
    hits = Search(index, encoder, lexical_weight=0.3).hits(question, K)
    return [*rows, *(("fused", hit.article.article_id, hit.start, hit.score) for hit in hits)]


def same(rows: Sequence[tuple[str, str, int, float]], others: Sequence[tuple[str, str, int, float]]) -> bool:
    """The same passages, and scores that differ by rounding alone."""
    return sorted(row[:3] for row in rows) == sorted(row[:3] for row in others) and np.allclose(
        [row[3] for row in rows], [row[3] for row in others], atol=1e-5
    )


def size(folder: Path) -> float:
    """Megabytes."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000)
    count = parser.parse_args().articles

    table = Table("step", "seconds", "MB after it")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as fresh_folder:
        path, fresh_path = Path(folder), Path(fresh_folder)
        started = perf_counter()
        index = filled(path, range(count))

        def row(step: str, seconds: float) -> None:
            table.add_row(step, f"{seconds:.1f}", f"{size(path):.1f}")

        row(f"ingest {count:,} articles, {index.status().chunks:,} passages", perf_counter() - started)
        gone = [f"article-{number}" for number in range(0, count, 2)]
        row(f"delete {len(gone):,}", timed(lambda: delete(index, gone)))
        row("save", timed(index.save))
        row("delete one more", timed(lambda: index.delete("article-1")))
        row("save", timed(index.save))
        row("compact", timed(index.compact))
        row("verify", timed(lambda: print("Problems:", index.verify())))
        fresh = filled(fresh_path, range(3, count, 2))
        table.add_row("an index of the remaining half alone", "", f"{size(fresh_path):.1f}")
        fresh.compact()
        table.add_row("the same, compacted", "", f"{size(fresh_path):.1f}")
        rng = random.Random(1)  # noqa: S311
        questions = [_sentence(rng, 6) for _ in range(QUESTIONS)]
        agree = sum(same(found(index, question), found(fresh, question)) for question in questions)
        index.close()
        fresh.close()
    console = Console(width=110)
    console.print(table)
    console.print(f"The same hits for {agree} of {len(questions)} questions, dense, lexical and fused.")


if __name__ == "__main__":
    main()
