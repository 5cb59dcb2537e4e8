"""SnapshotWriter: when and by whom a snapshot is written; searching goes on with the old one meanwhile."""

from __future__ import annotations

import fcntl
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from index import deletions, snapshot
from index.database import Database
from index.snapshot import Snapshot

AGAIN_SECONDS = 60
"""A process that could write none is not begun again sooner."""

SAME_TIME_NANOSECONDS = 100_000_000

GENTLE = 10
"""By so much a writing process gives way to those that answer (nice)."""


class SnapshotWriter:
    """Writes the snapshots of a folder, one process at a time, and knows when another has written one.

    ``begin`` and ``has_newer`` are not safe between threads.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = -math.inf
        self._seen = -1

    def has_newer(self, known: Snapshot | None) -> bool:
        """Whether there is a newer snapshot than the one that is known; looked up when the folder changes."""
        changed = self._folder.stat().st_mtime_ns
        # The clock of a file system is coarse: two changes at about the same time can't be told apart.
        if changed == self._seen and time.time_ns() - changed > SAME_TIME_NANOSECONDS:
            return False
        self._seen = changed
        newest = max(map(snapshot.generation_of, snapshot.snapshots(self._folder)), default=-1)
        return newest > (known.generation if known else -1)

    def write(self, dimension: int, wait: bool = True) -> None:
        """Write a snapshot of the present generation. Raises DiskFull.

        Where another process writes one, it waits for that, or else raises BlockingIOError.
        """
        with self._lock(wait), self._database.snapshot() as connection:
            snapshot.write(connection, dimension, self._folder, self._database.generation)
        with self._database.snapshot() as connection:  # whoever deleted meanwhile did not know of this one
            snapshot.erase_deleted(connection, self._folder)

    def begin(self, dimension: int) -> None:
        """Have a process of its own write one, which leaves this one its memory and its time."""
        is_running = self._process is not None and self._process.poll() is None
        if is_running or time.monotonic() - self._begun < AGAIN_SECONDS:
            return
        self._begun = time.monotonic()
        command = [sys.executable, "-m", "index.snapshot_writer", str(self._folder.resolve()), str(dimension)]
        self._process = subprocess.Popen(command, cwd=Path(__file__).parent.parent)  # noqa: S603 (our own)

    def forget_deletions(self) -> None:
        """Forget old deletions, if there are many; while a snapshot is written that is left to the next time.

        That snapshot is of an older generation, and needs to know what has gone since.
        """
        with self._database.snapshot() as connection:
            if deletions.forgettable(connection) is None:
                return
        with suppress(BlockingIOError), self._lock(wait=False):
            with self._database.snapshot() as connection:
                snapshot.erase_deleted(connection, self._folder)
                generation = deletions.forgettable(connection)
            if generation is not None:
                deletions.forget(self._database, generation)

    def stop(self) -> None:
        """End the process that writes one, if there is any."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @contextmanager
    def _lock(self, wait: bool) -> Iterator[None]:
        """Raises BlockingIOError where another has it and ``wait`` is not set."""
        with (self._folder / "vectors.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield


def main(folder: Path, dimension: int) -> None:
    os.nice(GENTLE)
    with closing(Database(folder / "articles.db")) as database, suppress(BlockingIOError):
        SnapshotWriter(folder, database).write(dimension, wait=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
