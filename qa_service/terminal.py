"""Terminal: what people see of the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.progress import track as rich_track
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from index.article_index import Status
    from index.loaders import Failure
    from index.sync import Change
    from qa_service.metrics import Metrics
    from qa_service.timeframe import Timeframe
    from qa_service.types import Citation, Generated, Reply

T = TypeVar("T")

_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}
"""Articles may hold escape sequences, which must not steer the terminal."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_KINDS = ("added", "changed", "unchanged", "gone", "failed")

SURE, LIKELY = 0.8, 0.5
"""From these confidences on an answer is called so, in the terminal as on the page."""


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
            err.print(_text(f"✗ {getattr(outcome, 'location', '')}: {reason}", style="red"))

    def summarise(self, status: Status) -> None:
        counts = ", ".join(f"{self.counts[kind]} {kind}" for kind in self.kinds)
        out.print(
            _text(f"{self.source}: " if self.source else "")
            + Text(
                f"{counts} in {perf_counter() - self.started:.1f} s. "
                f"The index has {status.articles} articles in {status.chunks} chunks."
            )
        )


def _text(words: str, style: str = "") -> Text:
    return Text(words.translate(_CONTROLS), style)


def activity(words: str, quiet: bool) -> AbstractContextManager[object]:
    """Show that something is going on."""
    return nullcontext() if quiet else err.status(f"{words} …")


def track(items: Sequence[T], quiet: bool) -> Iterable[T]:
    """The items, with a progress bar."""
    return items if quiet else rich_track(items, "Asking", console=err, transient=True)


def lines(quiet: bool) -> Iterator[str]:
    """What is typed, until Ctrl-D; the arrow keys edit them and bring back the former ones."""
    with suppress(ImportError):  # not on Windows, whose terminal does the same
        import readline  # noqa: F401
    with suppress(EOFError):
        while True:
            yield input("" if quiet else "> ").strip()


def confidence_in_words(confidence: float) -> str:
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "unsure"


def print_reply(reply: Reply) -> None:
    """The answer, the quoted sentence and where it stands; above, what was searched for, where it differs."""
    if reply.standalone_question != reply.question:
        out.print(_text(f"Searched for: {reply.standalone_question}", style="dim"))
    if reply.did_you_mean:
        out.print(_text(f"Did you mean: {reply.did_you_mean}", style="dim"))
    if reply.timeframe:
        out.print(_text(_of_time(reply.timeframe), style="dim"))
    if reply.generated:
        _print_generated(reply.generated)
    if reply.note:
        out.print(_text(reply.note, style="dim"))
    by_id = {citation.id: citation for citation in reply.citations}
    if not reply.answerable:
        out.print(Text("The articles don't say.", style="bold"))
        out.print(Text("The closest passages:", style="dim"))
        _print_citations(reply.citations)
    elif reply.kind == "list":
        _print_list(reply)
    else:
        for answer in reply.answers:
            _print_answer(answer.text, answer.confidence)
            _print_citations([by_id[number] for number in answer.citations])


def _print_generated(generated: Generated) -> None:
    """The sentences of a language model with their numbers, marked where no article says them."""
    text = Text()
    for sentence in generated.sentences:
        numbers = "".join(f"[{number}]" for number in sentence.citations)
        mark = "" if sentence.supported else " (not found in the articles)"
        text.append_text(_text("\n" if sentence.begins_line and len(text) else ""))
        text.append_text(Text.assemble(_text(sentence.text), f" {numbers}", (mark, "red"), " "))
    out.print(text)
    for citation in generated.citations:
        title = citation.title or "Untitled article"
        out.print(_text(f"  [{citation.id}] {title}: “{citation.quote}”", style="dim"))
    out.print(Text("\nIn the articles' words:", style="dim"))


def _of_time(timeframe: Timeframe) -> str:
    done = {
        "since": f"articles from {timeframe.after} on",
        "latest": "the newest answer first",
        "around": "answers of that time first",
    }
    return f"“{timeframe.words}”: {done[timeframe.kind]}"


def _print_list(reply: Reply) -> None:
    """The list in a line, its members, and each sentence that names some of them once."""
    _print_answer(str(reply.answer), reply.confidence)
    for member in reply.answers:
        word = confidence_in_words(member.confidence)
        note = "" if word == confidence_in_words(reply.confidence) else f"  ({word}, {member.confidence:.0%})"
        out.print(Padding(Text.assemble("• ", _text(member.text), (note, "dim")), (0, 0, 0, 2)))
    out.print()
    _print_citations(reply.citations)


def _print_answer(text: str, confidence: float) -> None:
    words = f"  ({confidence_in_words(confidence)}, {confidence:.0%})"
    out.print(Text.assemble(_text(text, "bold green"), (words, "dim")))


def _print_citations(citations: Iterable[Citation]) -> None:
    for sentence in by_sentence(citations):
        out.print(Padding(quoted(sentence), (0, 0, 0, 2)))
        first = sentence[0]
        page = f"p. {first.page}" if first.page else None
        more = f"and {len(first.copies)} more with this report" if first.copies else None
        details = [first.title, page, first.source, first.published, first.url, more]
        out.print(Padding(_text("— " + " · ".join(filter(None, details)), style="dim"), (0, 0, 1, 2)))


def by_sentence(citations: Iterable[Citation]) -> list[list[Citation]]:
    """The citations of the same sentence of an article together."""
    groups: dict[tuple[str, int, int], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.article_id, *_sentences(citation)), []).append(citation)
    return list(groups.values())


def quoted(citations: Sequence[Citation]) -> Text:
    """The sentence that the citations share, with their quotes marked."""
    passage, passage_start = citations[0].passage, citations[0].passage_start
    start, end = _sentences(citations[0])
    text = _text(f"“{passage[start - passage_start : end - passage_start]}”")
    for citation in citations:
        text.stylize("underline", 1 + citation.start - start, 1 + citation.end - start)
    return text


def _sentences(citation: Citation) -> tuple[int, int]:
    """Where the sentences that the quote stands in begin and end in the article's text."""
    from index.chunking import sentence_spans

    passage_start, start, end = citation.passage_start, citation.start, citation.end
    spans = [(passage_start + a, passage_start + b) for a, b in sentence_spans(citation.passage)]
    around = [span for span in spans if span[0] < end and start < span[1]] or [(start, end)]
    return around[0][0], around[-1][1]


def print_table(rows: Mapping[str, Any]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in rows.items():
        table.add_row(Text(name.replace("_", " "), style="dim"), _text(str(value)))
    out.print(table)


def print_metrics(metrics: Metrics) -> None:
    """A table for each group of metrics that were measured, with what each one means."""
    from qa_service.metrics import GROUPS

    for title, names in GROUPS.items():
        table = Table(
            title=title, title_style="bold", title_justify="left", show_header=False, box=None,
            padding=(0, 2, 0, 0),
        )  # fmt: skip
        table.add_column(min_width=20)
        table.add_column(justify="right", min_width=7)
        table.add_column(style="dim")
        for name, meaning in names.items():
            if (value := metrics[name]) is not None:
                table.add_row(name, f"{value:.3f}" if isinstance(value, float) else f"{value:,}", meaning)
        if table.row_count:
            out.print(table)


def print_rows(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A table with a column for each name; what is not known is left empty."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_text("" if row[name] is None else str(row[name])) for name in names))
    out.print(table)


def print_problems(problems: Sequence[str], status: Status) -> None:
    for problem in problems:
        out.print(_text(f"✗ {problem}", style="red"))
    if not problems:
        out.print(
            f"Sound: {status.articles} articles, {status.chunks} chunks, generation {status.generation}."
        )
