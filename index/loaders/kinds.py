"""The kinds of source that can be loaded, by the suffix of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import ArticleError
from index.loaders import html, jsonl, markdown, text
from index.loaders.failure import Failure
from index.types import Article


def _one(_path: Path) -> int:
    return 1


@dataclass(frozen=True)
class Kind:
    """How one kind of file is read, and how many articles such a file may hold.

    ``load`` may raise for the file as a whole (``ArticleError`` with the reason, or ``OSError``);
    what is wrong with one of many articles it yields as a ``Failure``.
    """

    load: Callable[[Path], Iterator[Article | Failure]]
    count: Callable[[Path], int] = _one


KINDS = {
    ".txt": Kind(text.load),
    ".md": Kind(markdown.load),
    ".markdown": Kind(markdown.load),
    ".html": Kind(html.load),
    ".htm": Kind(html.load),
    ".xhtml": Kind(html.load),
    ".jsonl": Kind(jsonl.load, jsonl.count),
    ".ndjson": Kind(jsonl.load, jsonl.count),
}


def kind_of(path: Path) -> Kind | None:
    """The kind of file that ``path`` is, or None when no loader takes it."""
    return KINDS.get(path.suffix.lower())


def unsupported(path: Path) -> Failure:
    """The failure of a file that no loader takes."""
    return Failure.of(path, f"is of a kind that can't be read; use one of {' '.join(KINDS)}")


def count(path: Path) -> int:
    """How many articles the file holds at most; for progress bars."""
    kind = kind_of(path)
    try:
        return kind.count(path) if kind else 0
    except OSError:
        return 1  # the one Failure that load gives


def load(path: Path) -> Iterator[Article | Failure]:
    """The articles of a file, and a Failure for each that can't be read. Never raises."""
    kind = kind_of(path)
    if kind is None:
        yield unsupported(path)
        return
    try:
        yield from kind.load(path)
    except ArticleError as error:
        yield Failure.of(path, str(error))
    except OSError as error:
        yield Failure.of(path, f"can't be opened: {error.strerror or error}")
    except Exception as error:
        # Parsers of other people's documents fail in ways that nobody can list (too deep, too
        # large, plain bugs); one document must not stop the rest.
        yield Failure.of(path, f"can't be read ({type(error).__name__}: {error})")
