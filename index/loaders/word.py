"""DOCX, the documents of Word: paragraphs, lists and tables, as if all changes were accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lxml import etree

from index.errors import ArticleError
from index.loaders.document import Document
from index.loaders.fields import file_article, split_tags
from index.loaders.zipped import open_package
from index.types import Article

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = [_W + name for name in ("ins", "moveTo", "sdt", "sdtContent", "smartTag", "customXml")]
_DELETED = [_W + name for name in ("del", "moveFrom", "sdtPr", "sdtEndPr")]
_TITLES = ("Title", "Heading 1")


def load(document: Document) -> Iterator[Article]:
    """The article of a Word document."""
    word = _opened(document)
    body = word.element.body
    # What is inserted, or in a control, has an element around it, which python-docx does not look into.
    etree.strip_elements(body, *_DELETED, with_tail=False)
    etree.strip_tags(body, *_WRAPPERS)
    text = "".join(separator + content for separator, content in _blocks(word))
    yield file_article(document.path, text, _fields(word))


def _opened(document: Document) -> WordDocument:
    import docx  # here, since asking needs no Word

    package = open_package(document)
    try:
        return docx.Document(package.fp)
    except (KeyError, ValueError) as error:
        raise ArticleError(f"is no Word document: {error}") from error


def _blocks(word: WordDocument) -> Iterator[tuple[str, str]]:
    """The separator in front of each paragraph or table, and its text."""
    from docx.table import Table

    was_item = False
    for block in word.iter_inner_content():
        text = _table_text(block) if isinstance(block, Table) else block.text.strip()
        is_item = not isinstance(block, Table) and _style(block).startswith("List")
        if text:
            yield "\n" if is_item and was_item else "\n\n", text
            was_item = is_item


def _table_text(table: Table) -> str:
    return "\n".join(filter(None, (_row_text(row) for row in table.rows)))


def _row_text(row: Any) -> str:
    cells = list(dict.fromkeys(row.cells))  # a merged cell comes once for each that it covers
    texts = [" ".join(cell.text.split()) for cell in cells]
    return " | ".join(texts) if any(texts) else ""


def _fields(word: WordDocument) -> dict[str, object]:
    about = word.core_properties
    return {
        "title": about.title or _heading(word),
        "author": about.author,
        "published": about.created.date().isoformat() if about.created else None,
        "language": about.language,
        "tags": split_tags(about.keywords),
    }


def _heading(word: WordDocument) -> str | None:
    return next(
        (each.text for each in word.paragraphs if _style(each) in _TITLES and each.text.strip()), None
    )


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name if paragraph.style else "") or ""
