"""Outcomes: what became of each document, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from qa_service.terminal.console import err, out, plain

if TYPE_CHECKING:
    from index.article_index import Status
    from index.loaders import Failure
    from index.sync import Change

_KINDS = ("added", "changed", "unchanged", "gone", "failed")


class Report:
    """Counts what became of each document; ``source`` is the registered source that it is about."""

    def __init__(self, source: str | None = None) -> None:
        self.source = source
        self.counts: Counter[str] = Counter()
        self.chunks = 0
        self.started = perf_counter()

    @property
    def failures(self) -> int:
        return self.counts["failed"]

    @property
    def kinds(self) -> Sequence[str]:
        """The outcomes there can be, in the order in which they are told."""
        return [kind for kind in _KINDS if kind != "gone" or self.source]

    @property
    def has_news(self) -> bool:
        return any(self.counts[kind] for kind in self.kinds if kind != "unchanged")

    def expect(self, total: int) -> None:
        """So many outcomes are to come in all, as far as is known now."""

    def add(self, outcome: Change | Failure) -> None:
        self.counts[getattr(outcome, "kind", "failed")] += 1
        self.chunks += getattr(outcome, "chunks", 0)


class JsonReport(Report):
    """One JSON object a line, written as soon as it is true."""

    def __enter__(self) -> JsonReport:
        return self

    def __exit__(self, *_: object) -> None: ...

    def add(self, outcome: Change | Failure) -> None:
        super().add(outcome)
        self._print({"kind": "failed", **asdict(outcome)})

    def summarise(self, status: Status) -> None:
        summary = {kind: self.counts[kind] for kind in self.kinds}
        seconds = round(perf_counter() - self.started, 2)
        self._print({"kind": "summary", **summary, "seconds": seconds, **asdict(status)})

    def _print(self, row: dict[str, Any]) -> None:
        source = {"source": self.source} if self.source else {}
        click.echo(json.dumps(source | row, ensure_ascii=False))


class ProgressReport(Report):
    """A bar with rate and time left; failures are told as they happen."""

    def __init__(self, total: int, source: str | None = None) -> None:
        super().__init__(source)
        self.progress = Progress(
            TextColumn(f"Reading {source or 'articles'}", markup=False), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=err, transient=True,
        )  # fmt: skip
        self.task = self.progress.add_task("articles", total=total, rate="")

    def __enter__(self) -> ProgressReport:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def expect(self, total: int) -> None:
        self.progress.update(self.task, total=total)

    def add(self, outcome: Change | Failure) -> None:
        super().add(outcome)
        rate = sum(self.counts.values()) / (perf_counter() - self.started)
        self.progress.update(self.task, advance=1, rate=f"{rate:.1f}/s")
        if reason := getattr(outcome, "reason", None):
            err.print(plain(f"✗ {getattr(outcome, 'location', '')}: {reason}", style="red"))

    def summarise(self, status: Status) -> None:
        counts = ", ".join(f"{self.counts[kind]} {kind}" for kind in self.kinds)
        out.print(
            plain(f"{self.source}: " if self.source else "")
            + Text(
                f"{counts} in {perf_counter() - self.started:.1f} s. "
                f"The index has {status.articles} articles in {status.chunks} chunks."
            )
        )
