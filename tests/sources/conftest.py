"""A site on loopback, a client for it, and an index that follows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.sources.fetch import Fetcher, Limits
from index.sources.guard import GuardedBackend, any_address
from tests.sources.follower import Follower
from tests.web import Web

AGENT = "test-reader/1.0"


QUICK = Limits(seconds=120, silence=60, attempts=1, delay=0)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(AGENT, GuardedBackend(any_address), QUICK)
    yield fetcher
    fetcher.close()


@pytest.fixture
def follower(index: LocalIndex, encoder: HashingEncoder, fetcher: Fetcher) -> Iterator[Follower]:
    follower = Follower(index, encoder, fetcher)
    yield follower
    follower.registry.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("ada", "bea", "cleo", "dora"):
        (folder / f"{name}.md").write_text(f"---\nid: {name}\n---\n{name} tells a story.", encoding="utf-8")
    return folder
