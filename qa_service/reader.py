"""Reader: a question and passages in, the words that may answer out."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.chunking import sentence_spans
from index.errors import ConfigError
from index.loaders.text import credit_lines
from index.text_model import Inputs, TextModel
from index.types import FloatArray, Hit
from qa_service.types import Span

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MODEL_FOLDER = Path(__file__).parent / "reader_model"
QUESTION_TOKENS = 96
"""So much of a question is read; the passage needs the rest of the window."""

SPANS_A_WINDOW = 3

_DATELINE = re.compile(r"(?P<place>[^\W\d_][\w .,'’-]{2,40}?)(\([^)\n]{2,30}\) ?)?[-–—] ")


_OF_CREDITS = re.compile(
    r"\b(?:wrote|written|writes|author|journalist|reporter|reported|published|article)\b", re.IGNORECASE
)
"""Words of a question that may be answered with who wrote an article, and when."""


class Reader(Protocol):
    """The model boundary: anything that can do this can be the reader."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """The likely answers in ``hits``, of largest margin first; each at most once."""


@dataclass(frozen=True)
class WindowSize:
    """What the model was trained with, in tokens; ``title_format`` is what it reads of a passage."""

    max_length: int
    stride: int
    max_answer_length: int
    title_format: str


class SpanReader:
    """A span head on a small encoder: where an answer starts and ends, or the first token for none.

    After Devlin et al., "BERT" (2019), section 4.3.
    """

    def __init__(self, model: TextModel, tokenizer: Tokenizer, size: WindowSize) -> None:
        """``tokenizer`` cuts the passage of a pair into windows of ``size``, and pads nothing."""
        self.model = model
        self.tokenizer = tokenizer
        self.size = size

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> SpanReader:
        """The reader in ``folder``. Raises ConfigError when there is none."""
        from tokenizers import Tokenizer

        try:
            size = WindowSize(**json.loads((folder / "reader.json").read_text(encoding="utf-8")))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            model = TextModel.load(folder / "model.onnx")
        except Exception as error:  # each of the three libraries has errors of its own
            raise ConfigError(f"The reader in {folder} can't be loaded: {error}") from error
        tokenizer.enable_truncation(size.max_length, stride=size.stride, strategy="only_second")
        tokenizer.no_padding()
        return cls(model, tokenizer, size)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        return distinct(self._spans(self._short(question), hits))

    def _short(self, question: str) -> str:
        """The question without what would leave no room for the passage."""
        # As the second of a pair, since the tokenizer cuts nothing else.
        question_only = self.tokenizer.encode("", question, add_special_tokens=False)
        ends = [end for _, end in question_only.offsets]
        return question[: ends[QUESTION_TOKENS - 1]] if len(ends) > QUESTION_TOKENS else question

    def _spans(self, question: str, hits: Sequence[Hit]) -> Iterator[Span]:
        prefixes = [self._prefix(hit) for hit in hits]
        pairs = [(question, prefix + hit.text) for prefix, hit in zip(prefixes, hits, strict=True)]
        encodings = self.tokenizer.encode_batch(pairs) if pairs else []
        # A passage longer than the model takes is read in windows, which overlap.
        windows = [
            (hit, len(prefix), window)
            for hit, prefix, encoding in zip(hits, prefixes, encodings, strict=True)
            for window in (encoding, *encoding.overflowing)
        ]
        asks_of_credits = bool(_OF_CREDITS.search(question))
        logits = self.model.run_each([_inputs(window) for *_, window in windows])
        for (hit, prefix, window), (starts, ends) in zip(windows, logits, strict=True):
            yield from self._best_of(hit, prefix, window, starts[0], ends[0], asks_of_credits)

    def _prefix(self, hit: Hit) -> str:
        title = hit.article.title
        return self.size.title_format.format(title=title, passage="") if title else ""

    def _best_of(
        self,
        hit: Hit,
        prefix: int,
        window: Encoding,
        start: FloatArray,
        end: FloatArray,
        asks_of_credits: bool,
    ) -> Iterator[Span]:
        """The best spans of one window, no two of which overlap."""
        body = prefix + (_dateline(hit.text) if hit.start == 0 else 0)
        credits = [] if hit.start or asks_of_credits else list(credit_lines(hit.text))
        places = [
            (token, span[0] - prefix, span[1] - prefix)
            for token, (sequence, span) in enumerate(zip(window.sequence_ids, window.offsets, strict=True))
            if sequence == 1
            and span[0] >= body
            and not any(first <= span[0] - prefix < last for first, last in credits)
        ]
        if not places:
            return
        tokens = np.array([token for token, *_ in places])
        # An answer does not run on from one sentence or line into the next.
        breaks = _breaks(hit)
        parts = np.array([bisect_right(breaks, begin) for _, begin, _ in places])
        scores = start[tokens][:, None] + end[tokens][None, :]
        length = tokens[None, :] - tokens[:, None]
        barred = (length < 0) | (length >= self.size.max_answer_length) | (parts[None, :] != parts[:, None])
        # Nor does it begin or end within a word, of which all pieces but the first are marked.
        inside = np.array([piece.startswith("##") for piece in window.tokens] + [False])
        barred |= inside[tokens][:, None] | inside[tokens + 1][None, :]
        scores[barred] = -np.inf
        null_score = float(start[0] + end[0])
        for _ in range(SPANS_A_WINDOW):
            first, last = np.unravel_index(int(scores.argmax()), scores.shape)
            score = float(scores[first, last])
            if score == -np.inf:
                return
            begin, stop = places[first][1], places[last][2]
            if any(map(str.isalnum, hit.text[begin:stop])):  # a full stop by itself answers nothing
                yield Span(hit, hit.start + begin, hit.start + stop, score, null_score)
            scores[: last + 1, first:] = -np.inf  # whatever begins before its end and ends behind its start


def distinct(spans: Iterable[Span]) -> list[Span]:
    """The spans, each at its largest margin, and the largest first: passages of an article overlap."""
    best: dict[tuple[str, int, int], Span] = {}
    for span in spans:
        key = (span.hit.article.article_id, span.start, span.end)
        if key not in best or best[key].margin < span.margin:
            best[key] = span
    return sorted(best.values(), key=lambda span: -span.margin)


def _inputs(window: Encoding) -> Inputs:
    return {
        "input_ids": window.ids,
        "attention_mask": window.attention_mask,
        "token_type_ids": window.type_ids,
    }


def _breaks(hit: Hit) -> list[int]:
    """Where sentences and lines of the passage begin, in order."""
    sentences = [start for start, _ in sentence_spans(hit.text, hit.article.language)]
    return sorted([*sentences, *(found.end() for found in re.finditer("\n", hit.text))])


def _dateline(text: str) -> int:
    """The length of a dateline such as "PARIS (Agency) - ": the place of writing is no answer."""
    found = _DATELINE.match(text)
    return found.end() if found and found["place"].isupper() else 0
