"""Listing: articles by their fields and words, sorted, counted and summed up.

Only of the articles that are on the page asked for is the text read.
"""

from __future__ import annotations

import re

from index import records
from index.article_index import Facets, Sort
from index.database import Database, where
from index.types import Article, Filters

_ORDER: dict[Sort, str] = {
    "-published": "published DESC NULLS LAST",
    "published": "published NULLS LAST",
    "title": "title = '', title COLLATE NOCASE",
    "-title": "title = '', title COLLATE NOCASE DESC",
    # An article that changes is stored anew, so the highest row is the last to be added or changed.
    "-added": "articles.rowid DESC",
    "added": "articles.rowid",
}

_HAS_WORD = (
    "content_id IN (SELECT content_id FROM chunks WHERE chunk_id IN "
    "(SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?))"
)


def page(
    database: Database, limit: int, offset: int, filters: Filters | None, words: str, sort: Sort
) -> list[Article]:
    """Some of the articles that pass ``filters`` and hold all of ``words``."""
    condition, values = _condition(filters, words)
    with_title = "JOIN contents USING (content_id)" if "title" in sort else ""
    with database.snapshot():
        article_ids = database.read(
            f"SELECT article_id FROM articles {with_title} {condition} "
            f"ORDER BY {_ORDER[sort]}, article_id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        rows = [database.read(f"{records.ARTICLES} WHERE article_id = ?", each)[0] for each in article_ids]
    return [records.article(row) for row in rows]


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
        fields=values("json_each.key || '=' || json_each.value", "articles, json_each(fields)"),
    )


def _condition(filters: Filters | None, words: str) -> tuple[str, list[str]]:
    """A WHERE clause with its parameters; empty when every article is meant."""
    condition, values = where(filters)
    prefixes = [f'"{word}"*' for word in dict.fromkeys(re.findall(r"\w+", words))]
    conditions = [condition] * bool(condition) + [_HAS_WORD] * len(prefixes)
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", values + prefixes
