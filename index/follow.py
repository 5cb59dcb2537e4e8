"""Follow: the index brought in step with a registered source.

A document is remembered as read only when all of its articles are committed, so a run that is
interrupted anywhere goes on from there. That it holds an article is noted before, so that the article goes
with it even if it goes before the next run. Nothing is deleted while the source is read: what it lost is
known at the end, when it can be seen how much that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TypeAlias

from index.article_index import ArticleIndex
from index.chunking import ChunkSize
from index.clock import now
from index.encoder import Encoder
from index.errors import ArticleNotFound, SourceError
from index.loaders import Failure
from index.registry import Document, Holder, Registry
from index.sources.findings import NOTHING_KNOWN, Finding, Found, Gone, Known, Reading, Same
from index.sync import Change, ingest
from index.types import Article

_UNKNOWN = Document()

Losses: TypeAlias = Mapping[str, set[Holder]]
"""Articles, and the documents that hold them no longer."""


@dataclass(frozen=True)
class Run:
    """How a source is followed: ``stop`` ends it early, ``approved`` lets more than half be deleted."""

    stop: Event
    approved: bool = False


def follow(
    index: ArticleIndex, encoder: Encoder, size: ChunkSize,
    registry: Registry, name: str, reading: Reading, run: Run,
) -> Iterator[Change | Failure]:  # fmt: skip
    """Bring in what is new and changed, then delete what is gone; an outcome for each as it is known.

    A source that can't be read, and one of which more than half is gone without ``run.approved``, is a
    Failure, and nothing of it is deleted. An article stays as long as any source has it.
    """
    ledger = _Ledger(registry, name, run.stop)
    for outcome in ingest(index, encoder, size, ledger.contents(reading)):
        ledger.note(outcome)
        yield outcome
    ledger.write()
    if not ledger.is_complete:
        return
    losses = ledger.losses()
    orphans = [
        article_id for article_id, holders in losses.items() if not registry.holders(article_id) - holders
    ]
    if 2 * len(orphans) > ledger.size and not run.approved:
        yield Failure(
            name,
            f"has lost {len(orphans)} of its {ledger.size} articles, so nothing was deleted; "
            f"if that is right: python -m qa_service sync {name} --yes",
        )
        return
    yield from _release(index, registry, losses, run.stop)
    if not run.stop.is_set():
        ledger.write_losses()
        registry.synced(name, now())


def remove(index: ArticleIndex, registry: Registry, name: str, stop: Event) -> Iterator[Change]:
    """Delete the articles that no other source holds, then forget the source."""
    losses: dict[str, set[Holder]] = {}
    for key, document in registry.documents(name).items():
        for article_id in document.all_ids:
            losses.setdefault(article_id, set()).add((name, key))
    yield from _release(index, registry, losses, stop)
    if not stop.is_set():
        registry.remove(name)


def _release(index: ArticleIndex, registry: Registry, losses: Losses, stop: Event) -> Iterator[Change]:
    """Delete each article, unless another document holds it: then that one is read again.

    The index may hold the article as the document had it that is gone, and not as the other one has it.
    """
    for article_id, holders in losses.items():
        if stop.is_set():
            return
        if others := registry.holders(article_id) - holders:
            registry.read_again(others)
            continue
        with suppress(ArticleNotFound):  # deleted by hand, or before an interruption
            index.delete(article_id)
        yield Change("gone", article_id)


class _Ledger:
    """What one run finds in one source, against what was known of it.

    ``is_complete`` says whether the source was read to its end, ``size`` how many articles it had.
    """

    def __init__(self, registry: Registry, name: str, stop: Event) -> None:
        self.is_complete = False
        self._registry = registry
        self._name = name
        self._stop = stop
        self._before = registry.documents(name)
        self._read: dict[str, Document] = {}
        self._uncommitted: set[str] = set()
        self._smaller: dict[str, Document] = {}
        self._gone: set[str] = set()
        known = (document.article_ids or document.claimed for document in self._before.values())
        self.size = len(set().union(*known))

    def contents(self, reading: Reading) -> Iterator[Article | Failure | Change]:
        """What is to be ingested, and outcomes where there is nothing to do."""
        known: Known = {key: document.state for key, document in self._before.items()}
        try:
            for finding in reading.findings(known):
                yield from self._outcomes(finding)
                if self._stop.is_set():
                    return
        except SourceError as error:
            yield Failure(self._name, f"can't be read now, and was left as it is: {error}")
            return
        self.is_complete = True

    def note(self, outcome: Change | Failure) -> None:
        """Take in what became of an article, and remember the documents that are done with it."""
        if isinstance(outcome, Change):
            self._uncommitted.discard(outcome.article_id)
        self.write()

    def write(self) -> None:
        """Remember the documents that were read, once all of their articles are committed."""
        if self._read and not self._uncommitted:
            self._registry.record(self._name, self._read)
            self._read = {}

    def losses(self) -> Losses:
        """What documents that are gone or smaller held; not what has moved to another of them."""
        kept = {each for document in self._smaller.values() for each in document.article_ids}
        losses: dict[str, set[Holder]] = {}
        for key in [*self._gone, *self._smaller]:
            for article_id in self._before[key].all_ids - kept:
                losses.setdefault(article_id, set()).add((self._name, key))
        return losses

    def write_losses(self) -> None:
        """Forget the documents that are gone, and what the smaller ones held."""
        self._registry.forget(self._name, self._gone)
        self._registry.record(self._name, self._smaller)

    def _outcomes(self, finding: Finding) -> Iterator[Article | Failure | Change]:
        match finding:
            case Failure():
                yield finding
            case Same():
                known = self._before.get(finding.key, _UNKNOWN)
                yield from (Change("unchanged", article_id) for article_id in sorted(known.article_ids))
            case Gone():
                if finding.key in self._before:
                    self._gone.add(finding.key)
            case Found():
                yield from self._contents_of(finding)

    def _contents_of(self, found: Found) -> Iterator[Article | Failure]:
        before = self._before.get(found.key, _UNKNOWN)
        now: set[str] = set()
        has_failed = False
        for content in found.contents:
            if isinstance(content, Failure):
                has_failed = True
            else:
                if content.article_id not in before.all_ids:
                    self._registry.claim(self._name, found.key, content.article_id)
                now.add(content.article_id)
                self._uncommitted.add(content.article_id)
            yield content
            if self._stop.is_set():
                return
        if before.article_ids and not now and not has_failed:
            has_failed = True
            yield Failure(found.key, "gives no article any more; what it gave stays until it is gone itself")
        if has_failed:
            # What it held may stand where it can't be read. It is read again until it is mended.
            self._read[found.key] = Document(NOTHING_KNOWN, before.all_ids | now)
        elif before.all_ids <= now:
            self._read[found.key] = Document(found.state, frozenset(now))
        else:
            self._smaller[found.key] = Document(found.state, frozenset(now))
