"""JSON Lines: one article a line, read as a stream."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path

from index.errors import ArticleError
from index.loaders.failure import Failure
from index.loaders.fields import article
from index.types import Article


def load(path: Path) -> Iterator[Article | Failure]:
    """The article of each line; a line that has none is a Failure, and the rest goes on."""
    for number, line in _lines(path):
        try:
            yield _article(line)
        except ArticleError as error:
            yield Failure.of(path, str(error), line=number)


def count(path: Path) -> int:
    """The lines that are not blank."""
    return sum(1 for _ in _lines(path))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            content = line.removeprefix(codecs.BOM_UTF8).strip()
            if content:
                yield number, content


def _article(line: bytes) -> Article:
    record = _record(line)
    text = record.get("text")
    if not isinstance(text, str):
        raise ArticleError('must have a "text" that is a string')
    return article(text, record)


def _record(line: bytes) -> dict[str, object]:
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
