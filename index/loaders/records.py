"""Records: an article from the named values of a line of JSON or a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.errors import ArticleError
from index.loaders.dates import iso_date
from index.loaders.fields import NAMES, article, split_tags
from index.types import Article

FIELDS = ("text", *dict.fromkeys(NAMES.values()))
"""What a record may say of an article."""

_ALIASES = {
    **NAMES,
    **dict.fromkeys(
        ("text", "body", "content", "article", "article_text", "article_body", "full_text"), "text"
    ),
    **dict.fromkeys(
        ("publication_date", "published_at", "published_date", "pub_date", "pubdate"), "published"
    ),
    **dict.fromkeys(("publication", "publisher", "outlet", "newspaper", "site"), "source"),
    **dict.fromkeys(("byline", "creator", "writer"), "author"),
    **{"uri": "url", "permalink": "url", "web_url": "url"},
}


def record_article(record: Mapping[str, object], columns: Mapping[str, str]) -> Article:
    """The article that a record says. ``columns`` names the value of a field, where it is not the usual one.

    Values under our own names and under those in ``columns`` must be right; those under other usual
    names are taken where they fit. Raises ArticleError naming what is wrong.
    """
    said = _fields(record, columns)
    text = said.pop("text", None)
    if not isinstance(text, str):
        raise ArticleError(f'must have a "{columns.get("text", "text")}" that is a string')
    return article(text, said)


def require_columns(names: Iterable[str], columns: Mapping[str, str]) -> None:
    """Raise ArticleError unless records with these names can be articles."""
    names = list(names)
    has = f"it has: {', '.join(names)[:300]}"
    for column in columns.values():
        if column not in names:
            raise ArticleError(f'has no column "{column}"; {has}')
    if "text" not in columns and "text" not in map(_field, names):
        raise ArticleError(f'has no column "text"; say which one holds it: --column text=NAME ({has})')


def _fields(record: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, object]:
    """The values by the names of our fields; those that are none of ours stay under their own."""
    said: dict[str, object] = {field: record.get(column) for field, column in columns.items()}
    said = {field: record[field] for field in FIELDS if record.get(field) is not None} | said
    for name, value in record.items():
        field = _field(name)
        fitting = None if field is None or field in said else _fitting(field, value)
        if field is not None and fitting is not None:
            said[field] = fitting
        elif field != "text" and name not in columns.values():
            said.setdefault(name, value)
    return said


def _field(name: str) -> str | None:
    return _ALIASES.get(name.strip().lower().replace(" ", "_").replace("-", "_"))


def _fitting(field: str, value: object) -> object:
    """The value in the form that the field has; None where it has no such form."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value if field == "tags" else ", ".join(value) if field == "author" else None
    if not isinstance(value, str) or not value.strip():
        return None
    if field == "tags":
        return split_tags(value)
    return iso_date(value) if field == "published" else value
