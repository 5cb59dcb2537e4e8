"""Feeds: RSS and Atom, whose entries are articles or lead to them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from typing import Any

import feedparser

from index.errors import FetchError
from index.loaders import Failure
from index.loaders.dates import iso_date
from index.sources.fetch import Fetcher, Page
from index.sources.findings import NOTHING_KNOWN, Finding, Found, Gone, Known, Same, State
from index.sources.pages import articles, normalised, visit
from index.sources.robots import Robots
from index.sources.sitemap import refuse_entities
from index.types import Article

_LARGEST = 5_000_000  # bytes; feedparser takes some 20 µs for each tag


@dataclass(frozen=True)
class Entry:
    """One entry; ``content`` is HTML, where the feed brings the whole article and not its beginning."""

    url: str
    digest: str
    content: str
    title: str
    author: str | None
    published: str | None
    source: str | None
    tags: tuple[str, ...]


class Feed:
    """The entries of a feed. An old entry that has left it is not gone: feeds keep only the newest.

    An entry that says what it said before is the same; its page is not asked for. So a feed that has
    nothing new costs one request.
    """

    def __init__(self, fetcher: Fetcher, url: str) -> None:
        self.total = 1
        self._fetcher = fetcher
        self._robots = Robots(fetcher)
        self._url = normalised(url) or url

    def findings(self, known: Known) -> Iterator[Finding]:
        # Entries that are to be read again are found through the feed, so then it is asked for as a whole.
        waits = NOTHING_KNOWN in known.values()
        state = NOTHING_KNOWN if waits else known.get(self._url, NOTHING_KNOWN)
        page = self._fetcher.get_changed(self._url, state)
        if page is None:
            yield from map(Same, known)
            return
        entries = _entries(page)
        self.total = len(entries) + 1
        failed = False
        for entry in entries:
            finding = self._finding(entry, known)
            failed |= isinstance(finding, Failure)
            yield finding
        yield from map(Same, known.keys() - {entry.url for entry in entries} - {self._url})
        # While an entry fails, the feed itself is to be read again, so that the entry is tried again.
        state = NOTHING_KNOWN if failed else State("", page.etag, page.last_modified)
        yield Found(self._url, state, ())

    def _finding(self, entry: Entry, known: Known) -> Finding:
        if known.get(entry.url, NOTHING_KNOWN).fingerprint == entry.digest:
            return Same(entry.url)
        if entry.content:
            return Found(entry.url, State(entry.digest), _completed(articles(_page(entry)), entry))
        finding = visit(
            self._fetcher, entry.url, {}, self._robots, lambda page: _completed(articles(page), entry)
        )
        if isinstance(finding, Found):
            return replace(finding, state=State(entry.digest))
        if isinstance(finding, Gone) and entry.url not in known:
            return Failure(entry.url, "is in the feed, but there is nothing (404 or 410)")
        return finding


def _entries(page: Page) -> list[Entry]:
    """The entries that have an address, each address once. Raises FetchError if it is no feed."""
    if len(page.body) > _LARGEST:
        raise FetchError(page.url, f"is larger than {_LARGEST:,} bytes, which no feed should be")
    refuse_entities(page.url, page.body)
    headers = {"content-location": page.url, "content-type": page.content_type}
    # As a stream: bytes alone might be taken for a file's name or an address.
    parsed = feedparser.parse(io.BytesIO(page.body), response_headers=headers)
    if not parsed.get("version"):
        raise FetchError(page.url, "is not an RSS or Atom feed that can be read")
    source = parsed.feed.get("title")
    entries = [_entry(entry, source) for entry in parsed.entries]
    return list({entry.url: entry for entry in entries if entry}.values())


def _entry(entry: Any, source: str | None) -> Entry | None:
    url = normalised(entry.get("link", ""))
    if url is None:
        return None
    # Looked for first: feedparser warns where it is asked for an update that there is not.
    said = {name: entry[name] for name in ("title", "updated", "published", "summary") if name in entry}
    content = "\n".join(each.value for each in entry.get("content", []))
    return Entry(
        url=url,
        digest=sha256("\0".join([url, *said.values(), content]).encode("utf-8", "replace")).hexdigest(),
        content=content,
        title=said.get("title", ""),
        author=entry.get("author") or None,
        published=iso_date(said.get("published") or said.get("updated") or ""),
        source=source or None,
        tags=tuple(tag.term for tag in entry.get("tags", []) if tag.term),
    )


def _page(entry: Entry) -> Page:
    """The entry's own content, as a page of its address."""
    head = f"<head><meta charset='utf-8'><title>{escape(entry.title)}</title></head>"
    body = f"<html>{head}<body><article>{entry.content}</article></body></html>"
    return Page(entry.url, "text/html", None, body.encode("utf-8", "replace"), "", "")


def _completed(contents: Iterator[Article | Failure], entry: Entry) -> Iterator[Article | Failure]:
    """The articles, with what the entry says where their pages say nothing."""
    for article in contents:
        if isinstance(article, Failure):
            yield article
            continue
        yield replace(
            article,
            title=article.title or entry.title,
            author=article.author or entry.author,
            published=article.published or entry.published,
            source=article.source or entry.source,
            tags=article.tags or entry.tags,
        )
