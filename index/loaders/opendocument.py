"""ODT, the documents of LibreOffice: paragraphs, lists and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.fields import file_article
from index.loaders.markup import Vocabulary, plain_text, xml_tree
from index.loaders.zipped import open_package, part
from index.types import Article

_WORDS = Vocabulary(
    blocks={"p", "h", "list", "table"},
    lines={"list-item", "table-row"},
    cells={"table-cell"},
    dropped={"note", "annotation", "tracked-changes", "sequence-decls", "table-of-content"},
    inserted={"s": " ", "tab": " ", "line-break": "\n"},
)


def load(document: Document) -> Iterator[Article]:
    """The article of an OpenDocument text."""
    package = open_package(document)
    if b"encryption-data" in part(package, "META-INF/manifest.xml"):
        raise ArticleError("is encrypted with a password; save a copy without one")
    body = xml_tree(part(package, "content.xml")).find(".//{*}body/{*}text")
    if body is None:
        raise ArticleError("is no text document")
    about = xml_tree(part(package, "meta.xml")) if "meta.xml" in package.namelist() else None
    fields = _fields(about) if about is not None else {}
    fields["title"] = fields.get("title") or _heading(body)
    yield file_article(document.path, plain_text(body, _WORDS), fields)


def _fields(about: Any) -> dict[str, object]:
    return {
        "title": about.findtext(".//{*}title"),
        "author": about.findtext(".//{*}initial-creator") or about.findtext(".//{*}creator"),
        "published": iso_date((about.findtext(".//{*}creation-date") or "")[: len("2019-11-30")]),
        "language": about.findtext(".//{*}language"),
        "tags": [tag.text for tag in about.iterfind(".//{*}keyword") if tag.text],
    }


def _heading(body: Any) -> str | None:
    heading = body.find(".//{*}h")
    return None if heading is None else plain_text(heading, _WORDS)
