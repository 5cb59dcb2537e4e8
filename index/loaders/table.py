"""Tables: CSV and TSV with a header, one article a row, read as a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from index.errors import ArticleError
from index.loaders.document import LARGEST_TEXT, Document, megabytes
from index.loaders.encoding import decode, encoding_of
from index.loaders.failure import Failure
from index.loaders.fields import split_tags
from index.loaders.records import record_article, require_columns
from index.types import Article

_DELIMITERS = ",;\t|"


def load(document: Document) -> Iterator[Article | Failure]:
    """The article of each row; a row that has none is a Failure, and the rest goes on."""
    rows = _rows(document)
    _, header = next(rows, (1, []))
    if isinstance(header, ArticleError):
        raise header
    names = [name.strip() for name in header]
    require_columns(names, document.columns)
    tags_name = document.columns.get("tags", "tags")
    for number, row in rows:
        try:
            record = _record(names, row)
            if tags := record.get(tags_name):
                record[tags_name] = split_tags(str(tags))
            yield record_article(record, document.columns)
        except ArticleError as error:
            yield Failure.of(document.path, str(error), line=number)


def count(document: Document) -> int:
    """The rows that are not blank, without the header."""
    return max(1, sum(1 for _ in _rows(document)) - 1)


def _record(names: list[str], row: list[str] | ArticleError) -> dict[str, object]:
    if isinstance(row, ArticleError):
        raise row
    if len(row) > len(names):
        raise ArticleError(f"has {len(row)} cells, but the header names {len(names)}; quote what has commas")
    return {name: _repaired(cell) for name, cell in zip(names, row, strict=False) if cell.strip()}


def _rows(document: Document) -> Iterator[tuple[int, list[str] | ArticleError]]:
    """Each row that is not blank, or what is wrong with it, and the number of its first line."""
    csv.field_size_limit(LARGEST_TEXT)
    lines = _Lines(document)
    reader = csv.reader(lines, delimiter=lines.delimiter, strict=True)
    while True:
        number = lines.next_record()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, ArticleError(f"is not CSV: {error}")
        except ArticleError as error:
            yield number, error
        else:
            if any(map(str.strip, row)):
                yield number, row


class _Lines(Iterator[str]):
    """The lines of a table as text, with an error in place of a record that grows too long."""

    def __init__(self, document: Document) -> None:
        encoding = encoding_of(document.file.peek())
        # What is not in this encoding is kept as it is, to be read by itself (_repaired).
        errors = "replace" if "16" in encoding or "32" in encoding else "surrogateescape"
        self._text = io.TextIOWrapper(document.file, encoding, errors, newline="")
        self._first = self._text.readline(LARGEST_TEXT)
        self._number = 0
        self._size = 0
        self.delimiter = max(_DELIMITERS, key=self._first.count)

    def next_record(self) -> int:
        """Begin a record; the number of its first line."""
        self._size = 0
        return self._number + 1

    def __next__(self) -> str:
        line, self._first = self._first or self._text.readline(LARGEST_TEXT), ""
        if not line:
            raise StopIteration
        self._number += 1
        self._size += len(line)
        if self._size >= LARGEST_TEXT:
            self._pass_over(line)
            raise ArticleError(f"is longer than {megabytes(LARGEST_TEXT)}; is a quotation mark missing?")
        return line.replace("\0", " ")  # which the csv module of Python 3.10 does not take

    def _pass_over(self, line: str) -> None:
        """Read to the end of a line of which there is more."""
        while len(line) == LARGEST_TEXT and not line.endswith("\n"):
            line = self._text.readline(LARGEST_TEXT)


def _repaired(cell: str) -> str:
    """A cell in another encoding than the rest of its file."""
    try:
        cell.encode()
    except UnicodeEncodeError:
        return decode(cell.encode("utf-8", "surrogateescape"))
    return cell
