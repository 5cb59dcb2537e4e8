"""Prose: what a language model writes, as sentences of plain text without markup and links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from index.chunking import sentence_spans

_NUMBERS = r"\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]"
_MARKER = re.compile(_NUMBERS)
_MARKERS = re.compile(rf"(?:[ \t]*{_NUMBERS})+[.!?]?")
_UNFINISHED = re.compile(r"\[[\d,; \t]*\Z")
_LINE = re.compile(r"[^\n]+")

_HIDDEN = {"Cf", "Co", "Cn", "Cs"}
_LINK = re.compile(r"!?\[([^\]\n]*)\]\s*(?:\([^)\n]*\)|\[[^\]\n]*\])")
_TAG = re.compile(r"</?[a-zA-Z!][^<>\n]*>?")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S*|\b(?:www\.|mailto:|javascript:|data:)\S*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*+•#>|]+|\d+[.)])\s+")
_EMPHASIS = re.compile(r"\*+(?=\S)|(?<=\S)\*+|`+|~{2,}|(?<!\w)_+|_+(?!\w)")
_QUOTED = re.compile(r"[“\"„«]([^”\"“»\n]+)[”\"“»]")

LEFT_OUT = "(link left out)"


class Piece(NamedTuple):
    """A sentence as it was written, and whether a new line begins with it."""

    text: str
    begins_line: bool


class Cutter:
    """Cuts a text that comes bit by bit into sentences, each with the [n] behind it."""

    def __init__(self) -> None:
        self._rest = ""

    def add(self, text: str) -> Iterator[Piece]:
        """The sentences that are whole now."""
        self._rest += text
        while end := self._end_of_first():
            yield self._taken(end)

    def finish(self) -> Iterator[Piece]:
        """What is left at the end of the text."""
        while spans := self._spans():
            yield self._taken(self._with_markers(spans[0][1]))

    def _end_of_first(self) -> int | None:
        spans = self._spans()
        if len(spans) < 2:
            return None
        end = self._with_markers(spans[0][1])
        following = self._rest[end:].lstrip()
        return None if not following or _UNFINISHED.match(following) else end

    def _with_markers(self, end: int) -> int:
        found = _MARKERS.match(self._rest, end)
        return found.end() if found else end

    def _spans(self) -> list[tuple[int, int]]:
        return [
            (line.start() + start, line.start() + end)
            for line in _LINE.finditer(self._rest)
            for start, end in sentence_spans(line.group())
        ]

    def _taken(self, end: int) -> Piece:
        text, self._rest = self._rest[:end], self._rest[end:]
        stripped = text.strip()
        return Piece(stripped, "\n" in text[: text.find(stripped[:1])])


def numbers_in(text: str) -> list[int]:
    """The passages that a sentence cites, each once: 1 and 3 of "[1] [3, 1]"."""
    found = (int(number) for marker in _MARKER.findall(text) for number in re.findall(r"\d+", marker))
    return list(dict.fromkeys(found))


def plain_prose(text: str) -> str:
    """The sentence in one line, without citations, markup, links, and characters that can't be seen."""
    text = visible(text)
    text = _LINK.sub(lambda found: f" {found[1]} ", _MARKER.sub(" ", text))
    text = _BULLET.sub("", _ADDRESS.sub(LEFT_OUT, _TAG.sub(" ", text)))
    text = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", _EMPHASIS.sub("", text))
    return " ".join(text.split())


def quotations(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [each.strip() for each in _QUOTED.findall(text)]


def visible(text: str) -> str:
    """The text without zero-width, direction and control characters, which hide words or tear them apart."""
    text = unicodedata.normalize("NFC", text)
    return "".join(
        " " if unicodedata.category(each) == "Cc" and each != "\n" else each
        for each in text
        if unicodedata.category(each) not in _HIDDEN
    )
