"""Which score tells a sentence that a passage supports from one that it doesn't?

    python -m benchmarks.support

benchmarks/support.jsonl has 120 sentences about ten of the sample articles. Half say what the article says,
in near or in other words; of the others something is wrong: a number, a name, a negation, who did what, or
all of it. Each is weighed against the passages of its article, as a generated answer is. Shown are the area
under the ROC curve, and at the best threshold how many of the supported are kept and of the others marked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from index.chunking import ChunkSize, chunk
from index.encoder import load_encoder
from index.loaders import load
from index.types import Article, Hit
from qa_service.config import Settings
from qa_service.reader import SpanReader
from qa_service.support import SUPPORTED, Support, details

ROWS = Path(__file__).with_suffix(".jsonl")
ARTICLES = Path("samples/articles")
Row = dict[str, Any]


class Scores:
    """The scores that are compared, each of a sentence and the passages of its article."""

    def __init__(self) -> None:
        self.encoder = load_encoder()
        self.reader = SpanReader.load()
        self.articles = {each.article_id: each for file in ARTICLES.iterdir() for each in load(file)
                         if isinstance(each, Article)}  # fmt: skip
        size = ChunkSize(Settings.chunk_tokens, Settings.chunk_overlap)
        self.hits = {
            article.article_id: [
                Hit(0, article, part.start, part.end, 1, 1, 1)
                for part in chunk(article, size, self.encoder.count_tokens)
            ]
            for article in self.articles.values()
        }
        self.supports = {name: Support(self.encoder, hits) for name, hits in self.hits.items()}

    def shipped(self, row: Row) -> float:
        return self._support(row).anywhere(row["sentence"]).score

    def cosine(self, row: Row) -> float:
        vector = self.encoder.encode([row["sentence"]])[0]
        return max(passage.closest(vector)[1] for passage in self._support(row).passages.values())

    def share(self, row: Row) -> float:
        asked, vector = details(row["sentence"]), self.encoder.encode([row["sentence"]])[0]
        passages = self._support(row).passages.values()
        return max(asked.share_in(each.words(each.closest(vector)[0])) for each in passages)

    def margin(self, row: Row) -> float:
        return max(span.margin for span in self.reader.read(row["sentence"], self.hits[row["article_id"]]))

    def _support(self, row: Row) -> Support:
        return self.supports[row["article_id"]]


def main() -> None:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    supported = np.array([row["supported"] for row in rows])
    scores = Scores()
    table = Table("score", "AUC", "threshold", "supported, kept", "others, marked", box=None)
    compared: dict[str, Callable[[Row], float]] = {
        "the reader's margin": scores.margin,
        "share of names and numbers": scores.share,
        "cosine": scores.cosine,
        "cosine x share": scores.shipped,
    }
    for name, score in compared.items():
        values = np.array([score(row) for row in rows])
        accuracies = {float(at): ((values >= at) == supported).mean() for at in np.unique(values)}
        best = max(accuracies, key=accuracies.__getitem__)
        thresholds = [best] + [SUPPORTED] * (score == scores.shipped)
        for threshold in thresholds:
            kept, marked = (values[supported] >= threshold).mean(), (values[~supported] < threshold).mean()
            auc = f"{roc_auc_score(supported, values):.3f}"
            table.add_row(name, auc, f"{threshold:.2f}", f"{kept:.0%}", f"{marked:.0%}")
    Console().print(table)
    kinds = Table("kind", "sentences", "called supported", box=None)
    for kind in dict.fromkeys(row["kind"] for row in rows):
        some = [row for row in rows if row["kind"] == kind]
        called = sum(scores.shipped(row) >= SUPPORTED for row in some)
        kinds.add_row(kind, str(len(some)), f"{called / len(some):.0%}")
    Console().print(kinds)


if __name__ == "__main__":
    main()
