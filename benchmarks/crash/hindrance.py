"""Hindrance: what stands between this process and the C library, compiled and loaded before all else."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

_SOURCE = Path(__file__).parent / "hindrance.c"
_LOADED = "LD_PRELOAD"


class How(IntEnum):
    """As in hindrance.c."""

    NOTHING = 0
    KILL = 1
    FAIL_WRITES = 2
    SHORT_WRITES = 3
    FAIL_READS = 4


def start_again_with_it(folder: Path) -> bool:  # noqa: RET503
    """Start this program again with the library before all others; False where it can't be compiled."""
    library = folder / "hindrance.so"
    is_loaded = os.environ.get(_LOADED, "").endswith("hindrance.so")
    compiler = shutil.which("cc") if sys.platform == "linux" else None
    if is_loaded or compiler is None:
        return is_loaded
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)  # noqa: S603
    again = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, again, {**os.environ, _LOADED: str(library)})  # noqa: S606


def hinder(folder: Path, how: How, first: int = 1, times: int = 1, error: int = 0) -> None:
    """Let the ``first`` call that changes something in ``folder``, and ``times`` in all, go wrong."""
    ctypes.CDLL(None).hinder(str(folder).encode(), how, error, ctypes.c_long(first), ctypes.c_long(times))


def calls_seen() -> int:
    """How many such calls there were since ``hinder``."""
    seen = ctypes.CDLL(None).calls_seen
    seen.restype = ctypes.c_long
    return int(seen())


def set_clock_back(seconds: int) -> None:
    ctypes.CDLL(None).set_clock_back(ctypes.c_long(seconds))
