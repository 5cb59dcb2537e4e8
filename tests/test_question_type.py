import pytest

from qa_service.question_type import fits, is_yes_no


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("when was Sokha arrested", "September 2017", True),
        ("when was Sokha arrested", "last spring", True),
        ("When was Sokha arrested?", "Phnom Penh", False),
        ("in what year did it open", "1163", True),
        ("how many seats did the CPP win", "all 125", True),
        ("how many seats did the CPP win", "eleven", True),
        ("how many seats did the CPP win", "the Rescue Party", False),
        ("how long is the video", "six-minute", True),
        ("how old is she", "President", False),
        ("what percentage voted for him", "44 percent", True),
        ("who won", "Biden", True),
        ("who won", "he", False),
        ("who won", "the", False),
        ("how old is she", "11 November", False),
        ("who led when the city fell", "Oursel", True),
        ("When did it split?", "During the mid-Eocene", True),
        ("how did it end", "in a draw", True),
        ("why did it end", "because of rain", True),
    ],
)
def test_an_answer_must_be_of_the_kind_that_is_asked_for(question: str, answer: str, expected: bool) -> None:
    assert fits(question, answer) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("did China call him?", True),
        (" Is it open", True),
        ("was it cold", True),
        ("who did he call", False),
        ("island of birth", False),
        ("what is it", False),
    ],
)
def test_questions_for_yes_or_no_are_known_by_their_first_word(question: str, expected: bool) -> None:
    assert is_yes_no(question) is expected
