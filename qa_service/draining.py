"""Draining: a server that is told to stop answers what it has begun."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

STOPPING = (signal.SIGTERM, signal.SIGINT)


class Draining:
    """Whether the server is to stop: then it isn't ready for more."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.by: int | None = None

    @contextmanager
    def on_signals(self, listeners: Sequence[BaseWSGIServer]) -> Iterator[None]:
        """Within the block SIGTERM and Ctrl-C begin it; a second one ends at once."""

        def begin(number: int, _frame: FrameType | None) -> None:
            if self.stopping.is_set():
                raise KeyboardInterrupt
            self.by = number
            self.stopping.set()
            listeners[0].pull_trigger()  # the loop waits for sockets

        before = {number: signal.signal(number, begin) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(self, listeners: Sequence[BaseWSGIServer], notice: float, patience: float) -> None:
        """Serve until told to stop; then for ``notice`` seconds more, and until nothing is in hand.

        What is not done after ``patience`` seconds more is cut off.
        """
        sockets: dict[int, Any] = listeners[0]._map
        while not self.stopping.is_set():
            _turn(sockets)
        # Whoever sends requests here is to see first that this isn't ready; Ctrl-C is nobody's to see.
        end = monotonic() + (notice if self.by == signal.SIGTERM else 0)
        while monotonic() < end:
            _turn(sockets)
        for listener in listeners:
            wasyncore.dispatcher.close(listener)
        end = monotonic() + patience
        while _in_hand(sockets) and monotonic() < end:
            _turn(sockets)


def _turn(sockets: dict[int, Any]) -> None:
    wasyncore.loop(timeout=0.2, use_poll=True, map=sockets, count=1)


def _in_hand(sockets: dict[int, Any]) -> bool:
    channels = [each for each in list(sockets.values()) if isinstance(each, HTTPChannel)]
    return any(channel.requests or channel.request or channel.total_outbufs_len for channel in channels)
