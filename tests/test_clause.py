"""A question is taken apart: what is asked, the auxiliary, the subject, the verb and the rest."""

import pytest

from qa_service.conversation.clause import Phrase, clause, phrases
from qa_service.conversation.english import words_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("who visited Sokha?", "who | | | visited | Sokha"),
        ("how much did Egypt lose in 2021", "how much | did | Egypt | lose | in 2021"),
        ("when did google buy android", "when | did | google | buy | android"),
        ("what did the king of morocco do", "what | did | the king of morocco | do |"),
        ("in which countries was it tested", "in which countries | was | it | tested |"),
        ("Which embassies have not called him", "Which embassies | have not | | called | him"),
        ("which shipping firms went round africa", "which shipping firms | | | went | round africa"),
        ("who is the first woman to win", "who | is | the first woman | | to win"),
        ("is he still in prison", "| is | he still | | in prison"),
        ("when did the one who led the works die", "when | did | the one who led the works | die |"),
        ("population of canada", "| | | | population of canada"),
        ("when?", "when | | | |"),
    ],
)
def test_each_word_is_in_one_part(question: str, parts: str) -> None:
    found = clause(words_of(question))
    told = (found.asked, found.auxiliary, found.subject, found.verb, found.rest)
    assert [" ".join(words) for words in told] == [part.strip() for part in parts.split("|")]
    assert found.words == words_of(question)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sokha yet", [("", "Sokha")]),
        ("in the quake near marrakesh", [("in", "the quake"), ("near", "marrakesh")]),
        ("between alphago and lee sedol", [("between", "alphago and lee sedol")]),
        ("because of the blocked canal", [("", "the blocked canal")]),
        ("the Ever Given", [("", "the Ever Given")]),
    ],
)
def test_noun_phrases_come_with_their_prepositions(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.preposition, each.text) for each in phrases(words_of(text))] == found


def test_a_phrase_of_time_says_when_and_nothing_else() -> None:
    assert Phrase(words_of("late October 2019")).is_time
    assert not Phrase(words_of("the 2022 runoff")).is_time
