"""Reading: from a path to its articles, whatever kind of document or archive it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from index.errors import ArticleError
from index.loaders import signatures
from index.loaders.document import Document
from index.loaders.failure import Failure
from index.loaders.kinds import SUFFIXES, Kind, is_supported, kind_of, members_of, unsupported
from index.types import Article

_USUAL: Mapping[str, str] = MappingProxyType({})


def load(path: Path, columns: Mapping[str, str] = _USUAL) -> Iterator[Article | Failure]:
    """The articles of a file or archive, and a Failure for each that can't be read. Never raises.

    ``columns`` says, for fields of ours ("text", "title"), by which name CSV and JSONL have them.
    """
    if is_supported(path):
        yield from _tried(path, partial(_file, path, columns))
    else:
        yield unsupported(path)


def load_bytes(path: Path, data: bytes, columns: Mapping[str, str] = _USUAL) -> Iterator[Article | Failure]:
    """As ``load``, of a file that is in memory; ``path`` is where it would be."""
    yield from load_file(path, io.BytesIO(data), columns)


def load_file(path: Path, file: BinaryIO, columns: Mapping[str, str] = _USUAL) -> Iterator[Article | Failure]:
    """As ``load``, of a file that is open; ``path`` is where it would be."""
    document = Document(path, io.BufferedReader(_Raw(file)), columns)
    yield from _tried(path, partial(_contents, document))


def anything(documents: Iterator[Article | Failure], name: str) -> Iterator[Article | Failure]:
    """The documents; a Failure where there are none, as of an archive with nothing but pictures."""
    is_empty = True
    for document in documents:
        is_empty = False
        yield document
    if is_empty:
        yield Failure(name, f"holds nothing that can be read; use one of {' '.join(SUFFIXES)}")


def count(path: Path) -> int:
    """How many articles the file holds at most; for progress bars."""
    if not is_supported(path):
        return 0
    try:
        with path.open("rb") as file:
            return sum(map(_size, _documents(Document(path, file))))
    except Exception:
        return 1  # the one Failure that load gives


class _Raw(io.RawIOBase):
    """An open file as ``io`` wants it; that of an upload lacks half of it in Python 3.10."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._file.seek(offset, whence)
        return self._file.tell()


def _size(document: Document | Failure) -> int:
    kind = kind_of(document.path) if isinstance(document, Document) else None
    return kind.count(document) if kind and isinstance(document, Document) else 1


def _file(path: Path, columns: Mapping[str, str]) -> Iterator[Article | Failure]:
    with path.open("rb") as file:
        yield from _contents(Document(path, file, columns))


def _contents(document: Document) -> Iterator[Article | Failure]:
    for each in _documents(document):
        if isinstance(each, Failure):
            yield each
        else:
            yield from _tried(each.path, partial(_articles, each))


def _documents(document: Document) -> Iterator[Document | Failure]:
    """The document itself, or those in it where it is an archive."""
    members = members_of(document.path)
    return members(document, is_supported) if members else iter([document])


def _articles(document: Document) -> Iterator[Article | Failure]:
    kind = kind_of(document.path)
    if kind is None:
        raise ArticleError("is an archive in an archive; unpack it first")
    _require_kind(document.head(), kind)
    yield from kind.load(document)


def _require_kind(head: bytes, kind: Kind) -> None:
    """Raise ArticleError where a document is not what its name says."""
    if not head:
        raise ArticleError("is empty")
    if kind.signature is not None and kind.signature in head:
        return
    name = signatures.name_of(head)
    if name is not None:
        raise ArticleError(f"is not what its name says, but {name}")
    if kind.signature is not None:
        raise ArticleError("is not what its name says, or is damaged: it does not begin as such files do")


def _tried(path: Path, contents: Callable[[], Iterator[Article | Failure]]) -> Iterator[Article | Failure]:
    """The contents up to the error that ends them, and that as a Failure."""
    try:
        yield from contents()
    except ArticleError as error:
        yield Failure.of(path, str(error))
    except OSError as error:
        yield Failure.of(path, f"can't be opened: {error.strerror or error}")
    except Exception as error:
        # Parsers of other people's documents fail in ways that nobody can list (too deep, too
        # large, plain bugs); one document must not stop the rest.
        yield Failure.of(path, f"can't be read ({type(error).__name__}: {error})")
