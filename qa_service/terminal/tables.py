"""Tables: figures and lists, and what is wrong with an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from qa_service.terminal.console import out, plain

if TYPE_CHECKING:
    from index.article_index import Status
    from qa_service.metrics import Metrics

MEND = (
    "Delete what is to be deleted. For all else restore a backup: python -m qa_service restore FILE\n"
    "Without one: python -m qa_service export FILE, move the folder away, and import FILE into a new one."
)
"""What to do about problems of an index."""


def print_table(rows: Mapping[str, Any]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in rows.items():
        table.add_row(Text(name.replace("_", " "), style="dim"), plain(str(value)))
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
        table.add_row(*(plain("" if row[name] is None else str(row[name])) for name in names))
    out.print(table)


def print_problems(problems: Sequence[str], status: Status) -> None:
    for problem in problems:
        out.print(plain(f"✗ {problem}", style="red"))
    if problems:
        out.print(MEND)
    if not problems:
        out.print(
            f"Sound: {status.articles} articles, {status.chunks} chunks, generation {status.generation}."
        )
