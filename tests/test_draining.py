"""A server that is told to stop is not ready any more, answers what it has begun, and ends well."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import SAMPLES

PATIENCE = 60


class Child:
    """A real server in a process of its own."""

    def __init__(self, folder: Path, notice: float) -> None:
        self.pipe = folder / "pipe"
        os.mkfifo(self.pipe)
        command = [sys.executable, "-m", "tests.serving_child", str(folder), str(self.pipe), str(notice)]
        self.process = subprocess.Popen(
            command, cwd=SAMPLES.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.said = self.process.stdout
        self.address = urlsplit(json.loads(self.said.readline())["ready"]).netloc
        self.answer: tuple[int, Any] | None = None

    def request(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        connection = HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def ask(self) -> Thread:
        """Ask, and come back when the answer is being worked on."""

        def asking() -> None:
            self.answer = self.request("POST", "/ask", '{"question": "what does bread need"}')

        thread = Thread(target=asking)
        thread.start()
        assert self.said.readline() == "reading\n"
        return thread

    def is_refusing(self) -> bool:
        try:
            self.request("GET", "/health")
        except ConnectionError:
            return True
        return False


@contextmanager
def serving(folder: Path, notice: float) -> Iterator[Child]:
    child = Child(folder, notice)
    try:
        yield child
    finally:
        child.process.kill()
        child.process.communicate()


def wait_until(condition: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end
        Event().wait(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_begun_is_answered_and_nothing_new_is_taken(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, notice=0) as child:
        asking = child.ask()
        child.process.send_signal(number)
        wait_until(child.is_refusing)
        assert child.process.poll() is None, "it waits for what is begun"
        child.pipe.write_bytes(b"")
        asking.join(PATIENCE)
        assert child.answer is not None
        status, reply = child.answer
        assert (status, reply["answer"]) == (200, "Bread needs flour.")
        assert child.process.wait(PATIENCE) == 0
        assert child.said.readline() == "stopped\n"


def test_it_is_not_ready_while_it_still_serves(tmp_path: Path) -> None:
    with serving(tmp_path, notice=3600) as child:
        assert child.request("GET", "/ready")[0] == 200
        child.process.send_signal(signal.SIGTERM)
        wait_until(lambda: child.request("GET", "/ready")[0] == 503)
        assert child.request("GET", "/health")[0] == 200
        assert child.request("GET", "/articles")[0] == 200
        child.process.send_signal(signal.SIGTERM)
        assert child.process.wait(PATIENCE) != 0, "a second one ends it at once"


def test_it_logs_in_json_and_no_question(tmp_path: Path) -> None:
    with serving(tmp_path, notice=0) as child:
        asking = child.ask()
        child.pipe.write_bytes(b"")
        asking.join(PATIENCE)
        child.process.terminate()
        errors = child.process.communicate(timeout=PATIENCE)[1]
    lines = [json.loads(line) for line in errors.splitlines()]
    (asked,) = [line for line in lines if line["event"] == "question"]
    (request,) = [line for line in lines if line["event"] == "request"]
    assert request["path"] == "/ask"
    assert request["status"] == 200
    assert request["request_id"] == asked["request_id"]
    assert asked["answerable"] is True
    assert "bread" not in errors.lower()
