"""Web pages: the main text, and what the page says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from trafilatura.settings import Document as MainText

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.encoding import decode
from index.loaders.fields import file_article, split_tags
from index.types import Article, clean_text

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT = re.compile("<html", re.IGNORECASE)
_FORMAT = "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_STAND_INS = {ord(char): chr(0x10600 + place) for place, char in enumerate(_FORMAT)}
_ORIGINALS = {ord(stand_in): chr(char) for char, stand_in in _STAND_INS.items()}
"""Trafilatura drops characters that join, part and turn others, which Persian and Hindi need.

Letters of Linear A, in which no article is written, stand in for them meanwhile.
"""

_HEAD = 4096  # bytes, in which a page declares its encoding
_MARKS = ("- ", "| ")  # how trafilatura writes list items and table rows
_TABLE_RULE = re.compile(r"\|[-|]+\|")
_ADVERTS = ("ad", "ads", "advert", "advertisement", "advertising", "sponsored", "promo", "newsletter-signup")
_NOT_MAIN_TEXT = [
    *("//nav", "//footer", "//aside", "//*[@role='navigation']", "//ins[contains(@class, 'adsbygoogle')]"),
    *(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]" for name in _ADVERTS),
]
_LANGUAGES = (
    "/*/@lang",
    "/*/@*[name()='xml:lang']",
    "//meta[translate(@http-equiv, 'CL', 'cl')='content-language']/@content",
    "//meta[translate(@name, 'DC', 'dc')='dc.language' or @name='language']/@content",
    "//meta[@property='og:locale']/@content",
    "//body/@lang",
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_JSON_LD = "//script[@type='application/ld+json']/text()"
_JSON_LD_LANGUAGE = re.compile(r'"inLanguage"\s*:\s*"([^"]*)"')
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]*)"')
_META_DATES = {
    *("article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate"),
    *("publication_date", "citation_publication_date", "parsely-pub-date", "sailthru.date"),
    *("dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "dcterms.created"),
}
_OUTSIDE = "[not(ancestor::nav or ancestor::aside or ancestor::footer)]"
_VISIBLE_DATES = (
    "//*[@itemprop='datePublished']/@datetime",
    f"//article//time{_OUTSIDE}/@datetime",
    f"//time{_OUTSIDE}/@datetime",
    f"//time{_OUTSIDE}/text()",
    f"//*[contains(@class, 'date') or contains(@class, 'published')]{_OUTSIDE}/text()",
)


def load(document: Document) -> Iterator[Article]:
    """The article of a web page. Nothing is fetched: what the page links to stays unread."""
    tree = _tree(document.read())
    main = None if tree is None else _main_text(tree)
    if main is None:
        raise ArticleError("has no main text: it is not a web page, or holds no article")
    title = main.title or ""
    text = _plain(main.text or "", title).translate(_ORIGINALS)
    fields = _fields(tree, main, title)
    fields |= {name: value.translate(_ORIGINALS) for name, value in fields.items() if isinstance(value, str)}
    yield file_article(document.path, text, fields)


def _tree(data: bytes) -> Any:
    declared = _CHARSET.search(data[:_HEAD])
    text = clean_text(decode(data, declared[1].decode() if declared else None))
    # lxml refuses a decoded text that still declares an encoding, trafilatura a lone fragment.
    page = _DECLARATION.sub("", text)
    return trafilatura.load_html(page if _ROOT.search(page) else f"<html><body>{page}</body></html>")


def _main_text(tree: Any) -> MainText | None:
    for element in tree.iter():
        element.text = element.text and element.text.translate(_STAND_INS)
        element.tail = element.tail and element.tail.translate(_STAND_INS)
    found = trafilatura.bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        prune_xpath=_NOT_MAIN_TEXT,
        date_extraction_params={"extensive_search": False},
    )
    return found if isinstance(found, MainText) else None


def _fields(tree: Any, main: MainText, title: str) -> dict[str, object]:
    return {
        "title": title,
        "author": (main.author or "").replace("; ", ", "),
        "source": main.sitename,
        "url": main.url,
        "published": next(filter(None, map(iso_date, _stated_dates(tree))), None),
        "language": _language(tree),
        "tags": [tag for tags in main.tags or [] for tag in split_tags(tags)],
    }


def _language(tree: Any) -> str | None:
    """The first language tag (``en-GB``) that the page gives, which it may do in many places."""
    stated = [str(value).strip() for path in _LANGUAGES for value in tree.xpath(path)]
    stated += [tag for script in tree.xpath(_JSON_LD) for tag in _JSON_LD_LANGUAGE.findall(script)]
    return next((tag.replace("_", "-") for tag in stated if _LANGUAGE.fullmatch(tag)), None)


def _stated_dates(tree: Any) -> Iterator[str]:
    """What the page gives as its date, the most trustworthy first.

    Trafilatura's own date is not used: it fills in a missing day from today's date, and takes the
    day of the last change for the day of publication.
    """
    for script in tree.xpath(_JSON_LD):
        yield from _JSON_LD_DATE.findall(script)
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _META_DATES:
            yield meta.get("content", "")
    for path in _VISIBLE_DATES:
        yield from tree.xpath(path)


def _plain(text: str, title: str) -> str:
    """Paragraphs with blank lines between them; list items and table rows on lines of their own."""
    plain, above = "", ""
    for line in text.splitlines():
        if _TABLE_RULE.fullmatch(line) or (not plain and line.strip() == title):
            continue
        mark = line[:2] if line.startswith(_MARKS) else ""
        content = line.rstrip().removeprefix(mark).removesuffix(" |")
        plain += ("\n" if mark and mark == above else "\n\n") + content
        above = mark
    return plain
