import pytest

from qa_service.question_type import asks_for_several, fits, is_yes_no


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


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which countries sent ambassadors", True),
        ("Which major cities were spared?", True),
        ("name the countries that voted no", True),
        ("list all winners", True),
        ("what are the three subsectors", True),
        ("who were the secondary companions of the doctor?", True),
        ("what sports are Kenyans active in?", True),
        ("which people lived there", True),
        ("which two dynasties do the works date from", True),
        ("which country won", False),
        ("which nation contains the forest", False),
        ("which gas makes up the air", False),
        ("what was the cause", False),
        ("what causes rain", False),
        ("what are the small tentacles called", False),
        ("who visited Sokha", False),
        ("name a country", False),
        ("what is her name", False),
    ],
)
def test_questions_for_several_are_known_by_their_plural(question: str, expected: bool) -> None:
    assert asks_for_several(question) is expected
