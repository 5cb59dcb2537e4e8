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
        self._rules: dict[str, Protego | FetchError] = {}

    def allows(self, url: str) -> bool:
        """Whether we may fetch ``url``. Raises FetchError when the host can't say now."""
        host = urlsplit(url).netloc
        if host not in self._rules:
            self._rules[host] = self._fetched(urljoin(url, "/robots.txt"), host)
        rules = self._rules[host]
        if isinstance(rules, FetchError):
            raise rules
        return rules.can_fetch(url, self._fetcher.user_agent)

    def require(self, url: str) -> None:
        """Raise FetchError unless we may fetch ``url``."""
        if not self.allows(url):
            raise FetchError(url, "may not be read, says the robots.txt of its host")

    def _fetched(self, url: str, host: str) -> Protego | FetchError:
        """No rules where there is no such file; a host in trouble is left alone, as the RFC asks."""
        try:
            rules = Protego.parse(self._fetcher.get(url).body.decode("utf-8", "replace"))
        except PageGone:
            return Protego.parse("")
        except FetchError as error:
            return error
        delay = rules.crawl_delay(self._fetcher.user_agent) or 0
        self._fetcher.slow_down(host, min(delay, _LONGEST_DELAY))
        return rules
