"""Listing: articles by their fields and words, sorted, counted and summed up.

The queries read the index ``articles_listed`` alone, and of the articles only those of the page.
"""

from __future__ import annotations

import re

from index.article_index import Facets, Sort
from index.database import Database, where
from index.types import Filters

_ORDER: dict[Sort, str] = {
    "-published": "published DESC NULLS LAST",
    "published": "published NULLS LAST",
    "title": "title = '', title COLLATE NOCASE",
    "-title": "title = '', title COLLATE NOCASE DESC",
    # An article that changes is stored anew, so the highest row is the last to be added or changed.
    "-added": "rowid DESC",
    "added": "rowid",
}

_HAS_WORD = (
    "article_id IN (SELECT article_id FROM chunks WHERE chunk_id IN "
    "(SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?))"
)


def page(
    database: Database, limit: int, offset: int, filters: Filters | None, words: str, sort: Sort
) -> list[str]:
    """The ids of some of the articles that pass ``filters`` and hold all of ``words``."""
    condition, values = _condition(filters, words)
    rows = database.read(
        f"SELECT article_id FROM articles {condition} ORDER BY {_ORDER[sort]}, article_id LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return [str(article_id) for (article_id,) in rows]


def count(database: Database, filters: Filters | None, words: str) -> int:
    condition, values = _condition(filters, words)
    return int(database.read(f"SELECT count(*) FROM articles {condition}", values)[0][0])


def facets(database: Database, limit: int) -> Facets:
    def values(expression: str, tables: str = "articles") -> list[tuple[str, int]]:
        rows = database.read(
            f"SELECT {expression} AS value, count(*) AS articles FROM {tables} WHERE value IS NOT NULL "
            "GROUP BY value ORDER BY articles DESC, value LIMIT ?",
            (limit,),
        )
        return [(str(value), int(number)) for value, number in rows]

    return Facets(
        sources=values("source"),
        authors=values("author"),
        languages=values("language"),
        tags=values("json_each.value", "articles, json_each(tags)"),
    )


def _condition(filters: Filters | None, words: str) -> tuple[str, list[str]]:
    """A WHERE clause with its parameters; empty when every article is meant."""
    condition, values = where(filters)
    prefixes = [f'"{word}"*' for word in dict.fromkeys(re.findall(r"\w+", words))]
    conditions = [condition] * bool(condition) + [_HAS_WORD] * len(prefixes)
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", values + prefixes
