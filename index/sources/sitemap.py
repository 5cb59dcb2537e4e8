"""Sitemaps: the pages that a site lists (sitemaps.org), in one file or in a tree of them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from lxml import etree

from index.errors import FetchError
from index.loaders import Failure
from index.sources.fetch import Fetcher, Page
from index.sources.findings import Finding, Gone, Known
from index.sources.pages import normalised, visit
from index.sources.robots import Robots

_GZIP = b"\x1f\x8b"
_LARGEST = 50_000_000  # bytes after decompression, the protocol's own bound
_MOST_SITEMAPS = 500


class Sitemap:
    """The pages of a sitemap, at most ``count``. A page that is no longer listed is gone."""

    def __init__(self, fetcher: Fetcher, url: str, count: int) -> None:
        self.total = 0
        self._fetcher = fetcher
        self._robots = Robots(fetcher)
        self._url = url
        self._count = count

    def findings(self, known: Known) -> Iterator[Finding]:
        failures: list[Failure] = []
        listed = self._listed(failures)
        yield from failures
        news = [url for url in listed if url not in known]
        wanted = {url for url in listed if url in known} | set(news[: max(0, self._count - len(known))])
        self.total = len(wanted)
        for url in filter(wanted.__contains__, listed):
            yield self._finding(url, known)
        if not failures:  # what is in a sitemap that can't be read is not gone
            yield from map(Gone, known.keys() - set(listed))

    def _finding(self, url: str, known: Known) -> Finding:
        finding = visit(self._fetcher, url, known, self._robots)
        if isinstance(finding, Gone) and url not in known:
            return Failure(url, "is listed, but there is nothing (404 or 410)")
        return finding

    def _listed(self, failures: list[Failure]) -> list[str]:
        """Every page of the tree, each once. Raises FetchError if the root can't be read."""
        pages: dict[str, None] = {}
        waiting, seen = [self._url], {self._url}
        while waiting:
            url = waiting.pop(0)
            try:
                found_pages, sitemaps = _read(self._fetcher.get(url))
            except FetchError as error:
                if url == self._url:
                    raise
                failures.append(Failure(error.url, error.reason))
                continue
            pages.update(dict.fromkeys(found_pages))
            news = [each for each in sitemaps if each not in seen][: _MOST_SITEMAPS - len(seen)]
            seen.update(news)
            waiting += news
        return list(pages)


def _read(page: Page) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that a sitemap lists."""
    root = _parsed(page)
    found = [
        (etree.QName(entry).localname, normalised((location.text or "").strip()))
        for entry in root
        if isinstance(entry.tag, str)
        for location in entry
        if isinstance(location.tag, str) and etree.QName(location).localname == "loc"
        and etree.QName(location).namespace == etree.QName(root).namespace
    ]  # fmt: skip
    pages = [url for kind, url in found if url and kind == "url"]
    return pages, [url for kind, url in found if url and kind == "sitemap"]


def _parsed(page: Page) -> etree._Element:
    body = _decompressed(page) if page.body.startswith(_GZIP) else page.body
    refuse_entities(page.url, body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FetchError(page.url, f"is not a sitemap that can be read: {error}") from error


def _decompressed(page: Page) -> bytes:
    try:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        body = inflater.decompress(page.body, _LARGEST)
    except zlib.error as error:
        raise FetchError(page.url, f"is not gzip that can be read: {error}") from error
    if inflater.unconsumed_tail:
        raise FetchError(page.url, f"is larger than {_LARGEST:,} bytes when it is decompressed")
    return body


def refuse_entities(url: str, xml: bytes) -> None:
    """Raise FetchError if the document declares entities, with which a small file grows without bound."""
    if re.search(rb"<!ENTITY", xml):
        raise FetchError(url, "declares XML entities, which it has no use for; it is not read")
