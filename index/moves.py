"""Moves: new files and folders put in place together, although each is a step of its own.

What is to be done is written down first. Where the process is killed in between, whoever comes next does
the rest, so that nobody sees some of it in place, or nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from index.errors import IndexLocked
from index.scratch import owned

PREFIX = "placing-"
_PLAN = "moves.json"
_COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What a database has beside it goes with it: SQLite would take it for that of the new one."""


def put_in_place(scratch: Path, new: Mapping[str, str], stamp: str) -> list[Path]:
    """Move what is in the scratch folder to places beside that folder; both by their names.

    What was there is kept under other names, which are returned. An error before the first move leaves all
    as it was; after it, the rest is done by ``finish``.
    """
    moves = [(name, place, _aside(place, stamp)) for name, place in new.items()]
    with (scratch / _PLAN).open("w", encoding="utf-8") as file:
        json.dump(moves, file)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(scratch)
    folder = scratch.with_name(f"{PREFIX}{scratch.name}")
    os.rename(scratch, folder)  # from here on it is certain
    sync_folder(folder.parent)
    return _carry_out(folder)


def finish(parent: Path) -> None:
    """Do what a killed process left undone. Raises IndexLocked while one is at it."""
    for folder in parent.glob(f"{PREFIX}*"):
        with owned(folder) as is_abandoned:
            if is_abandoned:
                _carry_out(folder)
            elif folder.exists():
                raise IndexLocked(
                    f"A backup is being restored in {parent}. Wait for its end, then try again."
                )


def sync_folder(folder: Path) -> None:
    """So that a name that was given survives a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _carry_out(folder: Path) -> list[Path]:
    kept, plan = [], folder / _PLAN
    # Where there is no plan any more, only the folder is left to delete.
    moves = json.loads(plan.read_text(encoding="utf-8")) if plan.exists() else []
    for name, place, aside in moves:
        new, target, old = folder / name, folder.parent / place, folder.parent / aside
        if new.exists():  # or it is in place already
            for end in _COMPANIONS:
                if (path := target.with_name(target.name + end)).exists():
                    os.rename(path, old.with_name(old.name + end))
            os.rename(new, target)
        if old.exists():
            kept.append(old)
    sync_folder(folder.parent)
    shutil.rmtree(folder)
    return kept


def _aside(place: str, stamp: str) -> str:
    path = Path(place)
    return f"{path.stem}-before-{stamp}{path.suffix}"
