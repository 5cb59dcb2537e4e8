"""Table: the row that a question names, in a text that has tables as lines of cells: "Paris | 170 euros"."""

from __future__ import annotations

import re
from itertools import takewhile

from qa_service.enumeration import Place

CELL = " | "

_WORD = re.compile(r"\w+")


def in_named_row(question: str, text: str, start: int, end: int) -> Place:
    """The cell of the same column in the row whose first cell the question names; ``text[start:end]`` itself
    where that is its row, or where no other is named.
    """
    lines = [(found.start(), found.end()) for found in re.finditer(r"^.*$", text, re.MULTILINE)]
    here = next((n for n, (first, last) in enumerate(lines) if first <= start < last), None)
    if here is None or CELL not in text[slice(*lines[here])] or CELL in text[start:end]:
        return start, end
    above = [*takewhile(lambda row: _is_row(text, row), reversed(lines[:here]))][::-1]
    below = [*takewhile(lambda row: _is_row(text, row), lines[here + 1 :])]
    asked = _words(question)
    if _label(text, lines[here]) & asked:
        return start, end
    named = [row for row in (*above, *below) if (label := _label(text, row)) and label <= asked]
    column = text[lines[here][0] : start].count(CELL)
    cells = _cells(text, named[0]) if len(named) == 1 else []
    is_other = 0 < column < len(cells) and cells[column][0] < cells[column][1]
    return cells[column] if is_other else (start, end)


def _is_row(text: str, line: Place) -> bool:
    return CELL in text[slice(*line)]


def _label(text: str, row: Place) -> set[str]:
    return _words(text[slice(*row)].split(CELL)[0])


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _cells(text: str, row: Place) -> list[Place]:
    start, places = row[0], []
    for cell in text[slice(*row)].split(CELL):
        places.append((start, start + len(cell)))
        start += len(cell) + len(CELL)
    return places
