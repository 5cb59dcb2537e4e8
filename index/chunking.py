"""Chunking: an article's text to runs of whole sentences that the encoder can take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from index.encoder import CountTokens
from index.types import Article, Chunk

TITLE_TOKENS = 48
"""At most so much of a title stands in front of each chunk when it is encoded."""


@dataclass(frozen=True)
class ChunkSize:
    """``tokens`` of the encoder at most; ``overlap`` sentences shared with the chunk before."""

    tokens: int
    overlap: int

    def __post_init__(self) -> None:
        if self.tokens < 16:
            raise ValueError(f"A chunk needs at least 16 tokens, not {self.tokens}.")
        if self.overlap < 0:
            raise ValueError(f"The overlap can't be negative, as {self.overlap} is.")


@dataclass(frozen=True)
class Sentence:
    """``text[start:end]`` without the white space around it, and its length in tokens."""

    start: int
    end: int
    tokens: int


def chunk(article: Article, size: ChunkSize, count_tokens: CountTokens) -> list[Chunk]:
    """Whole sentences, as many as fit; a sentence longer than a chunk is cut between words."""
    sentences = list(split_sentences(article.text, article.language, size.tokens, count_tokens))
    chunks: list[Chunk] = []
    first = 0
    while first < len(sentences):
        last = _last_that_fits(sentences, first, size.tokens)
        chunks.append(Chunk(sentences[first].start, sentences[last].end))
        if last == len(sentences) - 1:
            break
        first = _next_start(sentences, first, last, size)
    return chunks


def encoder_texts(article: Article, chunks: list[Chunk], count_tokens: CountTokens) -> list[str]:
    """What is encoded for each chunk: the title, which says what it is about, and its own words."""
    title = _short_title(article.title, count_tokens)
    return [f"{title}\n{article.text[chunk.start : chunk.end]}".strip() for chunk in chunks]


def sentence_spans(text: str, language: str | None = None) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence, without the white space around it; headings count as sentences."""
    for boundary in sentencex.get_sentence_boundaries(language or "en", text):
        piece = boundary["text"]
        start = boundary["start_index"] + len(piece) - len(piece.lstrip())
        if stripped := piece.strip():
            yield start, start + len(stripped)


def split_sentences(
    text: str, language: str | None, max_tokens: int, count_tokens: CountTokens
) -> Iterator[Sentence]:
    """The sentences of ``text``, those longer than ``max_tokens`` in pieces."""
    spans = list(sentence_spans(text, language))
    lengths = count_tokens([text[start:end] for start, end in spans])
    for (start, end), tokens in zip(spans, lengths, strict=True):
        if tokens <= max_tokens:
            yield Sentence(start, end, tokens)
        else:
            yield from _pieces(text, start, end, max_tokens, count_tokens)


def _pieces(
    text: str, start: int, end: int, max_tokens: int, count_tokens: CountTokens
) -> Iterator[Sentence]:
    """Halve ``text[start:end]`` between words until each part fits."""
    waiting = [(start, end)]
    while waiting:
        start, end = waiting.pop()
        # A token has at least one character, so a long piece need not be counted to be halved.
        fits = end - start <= 50 * max_tokens
        tokens = count_tokens([text[start:end]])[0] if fits else max_tokens + 1
        if tokens <= max_tokens or end - start == 1:
            yield Sentence(start, end, tokens)
            continue
        middle = _word_boundary(text, start, end)
        waiting += [(middle, end), (start, middle)]


def _word_boundary(text: str, start: int, end: int) -> int:
    """A place near the middle, behind white space if there is any in the left half."""
    middle = (start + end) // 2
    space = text.rfind(" ", start + 1, middle)
    return middle if space < 0 else space + 1


def _last_that_fits(sentences: list[Sentence], first: int, max_tokens: int) -> int:
    total = 0
    for position in range(first, len(sentences)):
        total += sentences[position].tokens
        if total > max_tokens:
            return max(first, position - 1)
    return len(sentences) - 1


def _next_start(sentences: list[Sentence], first: int, last: int, size: ChunkSize) -> int:
    """Go back by the overlap, as far as the next new sentence still fits behind it."""
    start = max(last + 1 - size.overlap, first + 1)
    while start <= last and _last_that_fits(sentences, start, size.tokens) == last:
        start += 1
    return start


def _short_title(title: str, count_tokens: CountTokens) -> str:
    words = title.split()
    while words and count_tokens([" ".join(words)])[0] > TITLE_TOKENS:
        words = words[: len(words) // 2]
    return " ".join(words)
