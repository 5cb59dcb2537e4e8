"""Exchange: articles as lines of JSON with all that is kept of them, for any version of this program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import ArticleError
from index.loaders import Failure
from index.types import Article

_PLAIN = ("title", "url", "published", "author", "source", "language")


def line(article: Article) -> str:
    """The article as one line, without its end; what is empty is left out."""
    said: dict[str, Any] = {"id": article.article_id}
    said |= {name: value for name in _PLAIN if (value := getattr(article, name))}
    said |= {name: list(value) for name in ("tags", "pages") if (value := getattr(article, name))}
    if article.fields:
        said["fields"] = dict(article.fields)
    return json.dumps(said | {"text": article.text}, ensure_ascii=False)


def read(path: Path) -> Iterator[Article | Failure]:
    """What ``line`` wrote, and a Failure for each line that it did not write."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                yield _article(json.loads(text))
            except (ArticleError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                yield Failure.of(path, f"is no exported article ({_reason(error)})", line=number)


def _article(said: dict[str, Any]) -> Article:
    known = {name: said.pop(name) for name in _PLAIN if name in said}
    article_id, text = said.pop("id"), said.pop("text")
    tags, pages, fields = said.pop("tags", []), said.pop("pages", []), said.pop("fields", {})
    strings = [article_id, text, *known.values(), *tags, *fields, *fields.values()]
    if not all(isinstance(value, str) for value in strings):
        raise ValueError("a value is not text")
    if not all(type(page) is int for page in pages):
        raise ValueError("a page is not a number")
    if said:
        raise ValueError(f"{', '.join(map(repr, said))} is not known; use: python -m qa_service ingest")
    return Article(article_id, text, **known, tags=tuple(tags), fields=fields, pages=tuple(pages))


def _reason(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
