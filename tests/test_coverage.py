"""What one sentence of a passage has of a question."""

from __future__ import annotations

import pytest

from index.coverage import coverages

TOGETHER = "The envoys came. They visited Sokha at home."
APART = "Sokha spoke. The envoys had visited the port. They left his home."


def test_words_of_one_sentence_count_and_not_those_of_several() -> None:
    together, apart = coverages("visited Sokha home", [TOGETHER, APART])
    assert together == 1.0
    assert 0 < apart < 1


def test_a_word_that_few_texts_have_weighs_more() -> None:
    rare, common, neither = coverages("visited Sokha", ["Sokha spoke.", "Lula visited.", "They visited him."])
    assert rare > common == neither


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("SOKHA", "sokha spoke"),
        ("São Tomé", "Sao Tome votes"),
        ("Sao Tome", "São Tomé votes"),
        ("Éamon 2016", "In 2016, éamon won"),
    ],
)
def test_neither_case_nor_diacritics_matter(words: str, text: str) -> None:
    assert coverages(words, [text]) == [1.0]


def test_forms_of_a_word_are_others() -> None:
    assert coverages("visits", ["They visited."]) == [0.0]


@pytest.mark.parametrize(("words", "texts"), [("", ["text"]), ("?!", ["text"]), ("word", [""]), ("word", [])])
def test_where_there_is_nothing_to_cover_none_is(words: str, texts: list[str]) -> None:
    assert coverages(words, texts) == [0.0] * len(texts)
