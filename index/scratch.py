"""Scratch: a folder for what is half-made. What a killed process left of one is cleared away by the next."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from index.errors import NO_ROOM, DiskFull


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder of one's own in ``parent``, removed after the block; abandoned ones are removed before.

    Raises DiskFull where there is no room for what the block writes.
    """
    for path in parent.glob(f"{prefix}*"):
        with owned(path) as is_abandoned:
            if is_abandoned:
                shutil.rmtree(path, ignore_errors=True)
    folder = None
    try:
        while True:
            folder = Path(mkdtemp(dir=parent, prefix=prefix))
            with owned(folder) as is_ours:
                if not (is_ours and folder.exists()):
                    continue  # another process took it for an abandoned one before it was ours
                yield folder
                return
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(parent) from error
        raise
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def owned(folder: Path) -> Iterator[bool]:
    """Whether the folder is ours alone while the block lasts. It is nobody's once its process has died."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
