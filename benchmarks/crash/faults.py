"""Faults: what hinders an operation, and is gone once it has ended."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from benchmarks.crash.hindrance import How, hinder, set_clock_back
from benchmarks.crash.operations import Operation
from benchmarks.crash.process import Report
from benchmarks.crash.world import World

NOBODY = 65534
DISK_BYTES = 64_000_000

Work = Callable[[Report], object]


@contextmanager
def disk(folder: Path) -> Iterator[bool]:
    """A small file system of its own at ``folder``, where that may be mounted; False where it may not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)]
    is_mounted = subprocess.run(command, capture_output=True).returncode == 0  # noqa: S603
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


@contextmanager
def full_disk(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """Room for a little or for nothing."""
    ballast = world.folder / "ballast"
    free = os.statvfs(world.folder)
    size = free.f_bavail * free.f_frsize - world.rng.choice((0, 4096, 50_000, 200_000, 400_000))
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, size))
    try:
        yield operation.work
    finally:
        ballast.unlink()


@contextmanager
def failing_writes(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """A write, sync, rename or deletion fails with an error of the device, once or from then on."""
    yield _hindered(world, operation, How.FAIL_WRITES, calls, world.rng.choice((1, 10**6)))


@contextmanager
def failing_reads(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """A read fails with an error of the device, once or from then on."""
    yield _hindered(world, operation, How.FAIL_READS, calls, world.rng.choice((1, 10**6)))


@contextmanager
def short_writes(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """Half of what is to be written is, and then there is no room."""
    yield _hindered(world, operation, How.SHORT_WRITES, calls, world.rng.choice((1, 2, 10**6)))


@contextmanager
def read_only(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """The whole folder may only be read, or the database alone; by another user where we are root."""
    paths = [world.folder, *world.folder.rglob("*")]
    if world.rng.random() < 0.5:
        paths = [path for path in paths if path.suffix == ".db"]
    rights = {path: path.stat().st_mode for path in [world.folder, *world.folder.rglob("*")]}
    for path in rights:
        path.chmod(0o777 if path.is_dir() else 0o666)
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def work(report: Report) -> object:
        if os.geteuid() == 0:
            os.setuid(NOBODY)
        return operation.work(report)

    try:
        yield work
    finally:
        for path, mode in rights.items():
            if path.exists():
                path.chmod(mode)


@contextmanager
def clock_set_back(world: World, operation: Operation, calls: int) -> Iterator[Work]:
    """It is a moment, a day or ten years earlier than it was."""
    seconds = world.rng.choice((1, 3600, 86_400, 315_000_000))

    def work(report: Report) -> object:
        set_clock_back(seconds)
        return operation.work(report)

    yield work


def _hindered(world: World, operation: Operation, how: How, calls: int, times: int) -> Work:
    first, error = world.rng.randrange(1, calls + 1), errno.EIO

    def work(report: Report) -> object:
        hinder(world.folder, how, first, times, error)
        try:
            return operation.work(report)
        finally:
            hinder(world.folder, How.NOTHING)

    return work


def corrupt(path: Path, rng: Random) -> str:
    """Damage a file as disks do: a byte, a sector, a page of nothing, or the end of it missing."""
    data = bytearray(path.read_bytes())
    kind = rng.choice(("byte", "sector", "page", "end"))
    place = rng.randrange(len(data))
    match kind:
        case "byte":
            data[place] ^= 1 << rng.randrange(8)
        case "sector":
            place -= place % 512
            data[place : place + 512] = rng.randbytes(min(512, len(data) - place))
        case "page":
            place -= place % 4096
            data[place : place + 4096] = bytes(min(4096, len(data) - place))
        case _:
            del data[place:]
    path.write_bytes(data)
    return f"{kind} of {path.name}"
