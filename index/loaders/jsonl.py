"""JSON Lines: one article a line, read as a stream."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from index.errors import ArticleError
from index.loaders.document import LARGEST_TEXT, Document, megabytes
from index.loaders.failure import Failure
from index.loaders.records import record_article
from index.types import Article


def load(document: Document) -> Iterator[Article | Failure]:
    """The article of each line; a line that has none is a Failure, and the rest goes on."""
    for number, line in _lines(document):
        try:
            yield record_article(_record(line), document.columns)
        except ArticleError as error:
            yield Failure.of(document.path, str(error), line=number)


def count(document: Document) -> int:
    """The lines that are not blank."""
    return sum(1 for _ in _lines(document))


def _lines(document: Document) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(document.lines(), start=1):
        content = line.removeprefix(codecs.BOM_UTF8).strip()
        if content:
            yield number, content


def _record(line: bytes) -> dict[str, object]:
    if len(line) > LARGEST_TEXT:
        raise ArticleError(f"is longer than {megabytes(LARGEST_TEXT)}")
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ArticleError(f"is not UTF-8: byte {error.start + 1} can't be read; save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise ArticleError(f"is not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # numbers too long, lists too deep
        raise ArticleError(f"is not JSON that can be read: {error}") from error
    if not isinstance(record, dict):
        raise ArticleError('is not a JSON object; write {"text": "..."}')
    return record
