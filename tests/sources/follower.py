"""An index that follows sources."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from index.encoder import HashingEncoder
from index.follow import Run, follow
from index.loaders import Failure
from index.local import LocalIndex
from index.registry import Registry, Source
from index.search import Search
from index.sources import reading
from index.sources.fetch import Fetcher
from index.sync import Change
from tests.conftest import SIZE


class Follower:
    """An index, its registry, and runs over the sources in it."""

    def __init__(self, index: LocalIndex, encoder: HashingEncoder, fetcher: Fetcher) -> None:
        self.index = index
        self.encoder = encoder
        self.fetcher = fetcher
        self.registry = Registry.open(index.folder)

    def add(self, name: str, kind: str, location: str | Path) -> None:
        self.registry.add(Source(name, kind, str(location)))  # type: ignore[arg-type]

    def outcomes(
        self, name: str, approved: bool = False, stop: Event | None = None
    ) -> Iterator[Change | Failure]:
        source = reading(self.registry.get(name), self.fetcher)
        run = Run(stop or Event(), approved)
        return follow(self.index, self.encoder, SIZE, self.registry, name, source, run)

    def sync(self, name: str, approved: bool = False) -> dict[str, set[str]]:
        """The texts' ids by what became of them, failures by their reason; the index is sound after each."""
        done: dict[str, set[str]] = {}
        for outcome in self.outcomes(name, approved):
            if isinstance(outcome, Change):
                done.setdefault(outcome.kind, set()).add(outcome.article_id)
            else:
                done.setdefault("failed", set()).add(outcome.reason)
        assert not self.index.verify()
        return done

    def ids(self) -> set[str]:
        return {article.article_id for article in self.index.list(1000)}

    def found(self, question: str) -> str:
        """All that search brings for a question."""
        hits = Search(self.index, self.encoder, 0.3).hits(question, 50)
        return " ".join(hit.text for hit in hits)
