"""EPUB: the chapters of a book in the order in which they are read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.encoding import decode
from index.loaders.fields import file_article
from index.loaders.markup import html_text, html_tree, xml_tree
from index.loaders.zipped import open_package, part
from index.types import Article, clean_text

_ENCRYPTION = "META-INF/encryption.xml"
_EVENT = "{http://www.idpf.org/2007/opf}event"


def load(document: Document) -> Iterator[Article]:
    """A book as one article."""
    package = open_package(document)
    path = _package_path(package)
    book = xml_tree(part(package, path))
    chapters = list(_chapters(book, posixpath.dirname(path)))
    if _encrypted(package).intersection(chapters):
        raise ArticleError("is protected against copying (DRM), and can't be read")
    texts = (_chapter_text(part(package, name)) for name in chapters)
    yield file_article(document.path, "\n\n".join(filter(None, texts)), _fields(book))


def _package_path(package: ZipFile) -> str:
    root = xml_tree(part(package, "META-INF/container.xml")).find(".//{*}rootfile")
    path = root.get("full-path") if root is not None else None
    if not path:
        raise ArticleError("is damaged: it does not say where its book is")
    return str(path)


def _chapters(book: Any, folder: str) -> Iterator[str]:
    """The names of the parts to be read, in their order."""
    items = {item.get("id"): item for item in book.iterfind(".//{*}manifest/{*}item")}
    for reference in book.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        is_contents = item is not None and "nav" in item.get("properties", "").split()
        if item is not None and "html" in item.get("media-type", "") and not is_contents:
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))


def _encrypted(package: ZipFile) -> set[str]:
    if _ENCRYPTION not in package.namelist():
        return set()
    references = xml_tree(part(package, _ENCRYPTION)).iterfind(".//{*}CipherReference")
    return {unquote(reference.get("URI", "")) for reference in references}


def _chapter_text(data: bytes) -> str:
    tree = html_tree(clean_text(decode(data)))
    return "" if tree is None else html_text(tree)


def _fields(book: Any) -> dict[str, object]:
    authors = [creator.text for creator in book.iterfind(".//{*}metadata/{*}creator") if creator.text]
    return {
        "title": book.findtext(".//{*}metadata/{*}title"),
        "author": ", ".join(authors),
        "source": book.findtext(".//{*}metadata/{*}publisher"),
        "published": _published(book),
        "language": book.findtext(".//{*}metadata/{*}language"),
        "tags": [tag.text for tag in book.iterfind(".//{*}metadata/{*}subject") if tag.text],
    }


def _published(book: Any) -> str | None:
    """The date of publication; EPUB 2 has other dates beside it, which say their event."""
    dates = book.findall(".//{*}metadata/{*}date")
    dates.sort(key=lambda date: date.get(_EVENT, "publication") != "publication")
    return iso_date(dates[0].text or "") if dates else None
