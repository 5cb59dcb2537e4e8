"""Did you mean: a question whose names the articles don't have, with names that they have."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rapidfuzz.distance import OSA

from index.article_index import ArticleIndex
from index.spelling import plain
from index.types import Hit
from qa_service.conversation import english

_WORD = re.compile(r"\w+")
_OF_A_PLACE = re.compile("(?:[ie]?an|n|ese|ish|i)$")
"""Endings that make "Moroccan" of "Morocco"."""


def did_you_mean(question: str, index: ArticleIndex, hits: Sequence[Hit] = ()) -> str | None:
    """The question with each unknown name replaced by the one nearest to it in the articles; None where
    all names are known, or nothing is near.

    A word of the dictionary that the articles don't have is no slip: "supermarket" is meant. What stands in
    the hits of the question is not looked for in the index.
    """
    known = {word.lower() for hit in hits for word in _WORD.findall(f"{hit.article.title} {hit.text}")}

    def nearest(found: re.Match[str]) -> str:
        word = found.group()
        is_meant = word.isdigit() or word.lower() in known or not english.is_name(word)
        if is_meant or index.has_word(word):
            return word
        near = _likeliest(word, index.similar_words(word), known)
        return word if near is None or _is_same_place(word.lower(), near.lower()) else near

    suggestion = _WORD.sub(nearest, question)
    return suggestion if suggestion != question else None


def _likeliest(word: str, similar: Sequence[str], known: Collection[str]) -> str | None:
    """The nearest; of those that are equally near one that is ``known``, if there is one."""
    distances = [OSA.distance(plain(word), plain(each)) for each in similar]
    nearest = [each for each, far in zip(similar, distances, strict=True) if far == min(distances)]
    return next((each for each in nearest if each.lower() in known), next(iter(nearest), None))


def _is_same_place(word: str, other: str) -> bool:
    """ "Africa" and "African": no slip of either."""
    roots = [_OF_A_PLACE.sub("", each) for each in (word, other)]
    is_one_of_place = (roots[0] == word) != (roots[1] == other)
    return is_one_of_place and roots[0].rstrip("aeiouy") == roots[1].rstrip("aeiouy")
