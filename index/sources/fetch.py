"""Fetch: pages over HTTP, politely, within limits, and from permitted addresses alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpcore2
import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential_jitter

from index.errors import AddressRefused, FetchError, FetchRefused, PageGone
from index.sources.findings import NOTHING_KNOWN, State
from index.sources.guard import GuardedBackend, any_address, is_public

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_PASSING = {
    *(HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY),
    *(HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT),
}


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch: ``seconds`` holds for redirects, retries and waiting together.

    ``size`` is in bytes, after decompression; ``silence`` is the longest pause between two bytes and
    ``delay`` the pause between two requests to a host, in seconds, as ``backoff``, the first pause
    before a retry, is.
    """

    seconds: float = 60
    silence: float = 15
    size: int = 20_000_000
    redirects: int = 5
    attempts: int = 3
    backoff: float = 1
    delay: float = 1


@dataclass(frozen=True)
class Page:
    """What an address gave: ``url`` is where it was after redirects, ``content_type`` is in small letters."""

    url: str
    content_type: str
    charset: str | None
    body: bytes
    etag: str
    last_modified: str


class _Passing(FetchError):
    """It may work a moment later; the server may have said when."""

    def __init__(self, url: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(url, reason)
        self.retry_after = retry_after


class Fetcher:
    """A client that says who it is and waits between requests to one host."""

    def __init__(
        self,
        user_agent: str,
        guard: GuardedBackend,
        limits: Limits = Limits(),
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.user_agent = user_agent
        self.limits = limits
        self._guard = guard
        self._wait = wait
        self._delays: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._client = httpx2.Client(
            transport=_GuardedTransport(guard), timeout=limits.silence, headers={"User-Agent": user_agent},
            follow_redirects=True, max_redirects=limits.redirects,
        )  # fmt: skip

    @classmethod
    def open(
        cls, user_agent: str, delay: float, allow_private: bool, wait: Callable[[float], object]
    ) -> Fetcher:
        """A client with the usual limits, for the internet alone or for our own network too."""
        guard = GuardedBackend(any_address if allow_private else is_public)
        return cls(user_agent, guard, Limits(delay=delay), wait)

    def get(self, url: str) -> Page:
        """The page at ``url``. Raises PageGone for 404 and 410, FetchError for all else that is no page."""
        page = self.get_changed(url, NOTHING_KNOWN)
        assert page is not None, "without a condition a 304 is an error"  # noqa: S101
        return page

    def get_changed(self, url: str, known: State) -> Page | None:
        """As ``get``, but None where the server says that the page is as it was when it was known."""
        host = _parsed(url).netloc.decode()
        self._wait_for_turn(host)
        self._guard.deadline = time.monotonic() + self.limits.seconds
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(self.limits.attempts) | stop_before_delay(self.limits.seconds),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._ask, url, known)
        finally:
            self._asked[host] = time.monotonic()

    def slow_down(self, host: str, seconds: float) -> None:
        """Wait so long between requests to ``host`` (with its port), where that is longer than usual."""
        self._delays[host] = seconds

    def close(self) -> None:
        self._client.close()

    def _wait_for_turn(self, host: str) -> None:
        if host in self._asked:
            delay = max(self.limits.delay, self._delays.get(host, 0))
            self._sleep(max(0, self._asked[host] + delay - time.monotonic()))

    def _sleep(self, seconds: float) -> None:
        self._wait(seconds)

    def _pause(self, retry: RetryCallState) -> float:
        """What the server asks for, or else an exponential pause with some chance in it."""
        error = retry.outcome.exception() if retry.outcome else None
        if isinstance(error, _Passing) and error.retry_after is not None:
            return error.retry_after
        return wait_exponential_jitter(multiplier=self.limits.backoff, jitter=self.limits.backoff)(retry)

    def _ask(self, url: str, known: State) -> Page | None:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code == HTTPStatus.NOT_MODIFIED and headers:
                    return None
                _require_success(url, response)
                return _page(response, self._body(url, response))
        except (AddressRefused, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._explained(url, error) from error

    def _body(self, url: str, response: httpx2.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():  # decompressed in small pieces, so a gzip bomb ends here too
            body += piece
            if len(body) > self.limits.size:
                raise FetchError(url, f"is larger than {self.limits.size:,} bytes")
        return bytes(body)

    def _explained(self, url: str, error: Exception) -> FetchError:
        match error:
            case AddressRefused():
                return FetchRefused(
                    url, f"is refused: {error}. If you trust it, allow it: QA_ALLOW_PRIVATE=1, or add the "
                    "source with --allow-private"
                )  # fmt: skip
            case httpx2.TooManyRedirects():
                return FetchError(url, f"redirects more than {self.limits.redirects} times")
            case httpx2.DecodingError():
                return FetchError(url, "is compressed in a way that can't be read")
            case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
                return FetchRefused(url, "is, or leads to, no address that begins with http:// or https://")
        if time.monotonic() >= self._guard.deadline:
            return FetchError(url, f"took longer than {self.limits.seconds:g} seconds")
        if isinstance(error, httpx2.TimeoutException):
            return _Passing(url, f"was silent for {self.limits.silence:g} seconds")
        return _Passing(url, f"can't be reached: {error}")


class _GuardedTransport(httpx2.HTTPTransport):
    """httpx's transport over our network; httpx itself takes no network of others.

    No proxy is used: it would resolve the names, and nothing could be checked.
    """

    def __init__(self, guard: GuardedBackend) -> None:
        certificates = httpx2.create_ssl_context()
        super().__init__(verify=certificates)
        self._pool: Any = httpcore2.ConnectionPool(ssl_context=certificates, network_backend=guard)


def _parsed(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise FetchRefused(url, f"is no address: {error}") from error
    if parsed.userinfo:
        raise FetchRefused(f"{parsed.scheme}://{parsed.host}", "is given with a password; leave that out")
    return parsed


def _require_success(url: str, response: httpx2.Response) -> None:
    status = response.status_code
    answer = f"answers {status} ({response.reason_phrase or 'no reason given'})"
    if status in _GONE:
        raise PageGone(url, answer)
    if status in _PASSING:
        raise _Passing(url, answer, _seconds(response.headers.get("Retry-After", "")))
    if not response.is_success:
        raise FetchError(url, answer)


def _seconds(retry_after: str) -> float | None:
    """The wait that is asked for; one given as a date is left to the usual pause."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def _page(response: httpx2.Response, body: bytes) -> Page:
    headers = response.headers
    return Page(
        url=str(response.url.copy_with(fragment=None)),
        content_type=headers.get("Content-Type", "").split(";")[0].strip().lower(),
        charset=response.charset_encoding,
        body=body,
        etag=headers.get("ETag", ""),
        last_modified=headers.get("Last-Modified", ""),
    )
