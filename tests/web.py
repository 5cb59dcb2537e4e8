"""A web site on loopback: real HTTP, pages that tests change, and a record of what was asked for."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class Answer:
    """What is at a path. With ``etag`` the answer to a matching condition is 304."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


@dataclass(frozen=True)
class Asked:
    """A request as it came, and the status that it got."""

    path: str
    status: int
    headers: dict[str, str]


Special = Callable[[BaseHTTPRequestHandler], None]
"""Writes an answer of its own, byte by byte if it likes."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class Web:
    """A server of ``pages`` (by path) on 127.0.0.1; what is not there is 404."""

    def __init__(self, pages: dict[str, Answer | Special] | None = None) -> None:
        self.pages = pages or {}
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Web:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        return self.address + path

    def take_asked(self) -> dict[str, int]:
        """The status that each path got since the last call; robots.txt is left out."""
        asked, self.asked = self.asked, []
        return {each.path: each.status for each in asked if each.path != "/robots.txt"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = web.pages.get(self.path, Answer(b"There is nothing here.", status=404))
                if not isinstance(answer, Answer):
                    web.asked.append(Asked(self.path, 0, dict(self.headers)))
                    self.close_connection = True
                    answer(self)
                    return
                tag = f'"{hashlib.sha256(answer.body).hexdigest()[:12]}"'
                same = answer.etag and answer.status == 200 and self.headers.get("If-None-Match") == tag
                status, body = (304, b"") if same else (answer.status, answer.body)
                web.asked.append(Asked(self.path, status, dict(self.headers)))
                self.send_response(status)
                headers = {"Content-Type": answer.content_type, "Content-Length": str(len(body))}
                if answer.etag and answer.status == 200:
                    headers["ETag"] = tag
                for name, value in {**headers, **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        return Handler


def page(title: str, *sentences: str, links: tuple[str, ...] = ()) -> Answer:
    """A web page with an article in it."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    html = (
        f"<!doctype html><html lang='en'><head><title>{title}</title></head><body>"
        f"<nav><ul>{anchors}</ul></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return Answer(html.encode())
