"""The kinds of source, and which of them a path or an address is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from index.errors import SourceError

if TYPE_CHECKING:
    from index.registry import Source
    from index.sources.fetch import Fetcher, Page
    from index.sources.findings import Reading

Kind: TypeAlias = Literal["folder", "url", "feed", "sitemap", "site"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|RDF|urlset|sitemapindex)\b")
_GZIP = b"\x1f\x8b"
_HEAD = 4096  # bytes, in which the root of an XML document begins


def is_url(what: str) -> bool:
    return what.lower().startswith(("http://", "https://"))


def recognised(fetcher: Fetcher, url: str) -> tuple[Kind, Page]:
    """What is at an address: a feed, a sitemap or a single page, and what was found there.

    Raises FetchError when there is nothing to be had.
    """
    from index.sources.pages import is_archive

    page = fetcher.get(url)
    if "html" in page.content_type or is_archive(page):
        return "url", page
    root = _ROOT.search(page.body[:_HEAD])
    if page.body.startswith(_GZIP) or (root and root[1] in (b"urlset", b"sitemapindex")):
        return "sitemap", page
    return ("feed" if root else "url"), page


def reading(source: Source, fetcher: Fetcher) -> Reading:
    """The source, ready to be read."""
    from index.sources.feed import Feed
    from index.sources.folder import Folder
    from index.sources.site import Site
    from index.sources.sitemap import Sitemap
    from index.sources.url import Url

    match source.kind:
        case "folder":
            return Folder(Path(source.location), source.columns)
        case "url":
            return Url(fetcher, source.location, source.columns)
        case "feed":
            return Feed(fetcher, source.location)
        case "sitemap":
            return Sitemap(fetcher, source.location, source.count)
        case "site":
            return Site(fetcher, source.location, source.depth, source.count)
    raise SourceError(f"{source.kind!r} is not a kind of source; use one of {', '.join(KINDS)}.")
