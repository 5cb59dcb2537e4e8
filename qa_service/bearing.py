"""Bearing: the sentences that a question of yes or no, or of what somebody says, can be settled with.

The reader was trained to find a few words, and often finds none to point at in a sentence that says all that
was asked. Such sentences are found by their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from index.chunking import sentence_spans
from index.types import Hit
from qa_service.attribution import SAYING, said_by
from qa_service.conversation import english
from qa_service.enumeration import Place

LEAST_WORDS = 2


def sentences_with(question: str, hits: Sequence[Hit]) -> Iterator[tuple[Hit, Place]]:
    """The sentences that have all words of the question that tell something, in any of their forms."""
    wanted = [lemmas(word) for word in telling(question)]
    if len(wanted) < LEAST_WORDS:
        return
    for hit in hits:
        for start, end in sentence_spans(hit.text, hit.article.language):
            said = _forms(hit.text[start:end])
            if all(word & said for word in wanted):
                yield hit, (start, end)


def sentences_of(question: str, speaker: Sequence[str], hits: Sequence[Hit]) -> Iterator[tuple[Hit, Place]]:
    """The sentences that ``speaker`` says, about what the question is about."""
    named = {*map(english.plain, speaker)}
    about = [lemmas(word) for word in telling(question) if english.plain(word) not in named]
    about = [word for word in about if not word & SAYING]
    for hit in hits:
        for start, end in said_by(hit.text, hit.article.language, speaker):
            said = _forms(hit.text[start:end])
            if all(word & said for word in about):
                yield hit, (start, end)


def telling(text: str) -> Iterator[str]:
    """The words that say what it is about."""
    return (word for word in english.words_of(text) if english.plain(word) not in english.FUNCTION_WORDS)


@lru_cache(maxsize=512)
def _forms(text: str) -> frozenset[str]:
    return frozenset().union(*map(lemmas, english.words_of(text)))


@lru_cache(maxsize=4096)
def lemmas(word: str) -> frozenset[str]:
    """The forms under which a word is the same as another form of it."""
    low = english.plain(word)
    return frozenset((low, english.singular(low), english.base_form(low)))
