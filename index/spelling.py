"""Spelling: which words the articles have, and which of them are nearly spelt like another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from index.database import Database

LEAST_LETTERS = 4
"""Shorter words are near to too many others."""

SAMPLES = 5
"""So many passages are looked at for how a word is written."""

TERMS = 20
"""So many terms of the lexical index are looked at, the nearest first."""

ENDING = 2
"""So many letters a word may have more than its stem."""

_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.{} USING fts5vocab ('main', 'chunks_fts', '{}')"


def has_word(database: Database, word: str) -> bool:
    """Whether a passage or a title has the word, in any of its forms."""
    return bool(database.read("SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH ? LIMIT 1", (f'"{word}"',)))


def similar_words(database: Database, word: str) -> list[str]:
    """Words of the passages that a slip or two in typing make of ``word``, as they are written there, the
    nearest first.

    Slips are a letter too many, too few, another one, or two exchanged (optimal string alignment), and not
    the first letter, which few people mistype: so only a small part of the vocabulary is compared. How many
    are allowed for which length is as in Lucene's fuzzy queries.
    """
    low = plain(word)
    if not slips(low):
        return []
    with database.snapshot() as connection:
        connection.execute(_VOCABULARY.format("terms", "row"))
        connection.execute(_VOCABULARY.format("places", "instance"))
        terms = nearest(low, _terms(database, low[0]))
        return ranked(low, (word for term in terms for word in _written(database, term)))


def plain(word: str) -> str:
    """In lower case and without diacritics, as the lexical index has it."""
    low = word.lower()
    if low.isascii():  # nearly all are, and passages are folded for each question
        return low
    decomposed = unicodedata.normalize("NFD", low)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def slips(word: str) -> int:
    """How many are allowed in a plain word."""
    if len(word) < LEAST_LETTERS or not word.isalpha():  # another number is another thing
        return 0
    return 1 if len(word) < 6 else 2


def nearest(word: str, terms: Sequence[str]) -> list[str]:
    """Those of the terms, which are stems, that a plain word may be a slip of; of equally near ones the
    first comes first."""
    # An ending more is allowed for.
    near = extract(word, terms, scorer=OSA.distance, score_cutoff=slips(word) + ENDING, limit=TERMS)
    return [term for term, *_ in near]


def written(text: str, term: str) -> Iterator[str]:
    """The words of a text that may have the term as their stem."""
    return (word for word in re.findall(r"\w+", text) if plain(word).startswith(term[:3]))


def ranked(word: str, words: Iterable[str]) -> list[str]:
    """Those of the words that a plain one may be a slip of, the nearest first."""
    distances = {each: OSA.distance(word, plain(each)) for each in words}
    near = [each for each, distance in distances.items() if distance <= slips(word)]
    return sorted(near, key=lambda each: (distances[each], each.isupper()))  # a dateline may shout a name


def _terms(database: Database, first: str) -> list[str]:
    """The terms of the lexical index that begin with a letter, the most frequent first."""
    rows = database.read(
        "SELECT term FROM temp.terms WHERE term >= ? AND term < ? ORDER BY doc DESC",
        (first, first + "\U0010ffff"),
    )
    return [term for (term,) in rows]


def _written(database: Database, term: str) -> Iterator[str]:
    """The words that some of the term's passages have; the term is the stem of one of them."""
    rows = database.read(
        "SELECT title || ' ' || body FROM chunk_texts WHERE chunk_id IN "
        "(SELECT DISTINCT doc FROM temp.places WHERE term = ? LIMIT ?)",
        (term, SAMPLES),
    )
    for (text,) in rows:
        yield from written(text, term)
