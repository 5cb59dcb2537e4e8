"""Lexicon: the terms of an index in Milvus, and the chunks that have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index import spelling
from index.milvus.cluster import Cluster, Row
from index.milvus.expressions import joined, matching, quoted
from index.milvus.schema import CHUNKS, NO_VECTOR, TERMS
from index.milvus.terms import Analyzer

LONGEST_TERM = 100
"""Longer ones are no words that anyone mistypes or begins."""

MOST_BEGUN = 1000
"""So many terms are looked for where one is begun."""

PLACE = ("article_id", "version", "start", "stop")


class Lexicon:
    """Terms that were ever stored; one of them counts while a chunk that counts has it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._analyzer = Analyzer()
        self._stored: set[str] = set()

    def terms(self, text: str) -> list[str]:
        return self._analyzer.terms([text])[0]

    def learn(self, texts: Sequence[str]) -> list[list[str]]:
        """The terms of each text, which are known from now on."""
        found = self._analyzer.terms(texts)
        new = {term for terms in found for term in terms if len(term) <= LONGEST_TERM} - self._stored
        self._cluster.upsert(
            TERMS, [{"term": term, "length": len(term), "no_vector": NO_VECTOR} for term in sorted(new)]
        )
        self._stored |= new
        return found

    def having(self, words: str) -> str:
        """Whether a chunk has all of the words, in any of their forms; empty when there are none."""
        return joined(*(matching("terms", [term]) for term in dict.fromkeys(self.terms(words))))

    def places_of_beginning(self, word: str, condition: str) -> Iterator[Row]:
        """Chunks that meet the condition and have a word that begins like this one, which has no space."""
        *whole, begun = self.terms(word) or [""]  # "van_gogh" is two
        like = f"term like {quoted(begun + '%')}"
        terms = (
            [row["term"] for row in self._cluster.query(TERMS, like, ["term"], MOST_BEGUN)] if begun else []
        )
        if not terms:
            return iter(())
        having = joined(*(matching("terms", [term]) for term in whole), matching("terms", terms), condition)
        return self._cluster.rows(CHUNKS, having, PLACE)

    def near(self, word: str) -> list[str]:
        """The terms that a word, as it is typed, may have been meant for."""
        low = spelling.plain(word)
        allowed = spelling.slips(low)
        if not allowed:
            return []
        length, most = len(low), allowed + spelling.ENDING
        condition = (
            f"term like {quoted(low[0] + '%')} and length >= {length - most} and length <= {length + most}"
        )
        terms = [row["term"] for row in self._cluster.query(TERMS, condition, ["term"])]
        return spelling.nearest(low, sorted(terms))

    def close(self) -> None:
        self._analyzer.close()

    def _begun(self, beginning: str) -> Sequence[Row]:
        like = f"term like {quoted(beginning + '%')}"
        return self._cluster.query(TERMS, like, ["term"], MOST_BEGUN)
