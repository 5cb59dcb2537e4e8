"""A Milvus server for tests: milvus-lite, over gRPC on a free port of loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.article_index import Manifest
    from index.milvus import MilvusIndex


@dataclass(frozen=True)
class Milvus:
    """A server that runs; ``uri`` names a database of it."""

    uri: str
    client: Any

    def emptied(self, database: str = "tests") -> Milvus:
        """One of its databases, in which nothing is stored. To make new collections takes four seconds."""
        from index.milvus.schema import ARTICLES, CHUNKS, META, TERMS

        keys = {ARTICLES: "article_id", CHUNKS: "article_id", META: "key", TERMS: "term"}
        if database not in self.client.list_databases():
            self.client.create_database(database)
        self.client.use_database(database)
        for name, key in keys.items():
            if self.client.has_collection(name):
                self.client.delete(name, filter=f'{key} != ""')
        return Milvus(f"{self.uri}/{database}", self.client)

    def open(self, manifest: Manifest | None = None) -> MilvusIndex:
        from index.milvus import MilvusIndex

        return MilvusIndex.open(self.uri, manifest=manifest)


@contextmanager
def running(folder: Path) -> Iterator[Milvus]:
    """A server until the block ends; of one thread, since milvus-lite is not safe with several that write."""
    from pymilvus import MilvusClient

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "milvus_lite",
        "server",
        "--data-dir",
        str(folder),
        "--host",
        "127.0.0.1",
    ]
    command += ["--port", str(port), "--max-workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            assert "listening" in line, line
            client = MilvusClient(f"http://127.0.0.1:{port}", dedicated=True)
            yield Milvus(f"http://127.0.0.1:{port}", client)
            client.close()
        finally:
            server.terminate()
