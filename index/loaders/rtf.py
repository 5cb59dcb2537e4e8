"""RTF, rich text: its words without their format."""

from __future__ import annotations

import codecs
import locale
import re
from collections.abc import Iterator

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.document import LARGEST_FILE, LARGEST_TEXT, Document, megabytes
from index.loaders.fields import file_article, split_tags
from index.loaders.text import heading
from index.types import Article

_PICTURE = re.compile(rb"(?:[0-9a-fA-F]{2}\s*){500,}")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{1,5})")
_FONT = re.compile(r"\\f(\d{1,5})[^;{}]{0,200}?\\fcharset(\d{1,3})")
_FIELD = re.compile(r"(\\field)\{", re.IGNORECASE)
_LANGUAGE = re.compile(r"\\deflang(\d{1,5})")
_CREATED = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d\d?)\\dy(\d\d?)")


def load(document: Document) -> Iterator[Article]:
    """The article of a rich text file."""
    data = _PICTURE.sub(b"", document.read(LARGEST_FILE))
    if len(data) > LARGEST_TEXT:
        raise ArticleError(f"holds more than {megabytes(LARGEST_TEXT)} beside its pictures; split it")
    source = data.decode(_encoding(data), "replace")
    text = _paragraphs(_plain(source))
    said = {name: value for name, value in _fields(source).items() if value}
    yield file_article(document.path, text, heading(text) | said)


def _encoding(data: bytes) -> str:
    """The code page of what is not escaped, which is little in most files."""
    match = _CODE_PAGE.search(data)
    try:
        return codecs.lookup(f"cp{match[1].decode()}").name if match else "cp1252"
    except LookupError:
        return "cp1252"


def _plain(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    text = str(rtf_to_text(_simplified(source), errors="replace"))  # type: ignore[no-untyped-call]
    # It gives a character beyond the first 65,536 as two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _simplified(source: str) -> str:
    """The same without what striprtf may take hours to search: long font tables, and links."""
    from striprtf.striprtf import font_table_group

    table = str(font_table_group(source))  # type: ignore[no-untyped-call]
    fonts = "\n".join(f"{{\\f{font}\\fcharset{charset} x;}}" for font, charset in _FONT.findall(table))
    if table:
        source = source.replace(table, f"{{\\fonttbl\n{fonts}}}", 1)
    return _FIELD.sub(r"\1 {", source)  # the space means nothing there, and no link is found


def _paragraphs(text: str) -> str:
    """Each line of the text is a paragraph, or a row of a table with a bar behind each cell."""
    joined, was_row = "", False
    for line in filter(None, map(str.strip, text.split("\n"))):
        is_row = line.endswith("|")
        content = " | ".join(cell.strip() for cell in line[:-1].split("|")) if is_row else line
        joined += ("\n" if is_row and was_row else "\n\n") + content
        was_row = is_row
    return joined


def _fields(source: str) -> dict[str, object]:
    language = _LANGUAGE.search(source)
    created = _CREATED.search(source)
    return {
        "title": _info(source, "title"),
        "author": _info(source, "author"),
        "published": iso_date("{}-{:0>2}-{:0>2}".format(*created.groups())) if created else None,
        "language": locale.windows_locale.get(int(language[1]), "").replace("_", "-") if language else None,
        "tags": split_tags(_info(source, "keywords")),
    }


def _info(source: str, name: str) -> str:
    """What the document says of itself under ``name``, which is rich text too."""
    match = re.search(rf"{{\\{name} ((?:[^{{}}\\]|\\.)*)}}", source)
    header = source[: source.find("{", 1)]
    return _plain(f"{header} {match[1]}}}").strip() if match else ""
