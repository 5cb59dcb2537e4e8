"""Sites: the pages that can be reached from a first one by links, within bounds."""

from __future__ import annotations

import mimetypes
from collections import deque
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from index.errors import FetchError, PageGone, SourceError
from index.loaders import Failure
from index.sources.fetch import Fetcher, Page
from index.sources.findings import NOTHING_KNOWN, Finding, Found, Gone, Known, Same
from index.sources.pages import articles, is_archive, is_readable, is_web_page, links, normalised, visit
from index.sources.robots import Robots
from index.types import Article

_NO_ARTICLES = (
    *("image/", "audio/", "video/", "font/", "text/css", "text/javascript"),
    *("application/zip", "application/x-tar"),
)


class Site:
    """A crawl, breadth first: pages of one host, ``depth`` links from the first at most, ``count`` in all.

    What robots.txt forbids is not asked for. A page that is known but no longer linked is asked for at
    the end: it is gone only if it says so.
    """

    def __init__(self, fetcher: Fetcher, url: str, depth: int, count: int) -> None:
        self.total = 1
        self._fetcher = fetcher
        self._robots = Robots(fetcher)
        self._start = normalised(url) or url
        self._host = urlsplit(self._start).netloc
        self._depth = depth
        self._count = count
        self._room = 0

    def findings(self, known: Known) -> Iterator[Finding]:
        seen = {self._start}
        self._room = self._count - len(known.keys() | seen)
        waiting = deque([(self._start, 0)])
        while waiting:
            url, depth = waiting.popleft()
            finding = self._look(url, known)
            yield finding
            if depth < self._depth:
                news = self._admitted(_links(finding, known), seen, known)
                waiting += [(link, depth + 1) for link in news]
            self.total = len(known.keys() | seen)
        for url in [url for url in known if url not in seen]:
            yield self._look(url, known)

    def _look(self, url: str, known: Known) -> Finding:
        """Visit a page. Raises SourceError when it is the first one, and can't be read."""
        finding = visit(self._fetcher, url, known, self._robots, self._read, self._links_of)
        if url == self._start and isinstance(finding, Failure):
            raise FetchError(finding.location, finding.reason)
        if url == self._start and isinstance(finding, Gone):
            raise SourceError(f"There is nothing at {url} now, or it leads to another host.")
        return finding

    def _read(self, page: Page) -> Iterator[Article | Failure]:
        """The articles of a page; a web page without one is no failure, but a way to others.

        Nor is a link to what is no document at all.
        """
        if urlsplit(page.url).netloc != self._host:
            raise PageGone(page.url, f"is not of {self._host}")
        if is_archive(page):
            return iter(())  # what is offered for download is no part of the site
        may_fail = is_readable(page) and not is_web_page(page)
        return (each for each in articles(page) if may_fail or isinstance(each, Article))

    def _links_of(self, page: Page) -> Iterator[str]:
        return filter(self._may_hold_articles, links(page))

    def _admitted(self, found: Iterable[str], seen: set[str], known: Known) -> Iterator[str]:
        """Those of the links that are to be visited; they are added to ``seen``."""
        for link in found:
            if link in seen:
                continue
            if link not in known:
                if self._room <= 0 or not self._robots.allows(link):
                    continue
                self._room -= 1
            seen.add(link)
            yield link

    def _may_hold_articles(self, link: str) -> bool:
        kind = mimetypes.guess_type(urlsplit(link).path)[0] or ""
        return urlsplit(link).netloc == self._host and not kind.startswith(_NO_ARTICLES)


def _links(finding: Finding, known: Known) -> tuple[str, ...]:
    """Where a page leads: as it is now, or as it was when it was last read."""
    if isinstance(finding, Found):
        return finding.state.links
    return known.get(finding.key, NOTHING_KNOWN).links if isinstance(finding, Same) else ()
