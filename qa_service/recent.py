"""Recent: the replies that were given last, for whoever goes on from one of them at once.

Only to save work: another server, or this one a little later, finds the reply anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from threading import Lock
from time import monotonic

from qa_service.types import Reply, Stage

SECONDS = 30
"""The page goes on at once; later the articles may have changed."""

MOST = 100


class Recent:
    """Replies by what was asked. Safe between threads."""

    def __init__(self) -> None:
        self._replies: OrderedDict[str, tuple[float, Reply]] = OrderedDict()
        self._lock = Lock()

    def noted(self, asked: str, stages: Generator[Stage, None, None]) -> Generator[Stage, None, None]:
        """The stages, whose reply is kept."""
        try:
            for stage in stages:
                if isinstance(stage, Reply):
                    self._keep(asked, stage)
                yield stage
        finally:
            stages.close()

    def take(self, asked: str) -> Reply | None:
        """The reply to this, which is kept no longer; None where there was none lately."""
        with self._lock:
            self._drop_old()
            _, reply = self._replies.pop(asked, (0.0, None))
        return reply

    def _keep(self, asked: str, reply: Reply) -> None:
        with self._lock:
            self._replies[asked] = monotonic(), reply
            self._replies.move_to_end(asked)
            self._drop_old()

    def _drop_old(self) -> None:
        while self._replies:
            asked, (given, _) = next(iter(self._replies.items()))
            if len(self._replies) <= MOST and monotonic() - given < SECONDS:
                return
            del self._replies[asked]
