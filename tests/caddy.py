"""A real Caddy on loopback with the documented Caddyfile, for tests of the service behind it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

CADDYFILE = Path(__file__).parents[1] / "deploy" / "Caddyfile"
TRIES = 5

# What differs from the documented one: several run side by side, on loopback alone, and no log fills a pipe.
OPTIONS = """{
    admin off
    auto_https disable_redirects
    skip_install_trust
    default_bind 127.0.0.1
    log {
        exclude http
    }
}
"""


@dataclass(frozen=True)
class Caddy:
    """Where it listens: the ports of plain HTTP and of TLS (with a certificate of its own making)."""

    plain: int
    tls: int


def path() -> str | None:
    """That of the program, if there is one; CADDY names another one."""
    return shutil.which(os.environ.get("CADDY", "caddy"))


@contextmanager
def running(folder: Path, upstream: str) -> Iterator[Caddy]:
    """One in front of ``upstream`` (host:port), which keeps its files in ``folder``."""
    for _ in range(TRIES):
        caddy = Caddy(*_free_ports(2))
        process = _begun(folder, upstream, caddy)
        said = _said_until_serving(process)
        if process.poll() is None:
            break
    else:  # each time somebody else took a port meanwhile, or the file is wrong
        raise RuntimeError(f"Caddy does not start: {said}")
    try:
        yield caddy
    finally:
        process.terminate()
        process.communicate()


def _begun(folder: Path, upstream: str, caddy: Caddy) -> subprocess.Popen[str]:
    text = OPTIONS + CADDYFILE.read_text(encoding="utf-8").replace("qa-service:8000", upstream)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    site = f"http://localhost:{caddy.plain}, https://localhost:{caddy.tls}"
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    return subprocess.Popen(
        [str(path()), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
        env={**os.environ, **homes, "QA_SITE": site}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _said_until_serving(process: subprocess.Popen[str]) -> str:
    """What it says on stderr until it serves or, if it can't, has ended."""
    assert process.stderr
    said = ""
    for line in process.stderr:
        said += line
        if '"serving initial configuration"' in line:
            return said
    process.wait()
    return said


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in sockets]
