"""The kinds of document that can be loaded, by the end of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from index.loaders import (
    archive,
    epub,
    html,
    jsonl,
    mail,
    markdown,
    opendocument,
    pdf,
    rtf,
    signatures,
    table,
    text,
    word,
)
from index.loaders.archive import Members
from index.loaders.document import Document
from index.loaders.failure import Failure
from index.types import Article

Contents: TypeAlias = Iterable[Article | Failure]


def _one(_document: Document) -> int:
    return 1


@dataclass(frozen=True)
class Kind:
    """How one kind of document is read, and how many articles such a document may hold.

    ``load`` may raise for the document as a whole (``ArticleError`` with the reason, or ``OSError``);
    what is wrong with one of many articles it yields as a ``Failure``. ``signature`` is what its
    documents begin with, where they all begin alike.
    """

    load: Callable[[Document], Contents]
    count: Callable[[Document], int] = _one
    signature: bytes | None = None


KINDS = {
    ".txt": Kind(text.load),
    ".md": Kind(markdown.load),
    ".markdown": Kind(markdown.load),
    ".html": Kind(html.load),
    ".htm": Kind(html.load),
    ".xhtml": Kind(html.load),
    ".pdf": Kind(pdf.load, signature=signatures.PDF),
    ".docx": Kind(word.load, signature=signatures.ZIP),
    ".odt": Kind(opendocument.load, signature=signatures.ZIP),
    ".epub": Kind(epub.load, signature=signatures.ZIP),
    ".rtf": Kind(rtf.load, signature=signatures.RTF),
    ".eml": Kind(mail.load),
    ".csv": Kind(table.load, table.count),
    ".tsv": Kind(table.load, table.count),
    ".jsonl": Kind(jsonl.load, jsonl.count),
    ".ndjson": Kind(jsonl.load, jsonl.count),
}

ARCHIVES: dict[str, Members] = {
    ".zip": archive.zip_members,
    ".tar": archive.tar_members,
    ".tar.gz": archive.gzipped_tar_members,
    ".tgz": archive.gzipped_tar_members,
}
"""What gives the documents in an archive. Archives in archives are not opened."""

SUFFIXES = (*KINDS, *ARCHIVES)


def is_supported(path: Path) -> bool:
    """Whether documents of such a name can be loaded."""
    return path.name.lower().endswith(SUFFIXES)


def suffix_of(path: Path) -> str | None:
    """The end of the name by which a document is loaded; None when it is not supported."""
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def kind_of(path: Path) -> Kind | None:
    """The kind of document that ``path`` is, or None when it is an archive or no loader takes it."""
    return KINDS.get(path.suffix.lower())


def members_of(path: Path) -> Members | None:
    """What gives the documents in the archive that ``path`` is; None when it is none."""
    name = path.name.lower()
    return next((members for suffix, members in ARCHIVES.items() if name.endswith(suffix)), None)


def unsupported(path: Path) -> Failure:
    """The failure of a file that no loader takes."""
    return Failure.of(path, f"is of a kind that can't be read; use one of {' '.join(SUFFIXES)}")
