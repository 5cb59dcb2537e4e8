"""Spelling: which words the articles have, and which of them are nearly spelt like another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from index.database import Database

LEAST_LETTERS = 4
"""Shorter words are near to too many others."""

SAMPLES = 5
"""So many passages are looked at for how a word is written."""

TERMS = 20
"""So many terms of the lexical index are looked at, the nearest first."""

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
    low = _plain(word)
    slips = _slips(low)
    if not slips:
        return []
    with database.snapshot() as connection:
        connection.execute(_VOCABULARY.format("terms", "row"))
        connection.execute(_VOCABULARY.format("places", "instance"))
        words = [word for term in _near_terms(database, low, slips) for word in _written(database, term)]
    distances = {word: OSA.distance(low, _plain(word)) for word in words}
    near = [word for word, distance in distances.items() if distance <= slips]
    return sorted(near, key=lambda word: (distances[word], word.isupper()))  # a dateline may shout a name


def _slips(word: str) -> int:
    if len(word) < LEAST_LETTERS or not word.isalpha():  # another number is another thing
        return 0
    return 1 if len(word) < 6 else 2


def _near_terms(database: Database, word: str, slips: int) -> list[str]:
    """Terms of the lexical index, which are stems: an ending more is allowed for."""
    after = word[0] + "\U0010ffff"
    rows = database.read(
        "SELECT term FROM temp.terms WHERE term >= ? AND term < ? ORDER BY doc DESC", (word[0], after)
    )
    terms = [term for (term,) in rows]
    # Of terms that are equally near, the more frequent comes first.
    near = extract(word, terms, scorer=OSA.distance, score_cutoff=slips + 2, limit=TERMS)
    return [term for term, *_ in near]


def _written(database: Database, term: str) -> Iterator[str]:
    """The words that some of the term's passages have; the term is the stem of one of them."""
    rows = database.read(
        "SELECT title || ' ' || body FROM chunk_texts WHERE chunk_id IN "
        "(SELECT DISTINCT doc FROM temp.places WHERE term = ? LIMIT ?)",
        (term, SAMPLES),
    )
    for (text,) in rows:
        yield from (word for word in re.findall(r"\w+", text) if _plain(word).startswith(term[:3]))


def _plain(word: str) -> str:
    """In lower case and without diacritics, as the lexical index has it."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
