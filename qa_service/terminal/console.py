"""Console: where the command line writes and reads, and text that can't steer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track
from rich.text import Text

T = TypeVar("T")

_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}
"""Articles may hold escape sequences, which must not steer the terminal."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(words: str, style: str = "") -> Text:
    """The words as they are, without what steers a terminal."""
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
