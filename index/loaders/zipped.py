"""ZIP files, which archives and the documents of office programs are: opened within limits."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from index.errors import ArticleError
from index.loaders.document import LARGEST_FILE, Document, megabytes

MOST_MEMBERS = 100_000
LARGEST_RATIO = 200
"""Text seldom packs to less than a twentieth, nothing but zeros to a thousandth."""

RATIO_COUNTS_FROM = 1_000_000
"""Bytes, below which nothing that is packed too well does harm."""

_LARGEST_MARKUP = 50_000_000
_MARKUP = {".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm"}
_ENCRYPTED = 0x1


def open_zip(file: BinaryIO, largest: int) -> ZipFile:
    """The ZIP in ``file``; raises ArticleError when it is damaged, or holds more than ``largest`` bytes.

    The sizes that it declares can be believed: ``zipfile`` gives no more of a member than it declares.
    """
    try:
        opened = ZipFile(file)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise ArticleError(f"is damaged or cut off: {error}") from error
    members = opened.infolist()
    if len(members) > MOST_MEMBERS:
        raise ArticleError(f"holds {len(members)} files; at most {MOST_MEMBERS} are read of one archive")
    if sum(member.file_size for member in members) > largest:
        raise ArticleError(f"holds more than {megabytes(largest)}, unpacked")
    return opened


def open_member(opened: ZipFile, member: ZipInfo) -> io.BufferedReader:
    """The bytes of a member as they are read; raises ArticleError when they can't or should not be."""
    if member.flag_bits & _ENCRYPTED:
        raise ArticleError("is encrypted with a password")
    require_ratio(member.file_size, member.compress_size)
    try:
        return io.BufferedReader(opened.open(member))  # type: ignore[arg-type]
    except (BadZipFile, NotImplementedError) as error:
        raise ArticleError(f"can't be unpacked: {error}") from error


def require_ratio(size: int, packed: int) -> None:
    """Raise ArticleError where so few bytes become so many that they were made to do harm."""
    if size > RATIO_COUNTS_FROM and size > LARGEST_RATIO * packed:
        raise ArticleError(
            f"is packed to less than 1/{LARGEST_RATIO} of its size, as only files made to do harm are"
        )


def open_package(document: Document) -> ZipFile:
    """A document that is a ZIP of parts. Raises ArticleError when its parts are too large together."""
    package = open_zip(io.BytesIO(document.read(LARGEST_FILE)), LARGEST_FILE)
    members = package.infolist()
    for member in members:
        open_member(package, member).close()
    markup = sum(member.file_size for member in members if _is_markup(member))
    if markup > _LARGEST_MARKUP:
        raise ArticleError(f"holds more than {megabytes(_LARGEST_MARKUP)} of text; split it")
    return package


def part(package: ZipFile, name: str) -> bytes:
    """The bytes of one part. Raises ArticleError when it is missing or damaged."""
    try:
        return package.read(name)
    except KeyError as error:
        raise ArticleError(f"is damaged: it has no {name}") from error
    except BadZipFile as error:
        raise ArticleError(f"is damaged: {error}") from error


def _is_markup(member: ZipInfo) -> bool:
    return PurePosixPath(member.filename).suffix.lower() in _MARKUP
