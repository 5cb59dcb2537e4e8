"""Records: how articles and what is derived from them stand in the tables.

An article is its metadata and a content: the title, text and language that its chunks and vectors are
made of. Articles that agree in all three share one content, which goes when the last of them goes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from index import groups
from index.article_index import Passage
from index.database import ERASES_WORDS, where
from index.near_duplicates import Sketch
from index.types import Article, Chunk, Copy, Filters

COLUMNS = "article_id, text, title, url, published, author, source, language, tags, fields, pages"
FROM = "FROM articles JOIN contents USING (content_id)"
ARTICLES = f"SELECT {COLUMNS} {FROM}"

_EARLIEST_FIRST = "ORDER BY published NULLS LAST, article_id"


def article(row: tuple[Any, ...]) -> Article:
    """The article of a row of COLUMNS. Raises ArticleError or ValueError when it can't be one."""
    *values, tags, fields, pages = row
    lists = (tuple(json.loads(tags)), json.loads(fields), tuple(json.loads(pages)))
    complete: tuple[Any, ...] = (*values, *lists)
    return Article(*complete)


def passages(
    connection: sqlite3.Connection, chunk_ids: Sequence[int], filters: Filters | None
) -> dict[int, Passage]:
    """The chunks of these ids with an article that passes the filters; one that is gone is left out."""
    shown: dict[int, tuple[Article, tuple[Copy, ...]] | None] = {}
    found: dict[int, Passage] = {}
    for chunk_id in chunk_ids:
        row = connection.execute(
            "SELECT content_id, start, stop FROM chunks WHERE chunk_id = ?", (chunk_id,)
        ).fetchone()
        if row is None:
            continue
        content_id, start, stop = row
        if content_id not in shown:
            shown[content_id] = _shown(connection, content_id, filters)
        if with_copies := shown[content_id]:
            found[chunk_id] = Passage(chunk_id, with_copies[0], Chunk(start, stop), with_copies[1])
    return found


def insert(connection: sqlite3.Connection, new: Article, chunks: Iterable[tuple[Chunk, bytes]]) -> None:
    """Store an article whose id is free, with its chunks and their vectors unless it shares them."""
    content_id = _content(connection, new)
    connection.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.article_id, content_id, new.url, new.published, new.author, new.source, new.language,
            json.dumps(new.tags), json.dumps(dict(new.fields)), json.dumps(new.pages),
        ),
    )  # fmt: skip
    shared = connection.execute("SELECT 1 FROM chunks WHERE content_id = ?", (content_id,)).fetchone()
    if not shared:
        for chunk, vector in chunks:
            _insert_chunk(connection, content_id, new, chunk, vector)


def delete(connection: sqlite3.Connection, article_id: str) -> bool:
    """Remove an article, and its content if no other shares it; False when there is none."""
    row = connection.execute("SELECT content_id FROM articles WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))
    if not connection.execute("SELECT 1 FROM articles WHERE content_id = ?", row).fetchone():
        _delete_content(connection, row[0])
    return True


def content_key(of: Article) -> bytes:
    """The same for articles that share a content, and for no others."""
    return hashlib.sha256(json.dumps([of.title, of.language, of.text]).encode()).digest()


def digest(body: str) -> bytes:
    """What a chunk's text is checked against: the first 16 bytes of its SHA-256."""
    return hashlib.sha256(body.encode()).digest()[:16]


def _shown(
    connection: sqlite3.Connection, content_id: int, filters: Filters | None
) -> tuple[Article, tuple[Copy, ...]] | None:
    """The article that a content is shown as and the others with its report; None where none passes."""
    condition, values = where(filters)
    admitted = f"AND {condition}" if condition else ""
    row = connection.execute(
        f"{ARTICLES} WHERE content_id = ? {admitted} {_EARLIEST_FIRST} LIMIT 1", (content_id, *values)
    ).fetchone()
    if row is None:
        return None
    copies = connection.execute(
        f"SELECT article_id, title, url, published, source {FROM} "
        "WHERE group_id = (SELECT group_id FROM contents WHERE content_id = ?) "
        f"AND article_id != ? {admitted} {_EARLIEST_FIRST}",
        (content_id, row[0], *values),
    )
    return article(row), tuple(Copy(*each) for each in copies)


def _content(connection: sqlite3.Connection, of: Article) -> int:
    """The id of the article's content, which is stored if it is new."""
    key = content_key(of)
    row = connection.execute("SELECT content_id FROM contents WHERE key = ?", (key,)).fetchone()
    if row:
        return int(row[0])
    sketch = Sketch.of(of.text)
    cursor = connection.execute(
        "INSERT INTO contents (key, content_hash, group_id, shingles, signature, title, text) "
        "VALUES (?, ?, 0, ?, ?, ?, ?)",
        (key, of.content_hash, sketch.shingles, sketch.encoded, of.title, of.text),
    )
    content_id = int(cursor.lastrowid or 0)
    groups.join(connection, content_id, sketch)
    return content_id


def _insert_chunk(
    connection: sqlite3.Connection, content_id: int, of: Article, chunk: Chunk, vector: bytes
) -> None:
    body = of.text[chunk.start : chunk.end]
    chunk_id = connection.execute(
        "INSERT INTO chunks (content_id, start, stop, digest) VALUES (?, ?, ?, ?)",
        (content_id, chunk.start, chunk.end, digest(body)),
    ).lastrowid
    connection.execute("INSERT INTO vectors VALUES (?, ?)", (chunk_id, vector))
    connection.execute(
        "INSERT INTO chunks_fts (rowid, title, body) VALUES (?, ?, ?)", (chunk_id, of.title, body)
    )


def _delete_content(connection: sqlite3.Connection, content_id: int) -> None:
    # The lexical index is told the old words before the tables that they are read from change.
    connection.execute(
        "INSERT INTO chunks_fts (chunks_fts, rowid, title, body) "
        "SELECT 'delete', chunk_id, title, body FROM chunk_texts "
        "WHERE chunk_id IN (SELECT chunk_id FROM chunks WHERE content_id = ?)",
        (content_id,),
    )
    groups.leave(connection, content_id)
    connection.execute("DELETE FROM contents WHERE content_id = ?", (content_id,))
    if not ERASES_WORDS:
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('words_to_erase', '1')")
