"""Process: work done in a fork of this one, which has all modules loaded, and what became of it."""

from __future__ import annotations

import os
import pickle
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Report: TypeAlias = Callable[[object], None]
Work: TypeAlias = Callable[[Report], object]

HANGS_AFTER = 60.0
"""Seconds; an operation here takes a fraction of one."""


@dataclass
class Outcome:
    """What a process reported before it ended, and how it ended.

    ``result`` is what the work gave, ``told`` the error of ours that it met, ``broke`` a stack trace.
    """

    reported: list[Any] = field(default_factory=list)
    result: Any = None
    told: str | None = None
    broke: str | None = None
    signal: int = 0
    seconds: float = 0.0

    @property
    def is_killed(self) -> bool:
        return self.signal == signal.SIGKILL


def forked(work: Work, told: tuple[type[Exception], ...], kill_after: float | None = None) -> Outcome:
    """Do the work in a fork; kill it so many seconds after it began. ``told`` are errors meant for a user.

    Work that hangs is killed too, which is told as broken.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _work(work, told, writing)
    os.close(writing)
    outcome, data, is_over = Outcome(), b"", False
    end = time.monotonic() + (HANGS_AFTER if kill_after is None else kill_after)
    while True:
        left = None if is_over else max(0.0, end - time.monotonic())
        if left == 0 or not select.select([reading], [], [], left)[0]:
            os.kill(process, signal.SIGKILL)
            is_over = True
        elif piece := os.read(reading, 65536):
            data += piece
        else:
            break
    os.close(reading)
    _, status = os.waitpid(process, 0)
    outcome.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    for kind, value in _messages(data):
        if kind == "reported":
            outcome.reported.append(value)
        else:
            setattr(outcome, kind, value)
    if is_over and kill_after is None:
        outcome.broke = f"it hung for {HANGS_AFTER} seconds"
    elif outcome.signal not in (0, signal.SIGKILL):
        outcome.broke = f"it died of signal {outcome.signal}"
    return outcome


def _work(work: Work, told: tuple[type[Exception], ...], writing: int) -> None:
    def send(kind: str, value: object) -> None:
        data = pickle.dumps((kind, value))
        os.write(writing, len(data).to_bytes(4, "big") + data)

    started = time.monotonic()
    try:
        try:
            send("result", work(lambda value: send("reported", value)))
        except told as error:
            send("told", str(error) or type(error).__name__)
        except BaseException:
            send("broke", traceback.format_exc())
        send("seconds", time.monotonic() - started)
    finally:
        os._exit(0)


def _messages(data: bytes) -> list[tuple[str, Any]]:
    """All whole messages; a killed process may leave a part of one."""
    messages = []
    while len(data) >= 4 and len(data) >= 4 + (size := int.from_bytes(data[:4], "big")):
        messages.append(pickle.loads(data[4 : 4 + size]))  # noqa: S301
        data = data[4 + size :]
    return messages
