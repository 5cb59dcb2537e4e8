"""Fetching: politeness, limits, and that no address is reached that must not be."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address, ip_address

import pytest

from index.errors import FetchError, PageGone
from index.sources.fetch import Fetcher, Limits
from index.sources.findings import State
from index.sources.guard import (
    Address,
    FixedResolver,
    GuardedBackend,
    any_address,
    is_public,
    system_addresses,
)
from index.sources.robots import Robots
from tests.web import Answer, Web, page

AGENT = "test-reader/1.0"
QUICK = Limits(seconds=120, silence=60, size=100_000, backoff=0.01, delay=0)
Open = Callable[..., Fetcher]


def only_loopback_one(address: Address) -> bool:
    """Plays the internet: of all addresses 127.0.0.1 alone is public."""
    return address == IPv4Address("127.0.0.1")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"/a": page("A", "Some words.")}) as web:
        yield web


@pytest.fixture
def open_fetcher() -> Iterator[Open]:
    opened = []

    def open_(
        limits: Limits = QUICK, permits: Callable[[Address], bool] = any_address, **others: object
    ) -> Fetcher:
        guard = GuardedBackend(permits, others.pop("resolve", system_addresses))  # type: ignore[arg-type]
        opened.append(Fetcher(AGENT, guard, limits, **others))  # type: ignore[arg-type]
        return opened[-1]

    yield open_
    for fetcher in opened:
        fetcher.close()


@pytest.fixture
def fetcher(open_fetcher: Open) -> Fetcher:
    return open_fetcher()


class TestGet:
    def test_says_who_it_is_and_gives_the_page(self, web: Web, fetcher: Fetcher) -> None:
        got = fetcher.get(web.url("/a#part"))
        assert b"Some words." in got.body
        assert (got.url, got.content_type, got.charset) == (web.url("/a"), "text/html", "utf-8")
        assert web.asked[0].headers["User-Agent"] == AGENT

    def test_a_page_that_is_the_same_is_not_sent_again(self, web: Web, fetcher: Fetcher) -> None:
        got = fetcher.get(web.url("/a"))
        known = State(etag=got.etag)
        assert fetcher.get_changed(web.url("/a"), known) is None
        web.pages["/a"] = page("A", "Other words.")
        changed = fetcher.get_changed(web.url("/a"), known)
        assert changed is not None
        assert b"Other words." in changed.body

    def test_the_date_of_the_last_change_is_a_condition_too(self, web: Web, fetcher: Fetcher) -> None:
        date = "Sat, 30 Nov 2019 10:00:00 GMT"
        web.pages["/dated"] = Answer(b"x", etag=False, headers={"Last-Modified": date})
        known = State(last_modified=fetcher.get(web.url("/dated")).last_modified)
        fetcher.get_changed(web.url("/dated"), known)
        assert web.asked[-1].headers["If-Modified-Since"] == date

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_page_that_is_gone_is_known_as_gone(self, web: Web, fetcher: Fetcher, status: int) -> None:
        web.pages["/gone"] = Answer(status=status)
        with pytest.raises(PageGone, match=f"answers {status}"):
            fetcher.get(web.url("/gone"))

    @pytest.mark.parametrize(
        ("status", "times"), [(500, 3), (503, 3), (429, 3), (403, 1), (401, 1), (304, 1)]
    )
    def test_only_what_may_pass_is_tried_again(
        self, web: Web, fetcher: Fetcher, status: int, times: int
    ) -> None:
        web.pages["/ill"] = Answer(status=status)
        with pytest.raises(FetchError, match=f"answers {status}") as caught:
            fetcher.get(web.url("/ill"))
        assert not isinstance(caught.value, PageGone)
        assert len(web.asked) == times

    def test_a_server_that_recovers_is_read(self, web: Web, fetcher: Fetcher) -> None:
        def recover(handler: BaseHTTPRequestHandler) -> None:
            web.pages["/moody"] = page("Moody", "Well again.")
            handler.send_error(503)

        web.pages["/moody"] = recover
        assert b"Well again." in fetcher.get(web.url("/moody")).body

    def test_waits_as_long_as_the_server_asks(self, web: Web, open_fetcher: Open) -> None:
        waited: list[float] = []
        web.pages["/busy"] = Answer(status=429, headers={"Retry-After": "7"})
        with pytest.raises(FetchError, match="429"):
            open_fetcher(wait=waited.append).get(web.url("/busy"))
        assert waited == [7, 7]

    def test_does_not_wait_longer_than_the_whole_may_take(self, web: Web, open_fetcher: Open) -> None:
        waited: list[float] = []
        web.pages["/busy"] = Answer(status=503, headers={"Retry-After": "3600"})
        with pytest.raises(FetchError, match="503"):
            open_fetcher(wait=waited.append).get(web.url("/busy"))
        assert waited == []

    def test_waits_between_two_requests_to_a_host(self, web: Web, open_fetcher: Open) -> None:
        waited: list[float] = []
        fetcher = open_fetcher(Limits(delay=50), wait=waited.append)
        fetcher.get(web.url("/a"))
        assert waited == []
        fetcher.get(web.url("/a"))
        assert [round(seconds) for seconds in waited] == [50]
        fetcher.slow_down(f"127.0.0.1:{web.port}", 90)
        fetcher.get(web.url("/a"))
        assert [round(seconds) for seconds in waited] == [50, 90]

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("ftp://host/file", "no address that begins with http"),
            ("http://", "no address that begins with http"),
            ("http://[::1", "is no address"),
            ("http://user:secret@127.0.0.1/", "with a password; leave that out"),
            ("http://127.0.0.1:1/", "can't be reached: "),
        ],
    )
    def test_an_address_that_can_not_be_fetched(self, fetcher: Fetcher, url: str, said: str) -> None:
        with pytest.raises(FetchError, match=said) as caught:
            fetcher.get(url)
        assert "secret" not in str(caught.value)

    def test_a_name_without_an_address(self, open_fetcher: Open) -> None:
        fetcher = open_fetcher(resolve=FixedResolver({}))
        with pytest.raises(FetchError, match=r"can't be reached: no address is known of nowhere\.example"):
            fetcher.get("http://nowhere.example/")


class TestLimits:
    def test_redirects_are_followed(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/old"] = Answer(status=301, headers={"Location": "/a"})
        assert fetcher.get(web.url("/old")).url == web.url("/a")

    def test_a_loop_of_redirects_ends(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/x"] = Answer(status=302, headers={"Location": "/y"})
        web.pages["/y"] = Answer(status=302, headers={"Location": "/x"})
        with pytest.raises(FetchError, match="redirects more than 5 times"):
            fetcher.get(web.url("/x"))
        assert len(web.asked) == 6

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "http://[oops"])
    def test_a_redirect_out_of_the_web_is_not_followed(self, web: Web, fetcher: Fetcher, target: str) -> None:
        web.pages["/out"] = Answer(status=302, headers={"Location": target})
        with pytest.raises(FetchError):
            fetcher.get(web.url("/out"))

    def test_a_body_that_is_too_large(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/large"] = Answer(b"x" * (QUICK.size + 1))
        with pytest.raises(FetchError, match="is larger than 100,000 bytes"):
            fetcher.get(web.url("/large"))

    def test_a_gzip_bomb(self, web: Web, fetcher: Fetcher) -> None:
        bomb = gzip.compress(bytes(50_000_000))
        assert len(bomb) < QUICK.size
        web.pages["/bomb"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
        with pytest.raises(FetchError, match="is larger than"):
            fetcher.get(web.url("/bomb"))

    def test_compression_that_is_none(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/liar"] = Answer(b"plain", headers={"Content-Encoding": "gzip"})
        with pytest.raises(FetchError, match="compressed in a way that can't be read"):
            fetcher.get(web.url("/liar"))

    @pytest.mark.parametrize("part", ["body", "head"])
    def test_a_server_that_drips_is_cut(self, web: Web, open_fetcher: Open, part: str) -> None:
        """Each byte comes well within the silence that is allowed, so only the total limit can end it."""
        ended = threading.Event()

        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if part == "body" else b"X-Slow: "))
            try:
                while not ended.wait(0.05):
                    handler.wfile.write(b"x")
            except OSError:
                ended.set()  # the client has hung up

        web.pages["/drip"] = drip
        with pytest.raises(FetchError, match=r"took longer than 2 seconds"):
            open_fetcher(Limits(seconds=2, silence=60, delay=0)).get(web.url("/drip"))
        assert ended.wait(120), "the connection is closed"
        assert len(web.asked) == 1, "it is not tried again"

    def test_a_silent_server_is_cut(self, open_fetcher: Open) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            fetcher = open_fetcher(Limits(seconds=120, silence=0.1, attempts=1, delay=0))
            with pytest.raises(FetchError, match=r"was silent for 0.1 seconds"):
                fetcher.get(f"http://127.0.0.1:{server.getsockname()[1]}/")

    def test_a_body_that_breaks_off_is_not_taken_for_whole(self, web: Web, fetcher: Fetcher) -> None:
        def broken(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

        web.pages["/broken"] = broken
        with pytest.raises(FetchError, match="can't be reached"):
            fetcher.get(web.url("/broken"))


PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]


class TestGuard:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_an_address_that_is_not_of_the_internet(self, address: str) -> None:
        assert not is_public(ip_address(address))

    @pytest.mark.parametrize("address", PUBLIC)
    def test_an_address_of_the_internet(self, address: str) -> None:
        assert is_public(ip_address(address))

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"]
    )
    def test_loopback_is_refused_however_it_is_written(self, web: Web, open_fetcher: Open, host: str) -> None:
        with pytest.raises(FetchError, match=r"is refused: .*QA_ALLOW_PRIVATE=1, .*--allow-private"):
            open_fetcher(permits=is_public).get(f"http://{host}:{web.port}/a")
        assert web.asked == []

    @pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"])
    def test_a_name_is_judged_by_its_address(self, open_fetcher: Open, address: str) -> None:
        resolver = FixedResolver({"wiki.example": [[address]]})
        with pytest.raises(
            FetchError, match=r"wiki\.example is at .*, which is not an address of the internet"
        ):
            open_fetcher(permits=is_public, resolve=resolver).get("http://wiki.example/")

    def test_one_private_address_among_public_ones_is_enough(self, open_fetcher: Open) -> None:
        resolver = FixedResolver({"mixed.example": [["8.8.8.8", "10.0.0.1"]]})
        with pytest.raises(FetchError, match="is refused"):
            open_fetcher(permits=is_public, resolve=resolver).get("http://mixed.example/")

    @pytest.mark.parametrize(
        "target",
        [
            "http://127.0.0.2:{port}/secret",
            "http://[::1]:{port}/secret",
            "http://inside.example:{port}/secret",
        ],
    )
    def test_a_redirect_inwards_is_refused(self, web: Web, open_fetcher: Open, target: str) -> None:
        web.pages["/secret"] = page("Secret", "Nobody may know.")
        web.pages["/out"] = Answer(status=302, headers={"Location": "/further"})
        web.pages["/further"] = Answer(status=302, headers={"Location": target.format(port=web.port)})
        names = {name: [[name]] for name in ("127.0.0.1", "127.0.0.2", "::1")}
        resolver = FixedResolver({**names, "inside.example": [["10.0.0.1"]]})
        fetcher = open_fetcher(permits=only_loopback_one, resolve=resolver)
        with pytest.raises(FetchError, match="is refused"):
            fetcher.get(web.url("/out"))
        assert [each.path for each in web.asked] == ["/out", "/further"]

    def test_the_connection_goes_to_the_address_that_was_checked(self, web: Web, open_fetcher: Open) -> None:
        """A name that is public when it is checked and private a moment later (DNS rebinding)."""
        resolver = FixedResolver({"rebinding.example": [["127.0.0.1"], ["127.0.0.2"]]})
        fetcher = open_fetcher(permits=only_loopback_one, resolve=resolver)
        url = f"http://rebinding.example:{web.port}/a"
        assert b"Some words." in fetcher.get(url).body
        assert resolver.asked == ["rebinding.example"], "it is resolved once for a connection"
        assert web.asked[0].headers["Host"] == f"rebinding.example:{web.port}"
        fresh = open_fetcher(permits=only_loopback_one, resolve=resolver)
        with pytest.raises(FetchError, match=r"is at 127\.0\.0\.2"):
            fresh.get(url)

    def test_the_next_address_is_tried_where_one_does_not_answer(self, web: Web, open_fetcher: Open) -> None:
        resolver = FixedResolver({"two.example": [["127.0.0.3", "127.0.0.1"]]})
        assert open_fetcher(resolve=resolver).get(f"http://two.example:{web.port}/a").body

    def test_a_proxy_is_not_used(self, web: Web, open_fetcher: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert open_fetcher().get(web.url("/a")).body


class TestRobots:
    def test_rules_hold_for_us(self, web: Web, fetcher: Fetcher) -> None:
        rules = b"User-agent: *\nDisallow: /\n\nUser-agent: test-reader\nDisallow: /private*.html\n"
        web.pages["/robots.txt"] = Answer(rules, "text/plain")
        robots = Robots(fetcher)
        assert robots.allows(web.url("/a"))
        assert not robots.allows(web.url("/private/x.html"))
        assert len(web.asked) == 1, "they are fetched once"

    def test_no_rules_allow_all(self, web: Web, fetcher: Fetcher) -> None:
        assert Robots(fetcher).allows(web.url("/a"))

    def test_a_server_in_trouble_forbids_all_for_now(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/robots.txt"] = Answer(status=503)
        with pytest.raises(FetchError, match=r"robots\.txt answers 503"):
            Robots(fetcher).allows(web.url("/a"))

    def test_a_crawl_delay_is_kept(self, web: Web, open_fetcher: Open) -> None:
        waited: list[float] = []
        web.pages["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 9\n", "text/plain")
        fetcher = open_fetcher(wait=waited.append)
        Robots(fetcher).allows(web.url("/a"))
        fetcher.get(web.url("/a"))
        assert [round(seconds) for seconds in waited] == [9]
