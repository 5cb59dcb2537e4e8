"""Questions and passages as token ids, and tokens as places in the passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from .examples import Example

MAX_LENGTH = 384  # tokens of question and passage together
STRIDE = 128  # tokens that neighbouring windows of a long passage share
_PAD_TO = 16  # matrix products are fastest in sizes that fill the vector registers


@dataclass(frozen=True)
class Window:
    """What the model reads at once: a question and as much of the passage as fits.

    `spans[i]` is where token i stands in the passage, None for [CLS], the question, the title and
    separators, which cannot be part of an answer.
    """

    ids: list[int]
    type_ids: list[int]
    spans: list[tuple[int, int] | None]

    def target(self, answer: tuple[int, int] | None) -> tuple[int, int]:
        """First and last token of the answer; (0, 0), which is [CLS], where it is not all here."""
        if answer is None:
            return 0, 0
        inside = [
            (token, span)
            for token, span in enumerate(self.spans)
            if span and span[0] < answer[1] and span[1] > answer[0]
        ]
        if not inside:
            return 0, 0
        (first, opening), (last, closing) = inside[0], inside[-1]
        whole = opening[0] <= answer[0] and closing[1] >= answer[1]
        return (first, last) if whole else (0, 0)

    def text(self, first: int, last: int, context: str) -> str:
        """What stands in `context` from token `first` to token `last`, both part of the passage."""
        opening, closing = self.spans[first], self.spans[last]
        if opening is None or closing is None:
            raise ValueError(f"tokens {first} to {last} are not of the passage")
        return context[opening[0] : closing[1]]


@dataclass(frozen=True)
class Batch:
    """Windows side by side, each array of shape (windows, tokens), padded with zeros.

    `allowed` marks the tokens that may start or end an answer, [CLS] among them.
    """

    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.int64]
    type_ids: npt.NDArray[np.int64]
    allowed: npt.NDArray[np.bool_]


class Featurizer:
    """The encoder's own tokenizer, set to windows of MAX_LENGTH tokens."""

    def __init__(self, tokenizer_file: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_LENGTH, stride=STRIDE, strategy="only_second")

    def first_windows(self, examples: Sequence[Example]) -> list[Window]:
        """For each example the first of its windows, which is all of a short context."""
        return [windows[0] for windows in self.windows(examples)]

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """For each example the windows that cover its context."""
        prefixes = [f"{example.title}. " if example.title else "" for example in examples]
        pairs = [
            (example.question, prefix + example.context)
            for example, prefix in zip(examples, prefixes, strict=True)
        ]
        return [
            [_window(each, len(prefix)) for each in [encoding, *encoding.overflowing]]
            for encoding, prefix in zip(self.tokenizer.encode_batch(pairs), prefixes, strict=True)
        ]


def collate(windows: Sequence[Window]) -> Batch:
    """Windows as one padded batch."""
    longest = max(len(window.ids) for window in windows)
    shape = (len(windows), -(-longest // _PAD_TO) * _PAD_TO)
    batch = Batch(
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.bool_),
    )
    for row, window in enumerate(windows):
        length = len(window.ids)
        batch.ids[row, :length] = window.ids
        batch.mask[row, :length] = 1
        batch.type_ids[row, :length] = window.type_ids
        batch.allowed[row, :length] = [span is not None for span in window.spans]
        batch.allowed[row, 0] = True
    return batch


def _window(encoding: Encoding, prefix: int) -> Window:
    spans = [
        (start - prefix, end - prefix) if sequence == 1 and start >= prefix else None
        for sequence, (start, end) in zip(encoding.sequence_ids, encoding.offsets, strict=True)
    ]
    return Window(encoding.ids, encoding.type_ids, spans)
