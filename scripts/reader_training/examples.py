"""Training examples: what a question meets when it is asked over retrieved passages.

A file of whole paragraphs gives each question its paragraph, or a stretch of it. A file of
single sentences (QAMR) gives each question its sentence among others. Both give answerable
questions passages that do not answer them as well, because that is what most retrieved passages
do. All choices come from the `random.Random` handed in.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from .bm25 import Bm25
from .squad import Passage, Question, consensus
from .typing_habits import as_typed

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

SENTENCE_FILE_LENGTH = 300  # characters: a file whose median passage is shorter holds sentences
MAX_WORDS = 200  # a passage longer than this is read a stretch at a time
MIN_WORDS = 50
CROPPED = 0.35  # share of paragraphs shown in part, since the index cuts articles its own way
TITLED = 0.5  # share of passages with their title in front, so that both ways work
LEXICALLY_CLOSE = 0.6  # share of the other sentences that resemble the question
MAX_OTHERS = 5
CANDIDATES = 20


@dataclass(frozen=True)
class Example:
    """A question and what it is asked of; `answer` is (start, end) in `context`, None for none."""

    question: str
    context: str
    title: str | None
    answer: tuple[int, int] | None


@dataclass(frozen=True)
class _Piece:
    """A stretch of a passage, short enough to be read at once."""

    passage: Passage
    text: str


class Source:
    """The questions of one file, and all of its passages to confuse them with."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        if not any(passage.questions for passage in passages):
            raise ValueError("there are no questions to train on")
        self.questions = [(each, question) for each in passages for question in each.questions]
        self.of_sentences = statistics.median(len(each.text) for each in passages) < SENTENCE_FILE_LENGTH
        self._pieces = [
            _Piece(each, each.text[start:end]) for each in passages for start, end in _stretches(each.text)
        ]
        self._index = Bm25([piece.text for piece in self._pieces])

    def positive(self, number: int, rng: Random) -> Example:
        """Question `number` with its own passage."""
        passage, question = self.questions[number]
        span = _span(question)
        if self.of_sentences:
            others = self._others(passage, question, rng.randint(0, MAX_OTHERS), rng)
            context, answer = _among(passage.text, span, others, rng)
        else:
            context, answer = _crop(passage.text, span, rng)
        return _asked(question.text, context, passage.title, answer, rng)

    def negative(self, number: int, rng: Random) -> Example:
        """Question `number` with a passage that does not answer it.

        Where none can be made (all passages hold the answer) it is the question's own passage.
        """
        passage, question = self.questions[number]
        kinds: list[Callable[[Passage, Question, Random], Example | None]] = [self._retrieved]
        if not self.of_sentences:
            # Retrieved passages are what the reader meets most.
            kinds += [self._retrieved, _answer_removed]
            rng.shuffle(kinds)
        for make in kinds:
            if (example := make(passage, question, rng)) is not None:
                return example
        return self.positive(number, rng)

    def _retrieved(self, passage: Passage, question: Question, rng: Random) -> Example | None:
        """Passages of the file that BM25 returns for the question, or any, without the answer."""
        if self.of_sentences:
            others = self._others(passage, question, rng.randint(1, MAX_OTHERS), rng)
            return _asked(question.text, " ".join(others), None, None, rng) if others else None
        found = self._without_answer(passage, question, self._close(question))
        if not found:
            return None
        piece = rng.choice(found)
        return _asked(question.text, piece.text, piece.passage.title, None, rng)

    def _others(self, passage: Passage, question: Question, count: int, rng: Random) -> list[str]:
        """Up to `count` sentences other than the passage that do not hold the answer."""
        close = self._close(question)
        chosen = [
            rng.choice(close if close and rng.random() < LEXICALLY_CLOSE else self._pieces)
            for _ in range(count)
        ]
        kept = self._without_answer(passage, question, chosen)
        return list(dict.fromkeys(piece.text for piece in kept))

    def _close(self, question: Question) -> list[_Piece]:
        return [self._pieces[each] for each in self._index.search(question.text, CANDIDATES)]

    @staticmethod
    def _without_answer(passage: Passage, question: Question, pieces: Sequence[_Piece]) -> list[_Piece]:
        answers = [answer.text.lower() for answer in question.answers]
        return [
            piece
            for piece in pieces
            if piece.text != passage.text and not any(answer in piece.text.lower() for answer in answers)
        ]


def _span(question: Question) -> tuple[int, int] | None:
    if not question.answers:
        return None
    answer = consensus(question.answers)
    return answer.start, answer.end


def _asked(
    question: str, context: str, title: str | None, answer: tuple[int, int] | None, rng: Random
) -> Example:
    shown = title if rng.random() < TITLED else None
    return Example(as_typed(question, rng), context, shown, answer)


def _among(
    text: str, answer: tuple[int, int] | None, others: Sequence[str], rng: Random
) -> tuple[str, tuple[int, int] | None]:
    """`text` at a random place among other sentences, and where the answer went."""
    place = rng.randint(0, len(others))
    before = "".join(f"{other} " for other in others[:place])
    context = " ".join([before + text, *others[place:]])
    return context, answer and (answer[0] + len(before), answer[1] + len(before))


def _crop(text: str, answer: tuple[int, int] | None, rng: Random) -> tuple[str, tuple[int, int] | None]:
    """A run of whole sentences around the answer; of a short text mostly all of it."""
    length = len(text.split())
    if length <= MIN_WORDS or (length <= MAX_WORDS and rng.random() >= CROPPED):
        return text, answer
    sentences = _sentences(text)
    focus = answer or sentences[rng.randrange(len(sentences))]
    budget = rng.randint(MIN_WORDS, min(length, MAX_WORDS))
    first = max(i for i, (start, _) in enumerate(sentences) if start <= focus[0])
    last = min(i for i, (_, end) in enumerate(sentences) if end >= focus[1])
    while True:
        sides = [i for i in (first - 1, last + 1) if 0 <= i < len(sentences)]
        size = len(text[sentences[first][0] : sentences[last][1]].split())
        if not sides or size >= budget:
            break
        side = rng.choice(sides)
        first, last = min(first, side), max(last, side)
    start, end = sentences[first][0], sentences[last][1]
    return text[start:end], answer and (answer[0] - start, answer[1] - start)


def _answer_removed(passage: Passage, question: Question, rng: Random) -> Example | None:
    """The passage without the sentences that hold an answer."""
    text, answer = _crop(passage.text, _span(question), rng)
    texts = [each.text.lower() for each in question.answers]
    sentences = [text[start:end] for start, end in _sentences(text)]
    kept = [each for each in sentences if not any(found in each.lower() for found in texts)]
    if answer is None or not kept or len(kept) == len(sentences):
        return None
    return _asked(question.text, " ".join(kept), passage.title, None, rng)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences start and end; every one but the last is followed by white space."""
    breaks = [each.span() for each in _SENTENCE_END.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    return [span for span in zip(starts, ends, strict=True) if span[0] < span[1]]


def _stretches(text: str) -> list[tuple[int, int]]:
    """Runs of whole sentences of about MAX_WORDS words that cover the text."""
    found: list[tuple[int, int]] = []
    begin, size = 0, 0
    for start, end in _sentences(text):
        length = len(text[start:end].split())
        if size and size + length > MAX_WORDS:
            found.append((begin, start))
            begin, size = start, 0
        size += length
    return [*found, (begin, len(text))]
