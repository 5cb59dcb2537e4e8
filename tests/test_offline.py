"""Nothing leaves the machine: the real models load, and ingest, ask and serve work, without a network."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from qa_service import create_app
from qa_service.config import Settings
from tests.conftest import SAMPLES

ROOT = Path(__file__).parent.parent
ARTICLES = [SAMPLES / "articles" / name for name in ("kem-sokha-ambassadors.md", "ever-given-suez.md")]

# An audit hook sees every socket of Python, whichever library opens it, and can't be taken away again.
GUARD = """
import os, signal, sys

def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments
    else:
        return
    host = address[0] if isinstance(address, tuple) else None  # a path is a socket of this machine
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        with open(os.environ["STRAYS"], "a") as strays:
            print(event, address, file=strays)
        raise OSError(f"blocked: {event} {address}")

sys.addaudithook(guard)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in what it starts aside
"""
CLI = GUARD + "from qa_service.cli import main; main()"


@dataclass(frozen=True)
class Machine:
    """Runs Python where whatever is outside of loopback is blocked and recorded.

    Code that is not Python escapes the guard, but not the proxy that it is told to use.
    """

    folder: Path
    proxy: socket.socket

    @property
    def environment(self) -> dict[str, str]:
        proxy = f"http://127.0.0.1:{self.proxy.getsockname()[1]}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "QA_"))}
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy)
        own = {"STRAYS": str(self.folder / "strays"), "QA_DATA_DIR": str(self.folder / "data")}
        return {**kept, **proxies, **own, "NO_PROXY": "127.0.0.1,localhost"}

    def run(self, code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def strays(self) -> str:
        """What went out, or tried to."""
        recorded = self.folder / "strays"
        text = recorded.read_text() if recorded.exists() else ""
        return text + "\n".join(self._asked_of_the_proxy())

    def _asked_of_the_proxy(self) -> Iterator[str]:
        """The first line of all that spoke as one does to a proxy.

        A browser or client of another test may look on this port for a server that had it before.
        """
        while True:
            try:
                connection, _ = self.proxy.accept()
            except BlockingIOError:
                return
            with connection:
                connection.settimeout(1)
                line = connection.recv(4096).split(b"\r\n")[0].decode(errors="replace")
            if line.startswith("CONNECT ") or " http://" in line:
                yield line


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        yield Machine(tmp_path_factory.mktemp("offline"), proxy)


@pytest.fixture(scope="module")
def ingested(machine: Machine) -> subprocess.CompletedProcess[str]:
    return machine.run(CLI, "ingest", "--json", *ARTICLES)


@pytest.mark.parametrize("address", ["http://192.0.2.1/", "https://huggingface.co/"])
def test_the_guard_stops_and_records_what_goes_out(tmp_path: Path, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        guarded = Machine(tmp_path, proxy)
        code = (
            f"{GUARD}\nfrom urllib.request import ProxyHandler, build_opener\n"
            f"build_opener(ProxyHandler({{}})).open({address!r}, timeout=1)"
        )
        assert "blocked: " in guarded.run(code).stderr
        assert "socket." in guarded.strays()


def test_what_asks_the_proxy_is_recorded_and_what_finds_its_port_is_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        guarded = Machine(tmp_path, proxy)
        for url in ("http://news.example/", f"http://127.0.0.1:{proxy.getsockname()[1]}/"):
            guarded.run(f"from urllib.request import urlopen; urlopen({url!r}, timeout=1)")
        assert guarded.strays() == "GET http://news.example/ HTTP/1.1"


def test_ingest_needs_no_network(machine: Machine, ingested: subprocess.CompletedProcess[str]) -> None:
    assert ingested.returncode == 0, ingested.stderr
    summary = json.loads(ingested.stdout.splitlines()[-1])
    assert (summary["added"], summary["failed"]) == (len(ARTICLES), 0)
    assert not machine.strays()


@pytest.mark.usefixtures("ingested")
def test_ask_needs_no_network(machine: Machine) -> None:
    done = machine.run(CLI, "ask", "who visited Sokha", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["citations"][0]["article_id"] == "kem-sokha-ambassadors"
    assert not machine.strays()


@pytest.mark.usefixtures("ingested")
def test_serve_needs_no_network_and_ends_cleanly_when_interrupted(machine: Machine) -> None:
    command = [sys.executable, "-c", CLI, "serve", "--port", "0", "--json"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=machine.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        line = server.stdout.readline()
        assert line, server.communicate()[1]
        reply = post(json.loads(line)["ready"], "who visited Sokha")
        assert reply["answerable"]
        assert reply["citations"][0]["article_id"] == "kem-sokha-ambassadors"
        server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert server.returncode in (0, 130)
    assert "Traceback" not in output + errors
    assert not machine.strays()


def post(address: str, question: str) -> Any:
    body = json.dumps({"question": question}).encode()
    with urlopen(Request(f"{address}/ask", body, {"Content-Type": "application/json"})) as response:
        return json.loads(response.read())


@pytest.mark.disable_socket
@pytest.mark.usefixtures("ingested")
def test_answering_opens_no_socket_at_all(machine: Machine) -> None:
    client = create_app(Settings(data_dir=machine.folder / "data")).test_client()
    response = client.post("/ask", json={"question": "who visited Sokha"})
    assert response.status_code == 200, response.text
