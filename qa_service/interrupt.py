"""Interrupt: Ctrl-C or SIGTERM asks for an end at the next good place, a second one ends at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from qa_service import terminal

EXIT_STATUS = 130
"""What shells expect of a program that was interrupted."""


@contextmanager
def interruptible() -> Iterator[Event]:
    """An event that the first Ctrl-C or SIGTERM within the block sets; a second raises KeyboardInterrupt."""
    stop = Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        terminal.err.print("Finishing what is in hand. Ctrl-C again stops at once.")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
