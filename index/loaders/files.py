"""From the paths a person names to the files that can be loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.loaders.failure import Failure
from index.loaders.kinds import is_supported, unsupported


def find(paths: Iterable[Path]) -> tuple[list[Path], list[Failure]]:
    """The supported files among ``paths`` and in folders among them, and what can't be read.

    A folder's files come sorted, without hidden ones; each file comes once however often it is
    reached. Files of other kinds inside folders are passed over without a word.
    """
    files: dict[str, Path] = {}
    failures: list[Failure] = []
    for path in paths:
        for found in _named(path):
            if isinstance(found, Failure):
                failures.append(found)
            else:
                files.setdefault(os.path.realpath(found), found)
    return list(files.values()), failures


def _named(path: Path) -> Iterable[Path | Failure]:
    """What a path stands for; ``os.path`` is used since ``Path`` raises where a link is a loop."""
    if os.path.isdir(path):
        return _folder(path)
    if not os.path.lexists(path):
        return [Failure.of(path, "does not exist")]
    if not is_supported(path):
        return [unsupported(path)]
    return [_readable(path)]


def _folder(folder: Path) -> list[Path | Failure]:
    unlisted: list[Path | Failure] = []

    def note(error: OSError) -> None:
        unlisted.append(Failure.of(Path(error.filename), f"can't be opened: {error.strerror}"))

    return [*(_readable(path) for path in sorted(_walk(folder, note))), *unlisted]


def _walk(folder: Path, onerror: Callable[[OSError], None]) -> Iterator[Path]:
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, onerror=onerror, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        candidates = (Path(root, name) for name in names if not name.startswith("."))
        yield from (path for path in candidates if is_supported(path))


def _readable(path: Path) -> Path | Failure:
    """The path, unless opening it would fail or wait for ever (a pipe does)."""
    return path if os.path.isfile(path) else Failure.of(path, "is a broken link or not a regular file")
