"""Watch: each source again when it is time, and a folder as soon as something in it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from watchfiles import watch

from index.registry import Source

_TICK_MS = 500


def due(sources: Sequence[Source], stop: Event) -> Iterator[Source]:
    """Each source when it is to be read: all at the start, then as changes and intervals say.

    Ends when ``stop`` is set. Changes of files that are made while a source is being read are not lost.
    """
    folders = [Path(source.location) for source in sources if source.kind == "folder"]
    paths = [path for path in folders if path.exists()]
    next_time = dict.fromkeys([source.name for source in sources], monotonic())
    for changes in watch(
        *paths, watch_filter=None, stop_event=stop, rust_timeout=_TICK_MS, yield_on_timeout=True,
        raise_interrupt=False, ignore_permission_denied=True,
    ):  # fmt: skip
        changed = [Path(path) for _, path in changes]
        for source in sources:
            if stop.is_set():
                return
            if monotonic() >= next_time[source.name] or _holds(source, changed):
                next_time[source.name] = monotonic() + source.every
                yield source


def _holds(source: Source, paths: Sequence[Path]) -> bool:
    return source.kind == "folder" and any(path.is_relative_to(source.location) for path in paths)
