"""This project, by its default settings: articles are cut, encoded and stored for good, as ingest does it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import contest
from index.article_index import Manifest
from index.local import LocalIndex
from index.search import Search
from index.types import Article, Chunk, FloatArray
from qa_service.config import Settings
from qa_service.pipeline import Pipeline

COMMITTED_TOGETHER = 32
"""Articles of four passages; ingest commits as many."""


class Own:
    def index(self, given: contest.Contest) -> None:
        # Kept as long as the process, which is the contest.
        self.folder = tempfile.TemporaryDirectory()
        settings = Settings(data_dir=Path(self.folder.name))
        passages = contest.read(given.folder / "passages.jsonl")
        self.numbers = {(row["article_id"], row["start"]): number for number, row in enumerate(passages)}
        if given.vectors is None:
            pipeline = Pipeline.open(settings)
            for _ in pipeline.ingest(Article(**row) for row in contest.read(given.folder / "articles.jsonl")):
                pass
            pipeline.save()
            self.engine = pipeline.search
            return
        manifest = Manifest(
            "given", "1", given.vectors.shape[1], settings.chunk_tokens, settings.chunk_overlap
        )
        index = LocalIndex.open(settings.index_folder, manifest)
        cut = _cut(given, passages, given.vectors)
        while some := list(islice(cut, COMMITTED_TOGETHER)):
            with index.together():
                for article, chunks, vectors in some:
                    index.upsert(article, chunks, vectors)
        index.save()
        self.given = Given()
        self.engine = Search(index, self.given, settings.lexical_weight)

    def search(self, question: str, vector: contest.Vector | None) -> list[int]:
        if vector is not None:
            self.given.vector = vector
        hits = self.engine.hits(question, contest.FOUND)
        return [self.numbers.get((hit.article.article_id, hit.start), -1) for hit in hits]


class Given:
    """An encoder of one question, whose vector is known."""

    vector: contest.Vector

    def encode(self, texts: Sequence[str]) -> FloatArray:
        return np.stack([self.vector for _ in texts])


def _cut(
    given: contest.Contest, passages: Sequence[dict[str, Any]], vectors: FloatArray
) -> Iterator[tuple[Article, list[Chunk], FloatArray]]:
    """Each article with its chunks and their vectors."""
    articles = {row["article_id"]: Article(**row) for row in contest.read(given.folder / "articles.jsonl")}
    first = 0
    for article_id, rows in groupby(passages, key=lambda row: row["article_id"]):
        chunks = [Chunk(row["start"], row["end"]) for row in rows]
        yield articles[article_id], chunks, vectors[first : first + len(chunks)]
        first += len(chunks)


contest.run(Own())
