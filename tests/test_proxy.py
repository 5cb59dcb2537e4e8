"""Requests that can be read in two ways, sent to the service and to the documented proxy in front of it.

The two must never disagree on where a request ends, nor the service believe what a client says of itself.
"""

import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, BinaryIO
from uuid import UUID

import pytest
from flask import Flask, request, request_started

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.types import Article, Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.keys import KeyStore
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests import caddy
from tests.conftest import BY_MARGIN, SIZE, FirstSentence, manifest, served

PATIENCE = 30
ARTICLES = [
    Article("bread", "Bread needs flour.", "Bread"),
    Article("webb", "Webb rose from Guiana.", "Webb"),
]
ALONE, BEHIND = "alone", "behind Caddy"
QUESTION = b'{"question": "what does bread need"}'

needs_caddy = pytest.mark.skipif(
    caddy.path() is None, reason="needs Caddy (apt-get install caddy, or CADDY=/path/to/caddy)"
)


class Patient(FirstSentence):
    """A reader that goes on only when it may."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        assert self.may_go_on.wait(PATIENCE)
        return super().read(question, hits)


LAST = b"GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Seen:
    """A request as the application got it."""

    method: str
    path: str
    address: str | None
    scheme: str
    host: str
    request_id: str
    trace: str
    connection: int
    """The port that the server's client, which may be the proxy, has for it."""


@dataclass
class Site:
    """A running service, alone or behind the proxy."""

    port: int
    tls: int
    key: str
    reader: Patient
    seen: list[Seen]

    def exchange(self, sent: bytes, source: str = "127.0.0.1") -> bytes:
        """All that is said to these bytes, on a connection of their own, until the server closes it.

        What follows them ends each body that might wait for more, and asks for the connection to be closed.
        """
        address, said = ("127.0.0.1", self.port), b""
        with (
            socket.create_connection(address, PATIENCE, source_address=(source, 0)) as connection,
            suppress(ConnectionError),  # closed with something of ours unread
        ):
            connection.settimeout(PATIENCE)
            connection.sendall(sent + LAST * 10)
            while part := connection.recv(65536):
                said += part
        return said

    def ask_for(self, path: str, *headers: str, host: str = "localhost", source: str = "127.0.0.1") -> bytes:
        lines = (f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", "")
        return self.exchange("\r\n".join(lines).encode(), source)

    def get(self, path: str) -> tuple[int, Any]:
        """What somebody else gets, who has a key."""
        with closing(HTTPConnection("localhost", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """Of the same articles and keys: one alone and, where there is a Caddy, one behind it."""
    folder, encoder, reader = tmp_path_factory.mktemp("site"), HashingEncoder(), Patient()
    index = LocalIndex.open(folder / "index", manifest(encoder))
    alone = Settings(data_dir=folder, chunk_tokens=SIZE.tokens, chunk_overlap=SIZE.overlap)
    key = KeyStore(alone.keys_file).create("the archive", "write")
    with ExitStack() as stack:
        stack.callback(index.close)

        def begin(settings: Settings) -> tuple[int, list[Seen]]:
            pipeline = Pipeline(settings, index, encoder, reader, BY_MARGIN)
            app = create_app(settings, pipeline)
            seen = stack.enter_context(recorded(app))
            list(pipeline.ingest(ARTICLES))
            return int(stack.enter_context(served(app)).rpartition(":")[2]), seen

        port, seen = begin(alone)
        begun = {ALONE: Site(port, 0, key, reader, seen)}
        if caddy.path():
            port, seen = begin(replace(alone, trusted_proxies=1))
            proxy = stack.enter_context(caddy.running(folder, f"127.0.0.1:{port}"))
            begun[BEHIND] = Site(proxy.plain, proxy.tls, key, reader, seen)
        yield begun


@contextmanager
def recorded(app: Flask) -> Iterator[list[Seen]]:
    seen: list[Seen] = []

    def record(_app: Flask) -> None:
        seen.append(
            Seen(
                request.method, request.path, request.remote_addr, request.scheme, request.host,
                request.headers.get("X-Request-Id", ""), request.headers.get("traceparent", ""),
                int(request.environ["REMOTE_PORT"]),
            )
        )  # fmt: skip

    with request_started.connected_to(record, app):
        yield seen


@pytest.fixture(params=[ALONE, pytest.param(BEHIND, marks=needs_caddy)])
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    return _cleared(sites[request.param])


@pytest.fixture
def behind(sites: dict[str, Site]) -> Site:
    return _cleared(sites[BEHIND])


def _cleared(site: Site) -> Site:
    site.seen.clear()
    return site


HIDDEN = (
    b"DELETE /articles/bread HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: hidden\r\n"
    b"X-Forwarded-For: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
)
CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
"""The hidden request is the body for who goes by chunks, and the next for who goes by a length of 4."""
NO_CHUNK = b"0\r\n\r\n" + HIDDEN
"""The hidden request is the next one for who goes by chunks, and of the body for who goes by its length."""
LENGTH = b"Content-Length: %d" % len(NO_CHUNK)
IN_CHUNKS = b"Transfer-Encoding: chunked"

LENGTHS = (
    b"Content-Length: 0\r\nContent-Length: %d", b"Content-Length: %d\r\nContent-Length: 0",
    b"Content-Length: 0, %d", b"Content-Length: +%d", b"Content-Length: -%d", b"Content-Length: 0x%x",
    b"Content-Length: %d_0", b"Content-Length: %d.0", b"Content-Length: 0 %d", b"Content-Length:\r\n %d",
    b"Content-Length : %d", b"X: y\nContent-Length: %d", b"X: y\rContent-Length: %d", b"\0Content-Length: %d",
)  # fmt: skip
ENCODINGS = (
    IN_CHUNKS, b"TRANSFER-ENCODING: CHUNKED", b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked",
    b"Transfer-Encoding\t: chunked", b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding: chunked\0",
    b"Transfer-Encoding: chunked;q=1", b'Transfer-Encoding: "chunked"', b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding:\r\n chunked", b"X: y\nTransfer-Encoding: chunked",
    b"X: y\rTransfer-Encoding: chunked",
)  # fmt: skip
NO_ENCODINGS = (b"X: y\r\n Transfer-Encoding: chunked", b"Transfer_Encoding: chunked", b"Transfer-Encoding: ")
CHUNKS = (
    b"-1\r\n", b"+0\r\n\r\n", b"0x0\r\n\r\n", b" 0\r\n\r\n", b"0 \r\n\r\n", b"0_0\r\n\r\n", b"\r\n\r\n",
    b"g\r\n\r\n", b'0;a="\r\n\r\n"\r\n\r\n', b"0;\n\r\n", b"0\n\n", b"0\r\r", b"0\n\r\n",
    b"1\r\nxx\r\n0\r\n\r\n", b"1\r\nx0\r\n\r\n",
)  # fmt: skip
TRAILERS = (
    b"0;a\r\n\r\n", b"0\r\nX-Request-Id: hidden\r\nContent-Length: 9\r\n\r\n", b"0\r\nx\r\n\r\n",
    b"0\r\n : \r\n\r\n",
)  # fmt: skip
UPGRADES = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 77",
    b"Connection: Content-Length, Transfer-Encoding", b"Expect: 100-continue", b"Expect: x",
)  # fmt: skip


def post(headers: bytes, body: bytes, version: bytes = b"1.1") -> bytes:
    start = b"POST /ask HTTP/%s\r\nHost: localhost\r\nContent-Type: application/json\r\n" % version
    return start + headers + b"\r\n\r\n" + body


AMBIGUOUS = [
    *(post(b"%s\r\n%s" % (LENGTH, header), NO_CHUNK) for header in (*ENCODINGS, *NO_ENCODINGS)),
    *(post(b"%s\r\nContent-Length: 4" % header, CHUNK) for header in ENCODINGS),
    *(post(header % len(HIDDEN), HIDDEN) for header in LENGTHS),
    *(post(IN_CHUNKS, chunks + HIDDEN) for chunks in CHUNKS),
    *(post(IN_CHUNKS, body, version) for body in (CHUNK, NO_CHUNK) for version in (b"1.0", b"1.2")),
    post(b"Connection: keep-alive\r\n" + IN_CHUNKS, NO_CHUNK, b"1.0"),
    *(post(b"%s\r\n%s" % (header, LENGTH), NO_CHUNK) for header in UPGRADES),
    *(b"%s /health HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % (method, LENGTH) + NO_CHUNK
      for method in (b"GET", b"HEAD")),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN, b"GET /health\r\n" + HIDDEN,
    post(b"X: y", b"").replace(b"\r\n", b"\n") + HIDDEN, b"GET /health? \r\n" + HIDDEN,
]  # fmt: skip
"""To nobody's reading should the hidden request be more than a part of another one."""
PIPELINED = [
    *(post(IN_CHUNKS, end + HIDDEN) for end in TRAILERS),
    *(post(b"%s\r\nContent-Length: 4" % header, CHUNK) for header in NO_ENCODINGS),
    *(post(header % len(HIDDEN), HIDDEN) for header in (b"Content_Length: %d", b" Content-Length: %d")),
]
"""Strange, but the hidden request is the next one; whoever is in front has to see it too."""
ENDLESS = [post(IN_CHUNKS, b"10000000000000000\r\n\r\n" + HIDDEN)]
"""Waitress waits for so many bytes, until its time or the limit of a body is reached."""


def _name(sent: bytes) -> str:
    return repr(sent.partition(b"Content-Type: application/json")[2] or sent)[2:80]


class TestSmuggling:
    @pytest.mark.parametrize("sent", AMBIGUOUS, ids=_name)
    def test_what_can_be_read_in_two_ways_hides_no_request(self, sites: dict[str, Site], sent: bytes) -> None:
        site = _cleared(sites[ALONE])
        said = site.exchange(sent)
        assert not [each for each in site.seen if each.path.endswith("/bread")], said
        assert b" 101 " not in said
        assert site.get("/articles/webb")[1]["id"] == "webb"

    @needs_caddy
    @pytest.mark.parametrize("sent", AMBIGUOUS + PIPELINED + ENDLESS, ids=_name)
    def test_the_service_reads_the_requests_that_the_proxy_read(self, behind: Site, sent: bytes) -> None:
        said = behind.exchange(sent)
        assert b" 101 " not in said
        assert b" 204 " not in said, "the hidden request was carried out"
        assert behind.get("/articles/webb")[1]["id"] == "webb", "another client got its own answer"
        names = [UUID(each.request_id) for each in behind.seen]  # the proxy names each request that it reads
        assert len(set(names)) == len(names)
        assert behind.get("/articles/bread")[0] == 200

    def test_the_next_request_on_a_connection_gets_its_own_answer(self, site: Site) -> None:
        first = post(IN_CHUNKS + b"\r\nAuthorization: Bearer " + site.key.encode(), CHUNK)
        second = f"GET /articles/webb HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.key}\r\n"
        said = site.exchange(first + second.encode() + b"Connection: close\r\n\r\n")
        assert re.findall(rb"HTTP/1\.1 (\d+)", said) == [b"400", b"200"]
        assert json.loads(said.rpartition(b"\r\n\r\n")[2])["id"] == "webb"
        assert [each.path for each in site.seen] == ["/ask", "/articles/webb"]

    @needs_caddy
    def test_a_connection_to_the_service_is_shared_and_stays_in_step(self, behind: Site) -> None:
        key = b"Authorization: Bearer " + behind.key.encode()
        for body in (CHUNK, CHUNK + CHUNK, NO_CHUNK):
            behind.exchange(post(IN_CHUNKS + b"\r\n" + key, body))
            assert behind.get("/articles/webb")[1]["id"] == "webb"
        connections = [each.connection for each in behind.seen]
        assert len(set(connections)) < len(connections), "it was not shared, which proves nothing"


DATA, HEADERS, RESET, SETTINGS, GO_AWAY = 0, 1, 3, 4, 7
ENDS_STREAM, ENDS_HEADERS = 1, 4
PSEUDO = ((b":method", b"POST"), (b":scheme", b"https"), (b":authority", b"localhost"), (b":path", b"/ask"))
OVER_HTTP2 = (
    (*PSEUDO, (b"transfer-encoding", b"chunked")),
    (*PSEUDO, (b"content-length", b"0")),
    (*PSEUDO, (b"content-length", b"4")),
    (*PSEUDO, (b"connection", b"transfer-encoding"), (b"transfer-encoding", b"chunked")),
    (*PSEUDO, (b"x", b"y\r\ntransfer-encoding: chunked")),
    (*PSEUDO, (b"x: y\r\ntransfer-encoding", b"chunked")),
    (*PSEUDO, (b"x", b"y\r\n\r\n" + HIDDEN)),
    (*PSEUDO[:3], (b":path", b"/ask HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y")),
    ((b":method", b"POST /ask HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y"), *PSEUDO[1:]),
    (*PSEUDO[:2], (b":authority", b"localhost\r\nTransfer-Encoding: chunked"), PSEUDO[3]),
)


def _unchecked() -> ssl.SSLContext:
    """Caddy's certificate is of its own making."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _literal(text: bytes) -> bytes:
    """A string of HPACK (RFC 7541, 5.2), not compressed."""
    rest = len(text) - 127
    if rest < 0:
        return bytes([len(text)]) + text
    return b"\x7f" + (bytes([rest]) if rest < 128 else bytes([rest % 128 + 128, rest // 128])) + text


def _read_until_the_stream_ends(said: BinaryIO) -> None:
    """By its last frame, its reset or the end of the connection."""
    kind, flags = None, 0
    while kind not in (RESET, GO_AWAY) and not (kind in (HEADERS, DATA) and flags & ENDS_STREAM):
        size, kind, flags, _ = struct.unpack(">IBBI", b"\0" + said.read(9))
        said.read(size)


@needs_caddy
@pytest.mark.parametrize("headers", OVER_HTTP2, ids=lambda headers: repr(headers[-1])[:60])
def test_no_request_hides_in_one_over_http2(behind: Site, headers: Sequence[tuple[bytes, bytes]]) -> None:
    context = _unchecked()
    context.set_alpn_protocols(["h2"])
    fields = b"".join(b"\0" + _literal(name) + _literal(value) for name, value in headers)
    sent = (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(SETTINGS, 0, 0, b"")
        + _frame(HEADERS, ENDS_HEADERS, 1, fields) + _frame(DATA, ENDS_STREAM, 1, NO_CHUNK)
    )  # fmt: skip
    with (
        socket.create_connection(("127.0.0.1", behind.tls), PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        connection.sendall(sent)
        _read_until_the_stream_ends(connection.makefile("rb"))
    assert behind.get("/articles/webb")[1]["id"] == "webb"
    assert {each.path for each in behind.seen} <= {"/ask", "/articles/webb"}


FORGED = (
    "X-Forwarded-For: 192.0.2.1", "x-forwarded-for: 127.0.0.1", "X_Forwarded_For: 192.0.2.1",
    "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2", "X-Forwarded-For:\r\n 192.0.2.1",
    "Connection: X-Forwarded-For", "Forwarded: for=192.0.2.1;proto=https;host=evil.example",
    "X-Real-IP: 192.0.2.1", "X-Forwarded-Proto: https", "X_Forwarded_Proto: https",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Host: a\r\nX-Forwarded-Host: evil.example", "X_Forwarded_Host: evil.example",
    "X-Forwarded-Port: 1", "X-Forwarded-Prefix: /evil", "X-Forwarded-Server: evil.example",
    "X-Forwarded-By: 192.0.2.1", "X-Forwarded-Ssl: on", "X-Request-Id: evil", "X_Request_Id: evil",
    "Host: evil.example", "Connection: X-Request-Id, X-Forwarded-Host, X-Forwarded-Proto",
    "traceparent: 00-11111111111111111111111111111111-2222222222222222-01",
)  # fmt: skip


@needs_caddy
class TestWhatAClientSaysOfItself:
    @pytest.mark.parametrize("header", FORGED)
    def test_is_thrown_away(self, behind: Site, header: str) -> None:
        host = f"localhost:{behind.port}"
        said = behind.ask_for("/sign-in", header, host=host, source="127.0.0.7")
        assert b"evil" not in said
        assert b"Strict-Transport-Security" not in said
        seen = [each for each in behind.seen if each.path == "/sign-in"]
        for each in seen:
            assert (each.address, each.scheme, each.host) == ("127.0.0.7", "http", host)
            assert UUID(each.request_id)
            assert each.trace == ""
        assert bool(seen) != header.startswith("Host"), "a second Host is refused, and nothing else"

    @pytest.mark.parametrize(
        ("host", "target"),
        [("evil.example", "/sign-in"), ("evil.example", "/articles/webb"), ("localhost@evil.example", "/"),
         ("localhost", "http://evil.example/sign-in"), ("localhost", "//evil.example/sign-in"),
         ("", "/sign-in")],
    )  # fmt: skip
    def test_no_other_host_reaches_a_link(self, behind: Site, host: str, target: str) -> None:
        said = behind.ask_for(target, host=host)
        assert b"evil" not in said.partition(b"?next=")[0]
        assert {each.host for each in behind.seen} <= {"localhost"}

    def test_the_scheme_is_that_of_the_connection(self, behind: Site) -> None:
        with closing(HTTPSConnection("localhost", behind.tls, context=_unchecked())) as connection:
            connection.request("GET", "/sign-in", headers={"X-Forwarded-Proto": "http"})
            assert connection.getresponse().headers["Strict-Transport-Security"]
        assert behind.seen[-1].scheme == "https"

    def test_guesses_are_counted_by_the_address_that_they_come_from(self, behind: Site) -> None:
        statuses = [
            behind.ask_for(
                "/articles", f"X-Forwarded-For: 192.0.2.{n}", f"X_Forwarded_For: 192.0.2.{n}",
                f"Forwarded: for=192.0.2.{n}", f"Authorization: Bearer qa_{n}_0", source="127.0.0.8",
            ).split()[1]
            for n in range(11)
        ]  # fmt: skip
        assert statuses == [b"401"] * 10 + [b"429"]
        right = f"Authorization: Bearer {behind.key}"
        assert behind.ask_for("/articles", right, source="127.0.0.8").split()[1] == b"429"
        assert behind.ask_for("/articles", right, source="127.0.0.9").split()[1] == b"200"


@needs_caddy
@pytest.mark.parametrize(
    "path",
    ["/metrics", "/METRICS", "/%6detrics", "//metrics", "/./metrics", "/x/../metrics", "/metrics/",
     "/metrics?x", "/metrics;x", "/metrics%00", "/%2fmetrics", "/metrics%2f", "/metrics%20",
     "/x%2f..%2fmetrics", "http://localhost/metrics", "/metrics#x", "/metrics%23", "/metrics/.",
     "///metrics", "/%2e/metrics"],
)  # fmt: skip
def test_metrics_are_not_told_outside(behind: Site, path: str) -> None:
    said = behind.ask_for(path, f"Authorization: Bearer {behind.key}")
    assert b"qa_requests_total" not in said
    assert not said.startswith(b"HTTP/1.1 200")


def test_streamed_answers_come_as_they_are_made(site: Site) -> None:
    site.reader.may_go_on.clear()
    with closing(HTTPConnection("localhost", site.port, timeout=PATIENCE)) as connection:
        headers = {"Authorization": f"Bearer {site.key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/ask/stream", QUESTION, headers)
            response = connection.getresponse()
            assert response.readline() == b"event: search\n"
        finally:
            site.reader.may_go_on.set()
        assert b"event: done\n" in response.read()
