"""Robots: what the robots.txt of a host lets us fetch, and how fast (RFC 9309)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from protego import Protego

from index.errors import FetchError, PageGone
from index.sources.fetch import Fetcher

_LONGEST_DELAY = 30.0  # seconds; a host that asks for more would not be read at all


class Robots:
    """The rules of each host, fetched once."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, Protego] = {}

    def allows(self, url: str) -> bool:
        """Whether we may fetch ``url``. Raises FetchError when the host can't say now."""
        host = urlsplit(url).netloc
        if host not in self._rules:
            rules = self._rules[host] = self._fetched(urljoin(url, "/robots.txt"))
            delay = rules.crawl_delay(self._fetcher.user_agent) or 0
            self._fetcher.slow_down(host, min(delay, _LONGEST_DELAY))
        return self._rules[host].can_fetch(url, self._fetcher.user_agent)

    def _fetched(self, url: str) -> Protego:
        """No rules where there is no such file; a server in trouble forbids all, so its error stays."""
        try:
            return Protego.parse(self._fetcher.get(url).body.decode("utf-8", "replace"))
        except PageGone:
            return Protego.parse("")


def refusal(url: str) -> FetchError:
    return FetchError(url, "may not be read, says the robots.txt of its host")
