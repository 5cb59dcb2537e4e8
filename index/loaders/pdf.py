"""PDF: the text of each page, and on which page each part of it stands."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.document import LARGEST_FILE, LARGEST_TEXT, Document, megabytes
from index.loaders.failure import Failure
from index.loaders.fields import file_article, split_tags
from index.loaders.pdf_layout import Line, joined_pages, lines_of
from index.types import Article

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_SECONDS = 300
"""For one document. A page made to do harm takes minutes; a thousand honest ones take half of one."""

_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")


def load(document: Document) -> Iterator[Article | Failure]:
    """The article of a PDF, with the places in its text where pages begin; a Failure for each bad page."""
    reader = _reader(document.read(LARGEST_FILE))
    pages: list[list[Line]] = []
    for page in _pages(reader):
        if isinstance(page, ArticleError):
            yield Failure.of(document.path, str(page))
        pages.append([] if isinstance(page, ArticleError) else page)
    text, starts = joined_pages(pages)
    if not text:
        raise ArticleError(
            f"has no text on its {len(pages)} pages, as scans have none; "
            "make it searchable first with an OCR program, such as ocrmypdf"
        )
    yield file_article(document.path, text, _fields(reader, document.path), starts)


def _reader(data: bytes) -> PdfReader:
    # Imported here, since asking needs no PDF. It bounds by itself what one stream may unpack to, and how
    # many operators it may have.
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each small flaw that it mends
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise ArticleError("is encrypted, and needs a password to be read; save a copy without one")
        len(reader.pages)
    except (PyPdfError, ValueError, KeyError, AttributeError) as error:
        raise ArticleError(f"is damaged or cut off: {error}") from error
    return reader


def _pages(reader: PdfReader) -> Iterator[list[Line] | ArticleError]:
    """The lines of each page, or why it has none."""
    size, end = 0, monotonic() + _MOST_SECONDS
    for number, page in enumerate(reader.pages, start=1):
        try:
            lines = lines_of(page, end)
        except TimeoutError as error:
            raise ArticleError(
                f"was read for {_MOST_SECONDS} seconds, up to page {number}; split it"
            ) from error
        except Exception as error:  # whatever a font or an operator of someone's PDF may be
            yield ArticleError(f"can't be read on page {number} ({type(error).__name__}: {error})")
            continue
        size += sum(len(line.text) for line in lines)
        if size > LARGEST_TEXT:
            raise ArticleError(f"has more than {megabytes(LARGEST_TEXT)} of text; split it")
        yield lines


def _fields(reader: PdfReader, path: Path) -> dict[str, object]:
    about = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
    language = reader.root_object.get("/Lang")
    return {
        "title": about.get("/Title") or _words(path.stem),
        "author": about.get("/Author"),
        "published": _date(about.get("/CreationDate", "")),
        "language": str(language) if language else None,
        "tags": split_tags(about.get("/Keywords", "")),
    }


def _words(name: str) -> str:
    """The name of a file as a title, which most PDFs lack."""
    return re.sub(r"[-_\s]+", " ", name)


def _date(text: str) -> str | None:
    """The date, unless it is none: programs that know none write year 0 or month 0."""
    match = _DATE.match(text)
    return iso_date("-".join(filter(None, match.groups()))) if match else None
