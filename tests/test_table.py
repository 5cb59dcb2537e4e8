"""Rows of tables, as the loaders write them."""

import pytest

from qa_service.table import in_named_row

TEXT = """The limits of Oslo are old: see below.

City | Night | Day
London | 190 pounds | 40
Paris | 170 euros | 35
New York | 250 dollars
All others | 120 euros | 20

Berlin | 1"""


@pytest.mark.parametrize(
    ("question", "read", "cell"),
    [
        ("what is the hotel limit in Paris", "190 pounds", "170 euros"),
        ("what is the limit for a day in paris", "40", "35"),
        ("how much is a night in New York?", "120 euros", "250 dollars"),
        ("what is the hotel limit in London", "190 pounds", "190 pounds"),
        ("what is the hotel limit in Rome", "190 pounds", "190 pounds"),
        ("is Paris dearer than New York", "190 pounds", "190 pounds"),  # two are named
        ("how much is a day in New York", "20", "20"),  # that row has no such cell
        ("what is in Berlin", "190 pounds", "190 pounds"),  # another table
        ("what is old in Paris", "Oslo", "Oslo"),
        ("what is dear in Paris", "London", "London"),
    ],
)
def test_the_row_that_is_asked_for_is_read(question: str, read: str, cell: str) -> None:
    start = TEXT.rindex(read) if read == "20" else TEXT.index(read)
    start, end = in_named_row(question, TEXT, start, start + len(read))
    assert TEXT[start:end] == cell
