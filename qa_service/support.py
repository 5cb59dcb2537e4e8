"""Support: how well passages bear out a sentence that somebody else wrote about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.chunking import sentence_spans
from index.encoder import Encoder
from index.types import FloatArray, Hit
from qa_service.conversation import english
from qa_service.wording import canonical

SUPPORTED = 0.6
"""From this score on a sentence counts as supported; measured in benchmarks/support.md."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")


@dataclass(frozen=True)
class Details:
    """The names of a sentence, months among them, and its numbers, in the form of ``wording.canonical``."""

    names: frozenset[str]
    numbers: frozenset[str]

    def share_in(self, words: frozenset[str]) -> float:
        """How many of them are among ``words``, 0 to 1; half of that if a number is not."""
        asked = self.names | self.numbers
        share = len(asked & words) / len(asked) if asked else 1.0
        return share if self.numbers <= words else share / 2


@dataclass(frozen=True)
class Evidence:
    """The words of a passage that come closest to a sentence, ``hit.article.text[start:end]``.

    ``score`` is their cosine times the share of the sentence's names and numbers that stand there or
    beside it (``Details.share_in``): the cosine alone hardly sees that one of them is another. 0 to 1.
    """

    number: int
    hit: Hit
    start: int
    end: int
    score: float


class Support:
    """Weighs sentences against numbered passages, the first of which is 1."""

    def __init__(self, encoder: Encoder, hits: Sequence[Hit]) -> None:
        self.encoder = encoder
        self.passages = {number: _Passage(encoder, hit) for number, hit in enumerate(hits, start=1)}

    def of(self, sentence: str, numbers: Sequence[int]) -> list[Evidence]:
        """The best place of each of these passages, the best one first.

        The passages are weighed together: a name is found if any of them has it.
        """
        return self._weighed(self._vector(sentence), details(sentence), numbers)

    def anywhere(self, sentence: str) -> Evidence:
        """The best place of all passages, each weighed alone."""
        vector, asked = self._vector(sentence), details(sentence)
        alone = (self._weighed(vector, asked, [number])[0] for number in self.passages)
        return max(alone, key=lambda evidence: evidence.score)

    def _vector(self, sentence: str) -> FloatArray:
        vector: FloatArray = self.encoder.encode([sentence])[0]
        return vector

    def _weighed(self, vector: FloatArray, asked: Details, numbers: Sequence[int]) -> list[Evidence]:
        passages = {number: self.passages[number] for number in numbers}
        closest = {number: passage.closest(vector) for number, passage in passages.items()}
        words = [passages[number].words(window) for number, (window, _) in closest.items()]
        share = asked.share_in(frozenset().union(*words))
        found = [
            Evidence(
                number, passages[number].hit, *passages[number].windows[window], round(cosine * share, 4)
            )
            for number, (window, cosine) in closest.items()
        ]
        return sorted(found, key=lambda evidence: -evidence.score)


class _Passage:
    def __init__(self, encoder: Encoder, hit: Hit) -> None:
        self.encoder = encoder
        self.hit = hit

    def closest(self, vector: FloatArray) -> tuple[int, float]:
        """The number of the window that comes closest, and its cosine, no less than 0."""
        cosines = self.vectors @ vector
        best = int(cosines.argmax())
        return best, max(float(cosines[best]), 0.0)

    def words(self, at: int) -> frozenset[str]:
        """The words of a window, of the sentences beside it, and of what is known of the article."""
        article, (start, end) = self.hit.article, self.windows[at]
        beside = [span for span in self.sentences if span[1] >= start - 2 and span[0] <= end + 2]
        text = article.text[min(span[0] for span in beside) : max(span[1] for span in beside)]
        known = " ".join(filter(None, (article.title, article.published, article.source, text)))
        return frozenset(canonical(known)) | {english.plain(word) for word in _WORD.findall(known)}

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        hit = self.hit
        spans = [(hit.start + start, hit.start + end) for start, end in sentence_spans(hit.text)]
        return spans or [(hit.start, hit.end)]

    @cached_property
    def windows(self) -> list[tuple[int, int]]:
        """Each sentence, and each two that follow one another, by their offsets in the article."""
        return [*self.sentences, *((one[0], other[1]) for one, other in pairwise(self.sentences))]

    @cached_property
    def vectors(self) -> FloatArray:
        """(windows, dimension)."""
        return self.encoder.encode([self.hit.article.text[start:end] for start, end in self.windows])


def details(sentence: str) -> Details:
    """What can be wrong in a sentence while all else sounds right."""
    numbers = {word for word in canonical(sentence) if any(map(str.isdigit, word))}
    if "1" not in _WORD.findall(sentence):
        numbers.discard("1")  # "one of them" counts nothing
    names = {
        " ".join(canonical(word)) or english.plain(word)
        for place, word in enumerate(_WORD.findall(sentence))
        if word[0].isupper() and (place or english.is_name(word))
    }
    return Details(frozenset(names), frozenset(numbers))
