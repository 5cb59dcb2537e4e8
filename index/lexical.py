"""Lexical search: BM25 over the words of a question, at a cost that does not grow with how common they are.

FTS5 walks all passages that have any of the words, and ranking one takes microseconds: "the" alone would
take a second where there are a million. So the rarest words choose what is ranked, as many as have
RANKED_ROWS passages together; the others only add to the score of what these chose, up to WEIGHED_ROWS
passages, and those that are more common still say nothing. Where even the rarest word has more passages
than are ranked, the newest of them are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.database import Database
from index.types import Scored

RANKED_ROWS = 10_000
"""So many passages are ranked at most; decision 25 has what that costs and loses."""

WEIGHED_ROWS = 100_000
WEIGHED_SHARE = 0.25
"""A word that more of the passages have is left out, once not all are ranked anyway."""

ENOUGH = 20
"""Where a filter leaves fewer of what was chosen, the words that were only weighed choose as well."""

STALE_GENERATIONS = 1000
"""After so many changes it is counted anew how common a word is."""

TITLE_WEIGHT = 1.0
"""BM25 weight of a word in the title against one in the passage."""

_NEWEST = (
    "rowid > (SELECT ifnull(min(rowid), 0) FROM (SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ? "
    "ORDER BY rowid DESC LIMIT 1 OFFSET ?))"
)
_ARTICLE = (
    "EXISTS (SELECT 1 FROM chunks CROSS JOIN articles USING (content_id) "
    "WHERE chunk_id = chunks_fts.rowid AND {})"
)
# The plus keeps SQLite from asking FTS5 for each of these ids by itself.
_ARTICLES = (
    "+rowid IN (SELECT chunk_id FROM chunks WHERE content_id IN (SELECT content_id FROM articles WHERE {}))"
)


@dataclass(frozen=True)
class _Words:
    """The words of a question, from the rarest on: they choose, are weighed, or say nothing."""

    choosing: Sequence[str]
    weighed: Sequence[str] = ()
    common: Sequence[str] = ()
    only_newest: bool = False

    @property
    def match(self) -> str:
        """In FTS5's syntax. A word that is named twice counts twice, so all are, or none."""
        if not self.weighed:
            return _any(self.choosing)
        return f"({_any(self.choosing)}) AND ({_any([*self.choosing, *self.weighed, *self.weighed])})"


class Lexical:
    """BM25 of FTS5. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._common: dict[str, int] = {}
        self._counted_at = -STALE_GENERATIONS
        self._most = 0

    def search(self, query: str, k: int, condition: str, values: Sequence[str]) -> Scored:
        """The k best chunks, best first, of articles that meet the ``condition``, if there is any."""
        with self._database.snapshot():
            words = self._words(query)
            if not words.choosing:
                return []
            if not condition:
                return self._ranked(words, k, "", values)
            found = self._ranked(words, k, f"AND {_ARTICLE.format(condition)}", values)
            among = f"AND {_ARTICLES.format(condition)}"
            if len(found) < min(k, ENOUGH) and (words.weighed or words.only_newest):
                found = self._ranked(_Words([*words.choosing, *words.weighed]), k, among, values)
            if not found and words.common:
                found = self._ranked(_Words(words.common), k, among, values)
        return found

    def _ranked(self, words: _Words, k: int, only: str, values: Sequence[str]) -> Scored:
        newest, bounds = (f"AND {_NEWEST}", [words.match, RANKED_ROWS]) if words.only_newest else ("", [])
        # FTS5 gives better matches lower numbers.
        rows = self._database.read(
            "SELECT rowid, -bm25(chunks_fts, ?, 1.0) AS score FROM chunks_fts WHERE chunks_fts MATCH ? "
            f"{newest} {only} ORDER BY score DESC, rowid LIMIT ?",
            (TITLE_WEIGHT, words.match, *bounds, *values, k),
        )
        return [(int(chunk_id), float(score)) for chunk_id, score in rows]

    def _words(self, query: str) -> _Words:
        words = dict.fromkeys(re.findall(r"\w+", query.lower()))
        counted = sorted((count, word) for word in words if (count := self._passages(word)))
        choosing, rows = [word for _, word in counted[:1]], sum(count for count, _ in counted[:1])
        others = counted[1:]
        while others and rows + others[0][0] <= RANKED_ROWS:
            count, word = others.pop(0)
            choosing.append(word)
            rows += count
        if rows > RANKED_ROWS:
            return _Words(choosing, common=[word for _, word in others], only_newest=True)
        weighed = [word for count, word in others if count <= self._most]
        return _Words(choosing, weighed, [word for count, word in others if count > self._most])

    def _passages(self, word: str) -> int:
        """How many passages have a word, counted only as far as that matters."""
        generation = self._database.generation
        if generation - self._counted_at >= STALE_GENERATIONS:
            self._common, self._counted_at = {}, generation
            ((chunks,),) = self._database.read("SELECT count(*) FROM chunks")
            self._most = min(WEIGHED_ROWS, max(RANKED_ROWS, int(WEIGHED_SHARE * chunks)))
        if word in self._common:
            return self._common[word]
        ((count,),) = self._database.read(
            "SELECT count(*) FROM (SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH ? LIMIT ?)",
            (f'"{word}"', self._most + 1),
        )
        if count > RANKED_ROWS:
            self._common[word] = count
        return int(count)


def _any(words: Sequence[str]) -> str:
    """Each quoted, so that no character of it is FTS5 syntax."""
    return " OR ".join(f'"{word}"' for word in words)
