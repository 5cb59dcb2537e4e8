"""The order of training: which question is read when, from the first batch to the last."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from torch.utils.data import DataLoader, Dataset

from .examples import Example, Source
from .features import Batch, Featurizer, Window, collate
from .lesson import Lesson

NEGATIVES = 0.35  # further examples without an answer, for each answerable question
SENTENCE_NEGATIVES = 0.25  # the same where the passages are sentences
_BATCHES_AT_ONCE = 32  # examples of this many batches are sorted by length together


@dataclass(frozen=True)
class TrainingBatch:
    """A batch with the first and last token of each answer; (0, 0) for no answer."""

    inputs: Batch
    targets: list[tuple[int, int]]
    lesson: Lesson | None
    """What the teacher reads, if there is one."""


@dataclass(frozen=True)
class _Turn:
    when: float
    source: int
    question: int
    repetition: int
    negative: bool


class Mixture:
    """All examples of a run: `passes` over the questions of each source (0.5: half of them), spread out.

    Sentences come more often early and whole paragraphs, which are what the reader meets in use,
    more often late. Everything follows from the seed, so any batch can be made again. `steps`
    ends the run after so many batches, if the passes give more.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        passes: Sequence[float],
        featurizer: Featurizer,
        seed: int,
        batch_size: int,
        steps: int | None = None,
        teacher: Featurizer | None = None,
    ) -> None:
        self._sources = sources
        self._featurizer = featurizer
        self._teacher = teacher
        self._seed = seed
        self._turns = sorted(self._plan(passes), key=lambda turn: turn.when)
        self._batch_size = batch_size
        self._steps = min(len(self._turns) // batch_size, steps or len(self._turns))

    def __len__(self) -> int:
        return self._steps

    def batches(self, first: int = 0, workers: int = 0) -> Iterator[TrainingBatch]:
        """Batches from number `first` to the last, made by so many other processes (0: by this one).

        A GPU trains faster than one process can make batches.
        """
        start = first - first % _BATCHES_AT_ONCE
        blocks = _Blocks(self, range(start, len(self), _BATCHES_AT_ONCE))
        loader = DataLoader(blocks, batch_size=None, num_workers=workers, collate_fn=_unchanged)
        for number, batches in enumerate(loader):
            yield from batches[0 if number else first - start :]

    def block(self, first: int) -> list[TrainingBatch]:
        """Batches `first` and those after it that are sorted with it."""
        return [self._batch(group) for group in self._block(first, min(first + _BATCHES_AT_ONCE, len(self)))]

    def _plan(self, passes: Sequence[float]) -> Iterator[_Turn]:
        rng = Random(self._seed)  # noqa: S311 (nothing secret)
        for number, (source, count) in enumerate(zip(self._sources, passes, strict=True)):
            share = SENTENCE_NEGATIVES if source.of_sentences else NEGATIVES
            power = 2 if source.of_sentences else 1
            for repetition in range(math.ceil(count)):
                for question, (_, asked) in enumerate(source.questions):
                    left = count - repetition  # the last pass may be a part of one
                    if left < 1 and rng.random() >= left:
                        continue
                    yield _Turn(rng.random() ** power, number, question, repetition, False)
                    if asked.answers and rng.random() < share:
                        yield _Turn(rng.random() ** power, number, question, repetition, True)

    def _block(self, first: int, last: int) -> list[list[tuple[Example, Window]]]:
        """Batches `first` to `last` (exclusive), each of examples of about the same length."""
        size = self._batch_size
        examples = [self._example(turn) for turn in self._turns[first * size : last * size]]
        windows = self._featurizer.first_windows(examples)
        rows = sorted(zip(examples, windows, strict=True), key=lambda row: len(row[1].ids))
        groups = [rows[i : i + size] for i in range(0, len(rows), size)]
        Random(f"{self._seed} {first}").shuffle(groups)  # noqa: S311 (nothing secret)
        return groups

    def _example(self, turn: _Turn) -> Example:
        rng = Random(f"{self._seed} {turn}")  # noqa: S311 (nothing secret)
        source = self._sources[turn.source]
        make = source.negative if turn.negative else source.positive
        return make(turn.question, rng)

    def _batch(self, group: Sequence[tuple[Example, Window]]) -> TrainingBatch:
        inputs = collate([window for _, window in group])
        targets = [window.target(example.answer) for example, window in group]
        lesson = None
        if self._teacher:
            examples = [example for example, _ in group]
            lesson = Lesson.of(inputs, collate(self._teacher.first_windows(examples)))
        return TrainingBatch(inputs, targets, lesson)


class _Blocks(Dataset[list[TrainingBatch]]):
    """Blocks of batches as torch's loader wants them; ``starts`` are the numbers of their first batches."""

    def __init__(self, mixture: Mixture, starts: range) -> None:
        self._mixture = mixture
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> list[TrainingBatch]:
        return self._mixture.block(self._starts[number])


def _unchanged(batches: list[TrainingBatch]) -> list[TrainingBatch]:
    """For the loader, which would make tensors of the arrays."""
    return batches
