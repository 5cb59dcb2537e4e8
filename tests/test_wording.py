"""Answers that say the same, and answers that only look alike."""

import pytest

from qa_service.wording import is_number, says_the_same


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Joe Biden", "President Joe Biden"),
        ("Biden", "Joe Biden"),
        ("Mr. Sokha", "Kem Sokha"),
        ("Prime Minister Hun Sen", "Hun Sen"),
        ("the Hague", "The Hague."),
        ("125", "one hundred and twenty-five seats"),
        ("44 percent", "44 %"),
        ("44 per cent", "forty-four percent"),
        ("1.5 million", "1,500,000 people"),
        ("Nov. 10", "10 November 2019"),
        ("2019-11-10", "November 10th, 2019"),
        ("Sept 2017", "September 2017"),
        ("the third", "3rd"),
        ("six ambassadors", "6 ambassadors"),
        ("!", "!"),
    ],
)
def test_the_same_in_other_words(text: str, other: str) -> None:
    assert says_the_same(text, other)
    assert says_the_same(other, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Biden", "Bidens"),
        ("1.5 million", "15 million"),
        ("Nov. 10", "10 December"),
        ("November 2018", "November 2019"),
        ("44 percent", "4 percent"),
        ("21", "2021"),
        ("China", "Vietnam"),
        ("1,250", "250"),
        ("2019-13-45", "13"),
        ("", "Paris"),
    ],
)
def test_not_the_same(text: str, other: str) -> None:
    assert not says_the_same(text, other)
    assert not says_the_same(other, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("four", True), ("1,250.5", True), ("the 3rd", True), ("four teams", False), ("Spain", False)],
)
def test_a_number_alone_is_known(text: str, expected: bool) -> None:
    assert is_number(text) is expected
