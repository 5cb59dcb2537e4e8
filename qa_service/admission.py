"""Admission: how much work is in hand at once, how much may wait, and how long one request may take."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from threading import Condition
from time import monotonic
from typing import TypeVar

from index.errors import QAError
from qa_service.types import Reply

Stage = TypeVar("Stage")

RETRY_SECONDS = 5
"""When whoever was turned away may come again."""


class Overloaded(QAError):
    """There is more to do than can be done in time; ``retry_after`` is in seconds."""

    retry_after = RETRY_SECONDS


class QueueFull(Overloaded):
    """As many wait as may."""


class TookTooLong(Overloaded):
    """The time of a request is over, and its work was stopped."""


class Gate:
    """Lets ``at_work`` in at once and ``waiting`` more stand in line; the next is turned away."""

    def __init__(self, at_work: int, waiting: int) -> None:
        self.most_at_work = at_work
        self.most_waiting = waiting
        self.at_work = 0
        self.waiting = 0
        self._changed = Condition()

    def enter(self, deadline: float) -> None:
        """Come in, at the latest at ``deadline`` (of ``monotonic``). Raises QueueFull and TookTooLong."""
        with self._changed:
            if self.at_work >= self.most_at_work:
                if self.waiting >= self.most_waiting:
                    raise QueueFull("Too much is asked at the moment. Try again in a few seconds.")
                self._wait(deadline)
            self.at_work += 1

    def leave(self) -> None:
        with self._changed:
            self.at_work -= 1
            self._changed.notify()

    def _wait(self, deadline: float) -> None:
        self.waiting += 1
        try:
            has_room = self._changed.wait_for(
                lambda: self.at_work < self.most_at_work, max(0.0, deadline - monotonic())
            )
        finally:
            self.waiting -= 1
        if not has_room:
            raise TookTooLong("Others were before this and took too long. Try again in a few seconds.")


def in_time(stages: Generator[Stage, None, None], deadline: float) -> Generator[Stage, None, None]:
    """The stages until ``deadline`` (of ``monotonic``); then TookTooLong, and no further stage is begun.

    A reply that is there is there: it is never too late for it.
    """
    with closing(stages):
        for stage in stages:
            yield stage
            if monotonic() > deadline and not isinstance(stage, Reply):
                raise TookTooLong(
                    "This took too long and was stopped (max_seconds). Try again later, with a smaller top_k "
                    "or a shorter question."
                )
