"""Archives: the documents in them, read one after the other. Nothing is written to disk."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, TypeAlias, cast
from zipfile import ZipInfo

from index.errors import ArticleError
from index.loaders.document import Document, megabytes
from index.loaders.failure import Failure
from index.loaders.zipped import MOST_MEMBERS, open_member, open_zip, require_ratio

Wanted: TypeAlias = Callable[[Path], bool]
"""Whether a member of such a name is asked for."""

Members: TypeAlias = Callable[[Document, Wanted], Iterator[Document | Failure]]

LARGEST_ARCHIVE = 10_000_000_000
"""Bytes at most of all that is in an archive, unpacked."""

_LINK = "is a link, and links in archives are not followed"
_OUTSIDE = "has a path that leads out of the archive, and is not read"


def zip_members(document: Document, is_wanted: Wanted) -> Iterator[Document | Failure]:
    """The documents in a ZIP file."""
    opened = open_zip(document.file, LARGEST_ARCHIVE)
    for member in opened.infolist():
        path = _path(document, member.filename)
        if member.is_dir() or _is_hidden(member.filename) or not is_wanted(path):
            continue
        if reason := _refusal(member.filename, _is_link(member)):
            yield Failure.of(path, reason)
            continue
        try:
            file = open_member(opened, member)
        except ArticleError as error:
            yield Failure.of(path, str(error))
            continue
        with file:
            yield Document(path, file, document.columns)


def tar_members(document: Document, is_wanted: Wanted) -> Iterator[Document | Failure]:
    """The documents in a tar file."""
    return _tar_members(document, document.file, is_wanted)


def gzipped_tar_members(document: Document, is_wanted: Wanted) -> Iterator[Document | Failure]:
    """The documents in a tar file that gzip compressed."""
    return _tar_members(document, cast(BinaryIO, gzip.GzipFile(fileobj=document.file)), is_wanted)


def _tar_members(document: Document, unpacked: BinaryIO, is_wanted: Wanted) -> Iterator[Document | Failure]:
    bounded = io.BufferedReader(_Bounded(unpacked, document.file))
    try:
        # Read as a stream, in pieces of the size of a record, so that no header takes more memory.
        with tarfile.open(fileobj=bounded, mode="r|") as opened:
            for number, member in enumerate(opened):
                if number == MOST_MEMBERS:
                    raise ArticleError(f"holds more than {MOST_MEMBERS} files; the rest of it is not read")
                path = _path(document, member.name)
                if member.isdir() or _is_hidden(member.name) or not is_wanted(path):
                    continue
                reason = _refusal(member.name, not member.isreg())
                if reason:
                    yield Failure.of(path, reason)
                else:
                    file = cast(io.BufferedReader, opened.extractfile(member))
                    yield Document(path, file, document.columns)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise ArticleError(f"is damaged or cut off: {error}") from error


def _path(document: Document, name: str) -> Path:
    return Path(f"{document.path}/{name}")  # "/" would let an absolute name stand alone


def _refusal(name: str, is_link: bool) -> str | None:
    """Why a member is not read, if it is not."""
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in _parts(name):
        return _OUTSIDE
    return _LINK if is_link else None


def _is_hidden(name: str) -> bool:
    """Hidden files, and what macOS adds to archives."""
    parts = [part for part in _parts(name) if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _parts(name: str) -> tuple[str, ...]:
    return PureWindowsPath(name).parts  # it knows both kinds of slash


def _is_link(member: ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


class _Bounded(io.RawIOBase):
    """What is unpacked from ``packed``, up to a size and a ratio that archives of articles don't reach."""

    def __init__(self, unpacked: BinaryIO, packed: BinaryIO) -> None:
        self._unpacked = unpacked
        self._packed = packed
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._unpacked.read(len(buffer))
        self._size += len(data)
        if self._size > LARGEST_ARCHIVE:
            raise ArticleError(f"holds more than {megabytes(LARGEST_ARCHIVE)}, unpacked")
        require_ratio(self._size, self._packed.tell())
        buffer[: len(data)] = data
        return len(data)
