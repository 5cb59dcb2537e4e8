"""Sentences of a text that comes bit by bit, with the [n] behind them, and as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.prose import Cutter, numbers_in, plain_prose, quotations, visible

TEXT = "He came. [1] Then he left [2, 3]. Mr. Smith said so.\n- France [1]\n- Japan [4]\n\nThe end"
PIECES = [
    "He came. [1]",
    "Then he left [2, 3].",
    "Mr. Smith said so.",
    "- France [1]",
    "- Japan [4]",
    "The end",
]


def cut(*pieces: str) -> list[tuple[str, bool]]:
    cutter = Cutter()
    found = [sentence for piece in pieces for sentence in cutter.add(piece)]
    return [*found, *cutter.finish()]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_citation_belongs_to_the_sentence_before_it_however_the_text_comes(size: int) -> None:
    pieces = [TEXT[start : start + size] for start in range(0, len(TEXT), size)]
    assert [text for text, _ in cut(*pieces)] == PIECES
    assert [begins_line for _, begins_line in cut(*pieces)] == [False, False, False, True, True, True]


def test_a_sentence_is_told_when_the_next_one_begins() -> None:
    cutter = Cutter()
    assert not list(cutter.add("He came."))
    assert not list(cutter.add(" [1"))
    assert not list(cutter.add("]"))
    assert [piece.text for piece in cutter.add(" Then")] == ["He came. [1]"]


@given(st.text(), st.integers(1, 20))
def test_no_letter_is_lost_or_made_up(text: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    joined = "".join(sentence for sentence, _ in cut(*pieces))
    assert "".join(joined.split()) == "".join(text.split())


def test_numbers_are_read_once_each() -> None:
    assert numbers_in("It is [3] so [1, 3][2;4].") == [3, 1, 2, 4]
    assert numbers_in("[x] [] 5") == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**France** came [1].", "France came."),
        ("## A *heading* with `code`", "A heading with code"),
        ("- one", "one"),
        ("3. three", "three"),
        ("1.5 metres", "1.5 metres"),
        ("snake_case and 5 * 3", "snake_case and 5 * 3"),
        ("![a](https://evil.example/x.png) Look", "a Look"),
        ("[here](https://evil.example) and [there][r]", "here and there"),
        ("Go to https://evil.example/?q=1 or www.evil.example.", "Go to (link left out) or (link left out)"),
        ("<img src=x onerror=alert(1)>Hello <b>you</b>", "Hello you"),
        ("H\u200bA\u200dC\ufeffK\u202eED", "HACKED"),
        ("a\U000e0041\x00\x1bb", "a b"),
    ],
)
def test_markup_links_and_what_is_hidden_are_taken_off(written: str, plain: str) -> None:
    assert plain_prose(written) == plain


def test_quotations_are_found_in_several_kinds_of_marks() -> None:
    assert quotations('He said “I am here” and "so are you", «they» too.') == [
        "I am here",
        "so are you",
        "they",
    ]


def test_what_is_visible_stays() -> None:
    assert visible("Ångström, 日本 – “quoted”\nnext") == "Ångström, 日本 – “quoted”\nnext"
