"""LockHolder: which process has the lock that a writer waits for, as far as the system tells."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

WRITE_LOCK = "120"
"""The byte of the shared-memory file that a writer locks (WAL_WRITE_LOCK in SQLite's file format)."""


def holder(database: Path) -> str | None:
    """The process that is writing to the database, with its command; None where the system does not say.

    Linux lists its locks in /proc. To ask for the lock itself would take a descriptor of the file, and
    closing that would drop the locks that this process has on it.
    """
    with suppress(OSError, ValueError):
        inode = str(database.with_name(f"{database.name}-shm").stat().st_ino)
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            # 1: POSIX  ADVISORY  WRITE 4711 fe:00:2097441 120 120
            # Who waits for it has "->" after the number.
            *_, mode, process, file, first, _ = line.split()
            is_held = mode == "WRITE" and first == WRITE_LOCK and "->" not in line
            if is_held and file.rpartition(":")[2] == inode:
                return f"Process {process}{_command(process)}"
    return None


def _command(process: str) -> str:
    with suppress(OSError):
        words = Path("/proc", process, "cmdline").read_bytes().split(b"\0")
        return f" ({b' '.join(words).decode(errors='replace').strip()})"
    return ""
