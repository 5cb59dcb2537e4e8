"""The members of lists as newspapers write them."""

import pytest

from qa_service.enumeration import enumeration, spelled_out


def listed(sentence: str, words: str, several: bool = False) -> list[str]:
    start = sentence.index(words)
    found = enumeration(sentence, start, start + len(words), several)
    return [sentence[first:last] for first, last in found.members] if found else []


MEETINGS = (
    "Sokha has spent recent weeks hosting meetings with ambassadors from the U.S., France, Germany, "
    "Australia, Japan, EU and other embassies."
)
EMBASSIES = ["the U.S.", "France", "Germany", "Australia", "Japan", "EU"]


@pytest.mark.parametrize(
    "words",
    [
        "ambassadors from the U.S., France, Germany, Australia, Japan, EU and other embassies",
        "the U.S., France, Germany, Australia, Japan, EU",
        "France, Germany, Australia, Japan, EU and other embassies",
        "Australia, Japan",
    ],
)
def test_a_part_of_a_list_of_names_finds_all_of_it(words: str) -> None:
    assert listed(MEETINGS, words) == EMBASSIES


def test_what_the_members_share_is_not_one_of_them() -> None:
    sentence = "The ambassadors of the United States, France and the European Union came."
    assert listed(sentence, "The ambassadors of the United States, France and the European Union") == [
        "the United States", "France", "the European Union",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "words", "found"),
    [
        ("Bread needs flour, water, salt and time.", "flour, water, salt and time",
         ["flour", "water", "salt", "time"]),
        ("Bo, Cy, and Di Moss won.", "Bo, Cy, and Di Moss", ["Bo", "Cy", "Di Moss"]),
        ("It hit Spain, Italy, as well as Malta.", "Spain, Italy", ["Spain", "Italy", "Malta"]),
        ("They make cars, small boats or planes.", "cars, small boats or planes",
         ["cars", "small boats", "planes"]),
    ],
)  # fmt: skip
def test_lists_of_other_forms(sentence: str, words: str, found: list[str]) -> None:
    assert listed(sentence, words) == found


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Neighbours such as China and Vietnam kept away.", "China and Vietnam"),
        ("He was born in Austin, Texas, in 1960.", "Austin, Texas"),
        ("It was signed on May 3, 2018, and on June 4.", "May 3, 2018, and on June 4"),
        ("Muth Chantha, his spokesperson, said so.", "Muth Chantha, his spokesperson"),
        ("The narrator says it.", "narrator"),
        ("It hit Spain, Italy and Malta.", "Italy"),
        ("You love peace, want to see development and better relations in all corners of Asia.",
         "love peace, want to see development and better relations in all corners of Asia"),
    ],
)  # fmt: skip
def test_what_is_no_list(sentence: str, words: str) -> None:
    assert listed(sentence, words) == []


@pytest.mark.parametrize("words", ["China and Vietnam", "Vietnam"])
def test_two_are_a_list_where_several_are_asked_for(words: str) -> None:
    sentence = "Neighbours such as China and Vietnam kept away."
    assert listed(sentence, words, several=True) == ["China", "Vietnam"]


@pytest.mark.parametrize("opening", ["In Paris, ", "On Monday, "])
def test_a_phrase_that_opens_the_sentence_is_no_member(opening: str) -> None:
    sentence = f"{opening}France, Laos and Japan agreed."
    assert listed(sentence, "Laos and Japan") == ["France", "Laos", "Japan"]


def test_the_list_says_where_all_of_it_stands() -> None:
    start = MEETINGS.index("Japan")
    found = enumeration(MEETINGS, start, start + 5, several=True)
    assert found
    assert (
        MEETINGS[slice(*found.whole)] == "the U.S., France, Germany, Australia, Japan, EU and other embassies"
    )


def test_a_noun_is_spelled_out_by_the_names_behind_it() -> None:
    found = spelled_out(MEETINGS, "ambassadors")
    assert found
    assert [MEETINGS[start:end] for start, end in found.members] == EMBASSIES


@pytest.mark.parametrize(
    "text",
    [
        "The ambassadors left.",
        "The ambassadors of France and Japan left.",
        "The ambassadors from all over left.",
    ],
)
def test_fewer_than_three_names_spell_nothing_out(text: str) -> None:
    assert spelled_out(text, "ambassadors") is None
