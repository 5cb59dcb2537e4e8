"""Pages: what an address gives, as articles, and the addresses that it links to."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

import httpx2
from lxml import html

from index import loaders
from index.errors import ArticleError, FetchError, PageGone
from index.loaders import Failure
from index.loaders.encoding import decode
from index.loaders.fields import file_id, made_id
from index.loaders.kinds import members_of, suffix_of
from index.sources.fetch import Fetcher, Page
from index.sources.findings import NOTHING_KNOWN, Finding, Found, Gone, Known, Same, State
from index.sources.robots import Robots
from index.types import Article

_USUAL: Mapping[str, str] = MappingProxyType({})

Read: TypeAlias = Callable[[Page], Iterable[Article | Failure]]
LeadsTo: TypeAlias = Callable[[Page], Iterable[str]]

_WEB_PAGES = {"text/html", "application/xhtml+xml"}
_SAY_LITTLE = {
    *("text/plain", "application/octet-stream", "binary/octet-stream", ""),
    *("application/zip", "application/x-zip-compressed", "application/gzip", "application/x-gzip"),
}
"""Content types that servers give to files that they don't know, and to all that is packed; there the name
says more."""


def visit(
    fetcher: Fetcher, url: str, known: Known, robots: Robots | None = None,
    read: Read | None = None, leads_to: LeadsTo | None = None,
) -> Finding:  # fmt: skip
    """Ask for one page, if robots.txt lets us, with the condition that it has changed if it is known.

    ``read`` takes the articles out of it (it may raise PageGone for a page that is not the one meant),
    ``leads_to`` the links that are to be remembered of it, by default none.
    """
    state = known.get(url, NOTHING_KNOWN)
    try:
        if robots:
            robots.require(url)
        page = fetcher.get_changed(url, state)
        if page is None or (fingerprint := sha256(page.body).hexdigest()) == state.fingerprint:
            return Same(url)
        contents = (read or articles)(page)
    except PageGone:
        return Gone(url)
    except FetchError as error:
        return Failure(error.url, error.reason)
    links = tuple(leads_to(page)) if leads_to else ()
    return Found(url, State(fingerprint, page.etag, page.last_modified, links), contents)


def articles(page: Page, columns: Mapping[str, str] = _USUAL) -> Iterator[Article | Failure]:
    """The articles of a page, read as a file of its kind would be; they say the address as theirs."""
    suffix = _suffix(page)
    if suffix is None:
        kind = page.content_type or "of a type that its server does not say"
        yield Failure(page.url, f"is {kind}, which can't be read as an article")
        return
    # Ids are made of paths: this one is the same each time, and nothing on the disk is called so.
    path = Path(f"/{page.url}", _name(page.url) + suffix)
    for content in loaders.load_bytes(path, _body(page), columns):
        if isinstance(content, Failure):
            yield replace(content, location=content.location.replace(str(path), page.url))
        else:
            yield _addressed(content, path, page.url)


def links(page: Page) -> list[str]:
    """The pages that a web page links to, each once, in its order."""
    if not is_web_page(page) or not page.body.strip():
        return []
    try:
        # Only the links are wanted, and they are ASCII: any encoding that keeps it will do.
        tree = html.document_fromstring(page.body, parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, html.etree.ParserError):
        return []
    base = urljoin(page.url, tree.xpath("string(//base/@href)"))
    hrefs = tree.xpath("//a[not(contains(concat(' ', @rel, ' '), ' nofollow '))]/@href")
    found = (normalised(urljoin(base, href.strip())) for href in hrefs if _can_join(base, href))
    return list(dict.fromkeys(filter(None, found)))


def is_web_page(page: Page) -> bool:
    return page.content_type in _WEB_PAGES


def is_archive(page: Page) -> bool:
    """Whether there are documents packed in the page."""
    suffix = _suffix(page)
    return suffix is not None and members_of(Path(f"page{suffix}")) is not None


def is_readable(page: Page) -> bool:
    """Whether some loader takes pages of this kind."""
    return _suffix(page) is not None


def normalised(url: str) -> str | None:
    """The one spelling of an address that we use, without a fragment; None if it is none of the web."""
    try:
        parsed = httpx2.URL(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            return None
        return str(parsed.copy_with(raw_path=parsed.raw_path, fragment=None))
    except httpx2.InvalidURL:
        return None


def _can_join(base: str, href: str) -> bool:
    try:
        urljoin(base, href.strip())
    except ValueError:  # "http://[oops"
        return False
    return True


def _suffix(page: Page) -> str | None:
    """The suffix of the kind of file that the page is, by its content type and name; None if none."""
    if is_web_page(page):
        return ".html"
    by_name = suffix_of(Path(unquote(urlsplit(page.url).path)))
    if page.content_type in _SAY_LITTLE and by_name:
        return by_name
    by_type = mimetypes.guess_extension(page.content_type)
    return suffix_of(Path(f"page{by_type}")) if by_type else by_name


def _body(page: Page) -> bytes:
    """The body, in UTF-8 where the server said the encoding, which the file alone would not say."""
    if page.charset is None or not page.content_type.startswith("text/"):
        return page.body
    try:
        return decode(page.body, page.charset).encode()
    except ArticleError:
        return page.body


def _addressed(article: Article, path: Path, url: str) -> Article:
    """With the page's address, and an id made of it where the loader made one of the file's name.

    A page may name another address as its own, if that is of the same host: it speaks for no other.
    """
    own = normalised(urljoin(url, article.url)) if article.url else None
    address = own if own and urlsplit(own).netloc == urlsplit(url).netloc else url
    if article.article_id not in (file_id(path), made_id(path.stem, article.url or "")):
        return replace(article, url=article.url or url)  # the document said its id itself
    return replace(article, url=address, article_id=made_id(_name(address), address))


def _name(url: str) -> str:
    """The last part of an address, or its host, as a name for a file."""
    parts = urlsplit(url)
    name = PurePosixPath(unquote(parts.path)).stem or parts.hostname or "page"
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[:60]
