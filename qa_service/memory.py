"""Memory: how much of it this process may still have, as Linux tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class _Cgroups:
    """Where one version of cgroups keeps the limit of a container or a unit, what it uses, and its caches."""

    controller: str
    folder: str
    limit: str
    usage: str
    cache: str


_VERSIONS = (
    _Cgroups("", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    _Cgroups(
        "memory", "sys/fs/cgroup/memory",
        "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
    ),
)  # fmt: skip


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that are free, of this machine and of its container; None where that is not said."""
    free = _numbers(root / "proc/meminfo").get("MemAvailable:")
    return None if free is None else min([1024 * free, *_left(root)])


def _left(root: Path) -> Iterator[int]:
    """What is left of each limit; there is none where a file is missing, or says "max"."""
    for version in _VERSIONS:
        folder = root / version.folder
        # In a container the folder that is named is the whole tree that can be seen.
        for group in {folder / _group(root, version.controller), folder}:
            with suppress(OSError, ValueError):
                limit, used = (int((group / name).read_text()) for name in (version.limit, version.usage))
                yield limit - used + _numbers(group / "memory.stat").get(version.cache, 0)


def _group(root: Path, controller: str) -> str:
    """The group that this process is in: a path, or "" where that is not told."""
    with suppress(OSError, ValueError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controller in controllers.split(","):
                return path.lstrip("/")
    return ""


def _numbers(path: Path) -> dict[str, int]:
    """The number behind each name in a file of lines."""
    numbers = {}
    with suppress(OSError):
        for line in path.read_text().splitlines():
            name, number, *_ = [*line.split(), "", ""]
            if number.isdigit():
                numbers[name] = int(number)
    return numbers
