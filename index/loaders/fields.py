"""What a document says about itself, checked and brought to one form."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.types import Article, clean_text

NAMES = {
    **{"id": "id", "title": "title", "headline": "title", "url": "url", "link": "url"},
    **{"published": "published", "date": "published", "author": "author", "authors": "author"},
    **{"source": "source", "language": "language", "lang": "language", "tags": "tags", "keywords": "tags"},
}
"""The names that people give to the fields of an article, and ours."""

_OURS = {"text", *NAMES.values()}
_LONGEST_ID = 200
_LONGEST_SLUG = 60
_UNSAFE_IN_ID = {"Cc", "Cs"}  # control characters, and lone surrogates, which can't be stored
_JSON_TYPES = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def file_article(path: Path, text: str, said: Mapping[str, object], pages: tuple[int, ...] = ()) -> Article:
    """The one article of a file, identified by its address where it says one, else by its path."""
    real = Path(os.path.realpath(path))
    return replace(article(text, said, name=real.stem, key=real.as_posix()), pages=pages)


def file_id(path: Path) -> str:
    """The id of the one article of a file that says neither id nor address."""
    real = Path(os.path.realpath(path))
    return made_id(real.stem, real.as_posix())


def article(
    text: str, said: Mapping[str, object], *, name: str | None = None, key: str | None = None
) -> Article:
    """An article of ``text`` with the fields that its document says (``NAMES`` has their names).

    Its id is the one it says, or else made of ``name`` (by default the title) and a hash of its
    URL or of ``key`` (by default the text). Single values under other names are kept in ``fields``.
    Raises ArticleError naming a field that can't be kept.
    """
    text = clean_text(text)
    if not text:
        raise ArticleError("has no text")
    title, url = _line(said, "title"), _line(said, "url")
    return Article(
        article_id=_said_id(said) or made_id(name or title or "", url or key or text),
        text=text,
        title=title or "",
        url=url,
        published=_published(said),
        author=_line(said, "author"),
        source=_line(said, "source"),
        language=_line(said, "language"),
        tags=_tags(said),
        fields=_other_fields(said),
    )


def field_text(value: object) -> str | None:
    """A single value as it is kept and compared, ``true`` and ``3.5`` as JSON writes them; else None."""
    if isinstance(value, str):
        return _single_line(value)
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def split_tags(text: str) -> list[str]:
    """Tags written in one line, with commas or semicolons between them."""
    return re.split("[,;،、]", text)


def _line(said: Mapping[str, object], field: str) -> str | None:
    value = said.get(field)
    if not isinstance(value, str | None):
        raise ArticleError(f'has a "{field}" that is {_type_name(value)}; it must be a string')
    return _single_line(value or "") or None


def _single_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _type_name(value: object) -> str:
    return _JSON_TYPES.get(type(value), type(value).__name__)


def _published(said: Mapping[str, object]) -> str | None:
    text = _line(said, "published")
    if text is None:
        return None
    published = iso_date(text)
    if published is None:
        raise ArticleError(f'has a "published" that is no date: {text[:80]!r}; write it like 2019-11-30')
    return published


def _tags(said: Mapping[str, object]) -> tuple[str, ...]:
    values = said.get("tags") or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ArticleError('has "tags" that are not a list of strings')
    return tuple(dict.fromkeys(filter(None, map(_single_line, values))))


def _other_fields(said: Mapping[str, object]) -> dict[str, str]:
    texts = {_single_line(name): field_text(value) for name, value in said.items() if name not in _OURS}
    return {name: text for name, text in texts.items() if name and text}


def _said_id(said: Mapping[str, object]) -> str | None:
    value = said.get("id")
    if value is None:
        return None
    if not isinstance(value, str):
        raise ArticleError(f'has an "id" that is {_type_name(value)}; it must be a string')
    if any(unicodedata.category(char) in _UNSAFE_IN_ID for char in value):
        raise ArticleError('has an "id" with control characters in it')
    identifier = clean_text(value)
    if not 0 < len(identifier) <= _LONGEST_ID:
        raise ArticleError(f'has an "id" of {len(identifier)} characters; it may have 1 to {_LONGEST_ID}')
    return identifier


def made_id(name: str, key: str) -> str:
    """An id that a person can read and that differs for different keys."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{_slug(name)}-{digest[:8]}"


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-") or "article"
