"""From the lines of a PDF's pages to paragraphs: it knows where lines stand, and nothing of paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from index.types import clean_text

if TYPE_CHECKING:
    from pypdf import PageObject

_WIDER = 1.3
"""A distance so many times the usual one parts paragraphs."""

_OTHER_SIZE = 1.15
"""Letters so many times as large belong to a heading; code among words differs less."""

_EDGE = 2
_FEWEST_PAGES = 3
_BROKEN_WORD = re.compile(r"(\w+)[-\u00ad]\n(\w+)")
_SENTENCE_END = re.compile(r"[.!?:;…。।؟][\"')\]»\u201d\u2019]*$")


@dataclass(frozen=True)
class Line:
    """A line of a page: ``y`` is the height of its base on the page, ``size`` that of its letters."""

    text: str
    y: float
    size: float


def lines_of(page: PageObject, end: float) -> list[Line]:
    """The lines of a page in the order of reading, without blank ones.

    Raises TimeoutError when ``monotonic()`` passes ``end``.
    """
    lines: list[Line] = []
    pieces: list[Line] = []

    def visit(text: str, place: Sequence[float], matrix: Sequence[float], _font: Any, size: float) -> None:
        y = matrix[4] * place[1] + matrix[5] * place[3] + place[5]
        scaled = size * hypot(*matrix[2:4]) * hypot(*place[2:4])
        first, *rest = text.split("\n")
        pieces.append(Line(first, y, scaled))
        for piece in rest:
            lines.extend(_line(pieces))
            pieces[:] = [Line(piece, y, scaled)]

    def watch(*_: Any) -> None:
        if monotonic() > end:
            raise TimeoutError

    page.extract_text(visitor_text=visit, visitor_operand_before=watch)
    return [*lines, *_line(pieces)]


def _line(pieces: Sequence[Line]) -> Iterator[Line]:
    """One line of its pieces, standing where the longest does: others may be raised or small."""
    text = " ".join("".join(piece.text for piece in pieces).split())
    if text:
        longest = max(pieces, key=lambda piece: len(piece.text.strip()))
        yield Line(text, longest.y, longest.size)


def joined_pages(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, and where each begins in it; running heads and page numbers are left out."""
    raw = [_page_text(page) for page in _without_running_lines(pages)]
    words = set(re.findall(r"\w+(?:-\w+)*", "\n".join(raw)))
    text, starts = "", []
    for page in raw:
        content = clean_text(_BROKEN_WORD.sub(lambda match: _mended(match, words), page))
        if text and content:
            text += "\n\n" if _SENTENCE_END.search(text[-9:]) else "\n"
        starts.append(len(text))
        text += content
    return text, tuple(starts)


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without what stands at one height, but for its number, at the edge of a third of them."""
    edges = Counter(key for page in pages for key in {*map(_key, page[:_EDGE]), *map(_key, page[-_EDGE:])})
    most = max(_FEWEST_PAGES, len(pages) // 3)
    running = {key for key, count in edges.items() if count >= most}
    return [
        [line for place, line in enumerate(page) if not (_is_edge(place, page) and _key(line) in running)]
        for page in pages
    ]


def _key(line: Line) -> tuple[str, int, int]:
    return re.sub(r"\d+", "#", line.text), round(line.size), round(line.y)


def _is_edge(place: int, page: Sequence[Line]) -> bool:
    return place < _EDGE or place >= len(page) - _EDGE


def _page_text(lines: Sequence[Line]) -> str:
    gaps = [(above.y - line.y) / line.size for above, line in pairwise(lines) if line.size > 0]
    usual = median([gap for gap in gaps if gap > 0] or [0])
    text = lines[0].text if lines else ""
    for above, line in pairwise(lines):
        text += ("\n\n" if _is_new_paragraph(above, line, usual) else "\n") + line.text
    return text


def _is_new_paragraph(above: Line, line: Line, usual: float) -> bool:
    """``usual`` is the distance of lines, in sizes of their letters."""
    small, large = sorted((above.size, line.size))
    return large > _OTHER_SIZE * small or above.y - line.y > _WIDER * usual * large


def _mended(match: re.Match[str], words: set[str]) -> str:
    """A word that was broken at the end of a line; its hyphen stays if it has one elsewhere too."""
    start, end = match.groups()
    is_compound = f"{start}-{end}" in words or not end[0].islower()
    return f"{start}-{end}" if is_compound else start + end
