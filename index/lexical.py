"""Lexical search: BM25 over the words of a question, at a cost that does not grow with how common they are.

FTS5 walks all passages that have any of the words, and ranking one takes microseconds: "the" alone would
take a second where there are a million. So the rarest words are taken, as many as have RANKED_ROWS passages
together, and the others, which say the least, are left out. Where even the rarest has more, the newest of
its passages are ranked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.database import Database
from index.types import Scored

RANKED_ROWS = 20_000
"""So many passages are ranked at most; decision 25 has what that costs and loses."""

TITLE_WEIGHT = 1.0
"""BM25 weight of a word in the title against one in the passage."""

_NEWEST = (
    "rowid > (SELECT ifnull(min(rowid), 0) FROM (SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ? "
    "ORDER BY rowid DESC LIMIT 1 OFFSET ?))"
)

_ARTICLE = (
    "SELECT 1 FROM chunks CROSS JOIN articles USING (content_id) WHERE chunk_id = chunks_fts.rowid AND {}"
)


def search(database: Database, query: str, k: int, condition: str, values: Sequence[str]) -> Scored:
    """The k best chunks, best first, of articles that meet the ``condition``, if there is any."""
    with database.snapshot():
        match, is_common = _match(database, query)
        if not match:
            return []
        only = f"AND EXISTS ({_ARTICLE.format(condition)})" if condition else ""
        newest, bounds = (f"AND {_NEWEST}", [match, RANKED_ROWS]) if is_common else ("", [])
        # FTS5 gives better matches lower numbers.
        rows = database.read(
            "SELECT rowid, -bm25(chunks_fts, ?, 1.0) AS score FROM chunks_fts WHERE chunks_fts MATCH ? "
            f"{newest} {only} ORDER BY score DESC, rowid LIMIT ?",
            (TITLE_WEIGHT, match, *bounds, *values, k),
        )
    return [(int(chunk_id), float(score)) for chunk_id, score in rows]


def _match(database: Database, query: str) -> tuple[str, bool]:
    """Any of the words that are to be looked for, in FTS5's syntax, and whether even the rarest is common."""
    words = dict.fromkeys(re.findall(r"\w+", query.lower()))
    counted = sorted((_passages(database, f'"{word}"'), place, word) for place, word in enumerate(words))
    taken, rows = list[str](), 0
    for passages, _, word in counted:
        rows += passages
        if rows > RANKED_ROWS and taken:
            break
        if passages:
            taken.append(f'"{word}"')
    return " OR ".join(taken), len(taken) == 1 and rows > RANKED_ROWS


def _passages(database: Database, match: str) -> int:
    """How many passages have a word, counted only as far as that matters."""
    ((count,),) = database.read(
        "SELECT count(*) FROM (SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH ? LIMIT ?)",
        (match, RANKED_ROWS + 1),
    )
    return int(count)
