"""One machine of several around a Milvus cluster, run by test_milvus_nodes.py, which kills it:

python -m tests.milvus_child serve URI          says where it serves
python -m tests.milvus_child ingest URI A B C   puts the articles from A to B in, and tells of each; of C it
                                                writes the chunks alone, and then waits to be killed
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from index.encoder import HashingEncoder
from index.milvus import MilvusIndex
from index.milvus.cluster import Cluster, Row
from index.milvus.schema import ARTICLES
from index.sync import Change, ingest
from index.types import Article
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.server import serve
from tests.conftest import BY_MARGIN, SIZE, FirstSentence, manifest

ENCODER = HashingEncoder()


def article(number: int, version: int = 1) -> Article:
    text = f"Harbour {number} was opened by envoy{number}. This is version {version}. " * (1 + number % 4)
    return Article(f"article-{number}", text.strip(), f"Harbour {number}", source=f"source-{number % 3}")


class HaltingCluster(Cluster):
    """One that stops before it puts a certain article in force."""

    halting_at: str

    def upsert(self, name: str, rows: Sequence[Row]) -> None:
        if name == ARTICLES and rows[0]["article_id"] == self.halting_at:
            print("half-way", flush=True)
            sys.stdin.read()
        super().upsert(name, rows)


def main(what: str, uri: str, first: int = 0, end: int = 0, half: int = -1) -> None:
    index = MilvusIndex.open(uri, manifest=manifest(ENCODER))
    if what == "serve":
        settings = Settings(
            port=0, chunk_tokens=SIZE.tokens, chunk_overlap=SIZE.overlap, log_format="json", rate_limit="none"
        )
        serve(settings, lambda: Pipeline(settings, index, ENCODER, FirstSentence(), BY_MARGIN), as_json=True)
        return
    cluster = HaltingCluster.connect(uri)
    cluster.halting_at = f"article-{half}"
    index = MilvusIndex(index.manifest, cluster)
    for number in range(first, end):
        for outcome in ingest(index, ENCODER, SIZE, [article(number)]):
            assert isinstance(outcome, Change)
            print(outcome.kind, outcome.article_id, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
