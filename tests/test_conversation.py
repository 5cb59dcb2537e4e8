"""Follow-up questions are understood from the turns before them; others are left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.conversation import Conversation, standalone
from qa_service.types import Turn
from tests.conftest import SAMPLES

VISITED = Turn("who visited Sokha?", "The ambassadors of France, Germany and Japan")
ARRESTED = Turn("when was kem sokha arrested", "September 2017")
STABBED = Turn("who stabbed bolsonaro", "Adélio Bispo de Oliveira")
QUAKE = Turn("how many people died in the quake near marrakesh", "2,946")
VOTE = Turn("who won the vote in 2018", "Bolsonaro")
PRIZE = Turn("who won the pritzker prize", "Kéré")
TOWER = Turn("who designed the tower of Pisa", "nobody knows")
GOVERNOR = Turn("governor of the boj", "Kazuo Ueda")
FEAST = Turn("who came to the feast", "the king and the queen")
BORN = Turn("where was francis kere born", "Gando")
LOST = Turn("what percentage did bolsonaro get in the 2022 runoff", "49.1 per cent")
WOMEN = Turn("who won the women's race in chicago in 2023", "Sifan Hassan")
RECORD = Turn("who broke kipchoges 2:01:09 world record", "Kelvin Kiptum")
SHIP = Turn("Which ship blocked the Suez Canal?", "Ever Given")


def understood(turn: Turn, question: str) -> str:
    return standalone(question, [turn])


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (VISITED, "who has not called him?", "who has not called Sokha?"),
        (RECORD, "how old is he", "how old is Kelvin Kiptum"),
        (RECORD, "who is his coach?", "who is Kelvin Kiptum's coach?"),
        (WOMEN, "who was second behind her", "who was second behind Sifan Hassan"),
        (QUAKE, "when did it happen", "when did the quake near marrakesh happen"),
        (ARRESTED, "what happened to his party?", "what happened to kem sokha's party?"),
        (Turn("who led the works", ""), "how did he die", "how did the one who led the works die"),
    ],
)
def test_a_pronoun_is_replaced_by_what_it_means(turn: Turn, question: str, expected: str) -> None:
    assert understood(turn, question) == expected


def test_a_subject_stays_a_subject_and_an_object_an_object() -> None:
    assert understood(STABBED, "did he flee") == "did Adélio Bispo de Oliveira flee"
    assert understood(STABBED, "where was he stabbed") == "where was bolsonaro stabbed"


def test_who_was_a_he_is_no_she() -> None:
    turns = [WOMEN, Turn("how old is she", "30"), RECORD, Turn("how old is he", "23")]
    assert standalone("where does she live", turns) == "where does Sifan Hassan live"


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (BORN, "which school did he build there?", "which school did francis kere build in Gando?"),
        (VOTE, "what did Haddad do then", "what did Haddad do in 2018"),
        (PRIZE, "how much is this prize worth", "how much is the pritzker prize worth"),
        (SHIP, "where was the ship going?", "where was Ever Given going?"),
        (STABBED, "why did he do it", "why did Adélio Bispo de Oliveira stab bolsonaro"),
    ],
)  # fmt: skip
def test_so_are_places_times_deeds_and_things_named_again(turn: Turn, question: str, expected: str) -> None:
    assert understood(turn, question) == expected


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (ARRESTED, "why?", "why was kem sokha arrested?"),
        (RECORD, "by how much", "by how much did Kelvin Kiptum break kipchoges 2:01:09 world record"),
        (Turn("who arrested Sokha", ""), "when?", "when was Sokha arrested?"),
        (
            Turn("who won the race", "Kelvin Kiptum"),
            "and when was that?",
            "when did Kelvin Kiptum win the race?",
        ),
        (Turn("how many people were killed", "2,900"), "where did that happen?", "where were people killed?"),
        (VISITED, "who else?", "who else visited Sokha?"),
        (LOST, "in which state?", "in which state did bolsonaro get in the 2022 runoff?"),
        (
            Turn("governor of the boj", "Kazuo Ueda"),
            "since when",
            "since when is Kazuo Ueda governor of the boj",
        ),
    ],
)
def test_a_bare_question_word_asks_the_question_before_anew(turn: Turn, question: str, expected: str) -> None:
    assert understood(turn, question) == expected


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (VOTE, "and in 2022?", "who won the vote in 2022?"),
        (VOTE, "2022?", "who won the vote in 2022?"),
        (LOST, "what about lula", "what percentage did lula get in the 2022 runoff"),
        (LOST, "and in the first round?", "what percentage did bolsonaro get in the first round in 2022?"),
        (WOMEN, "and the men's?", "who won the men's race in chicago in 2023?"),
        (Turn("who was second in berlin", "Korir"), "and third", "who was third in berlin"),
        (FEAST, "and the pope?", "did the pope come to the feast?"),
        (Turn("how old is kem sokha", "66"), "and his wife?", "how old is kem sokha's wife?"),
    ],
)  # fmt: skip
def test_a_fragment_takes_the_place_of_its_counterpart(turn: Turn, question: str, expected: str) -> None:
    assert understood(turn, question) == expected


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (QUAKE, "how many were injured?", "how many were injured in the quake near marrakesh?"),
        (VOTE, "who lost?", "who lost the vote in 2018?"),
        (TOWER, "how high is the roof", "how high is the roof of the tower of Pisa"),
        (QUAKE, "tell me more", "tell me more about the quake near marrakesh"),
    ],
)  # fmt: skip
def test_what_is_left_incomplete_is_completed(turn: Turn, question: str, expected: str) -> None:
    assert understood(turn, question) == expected


LISTED = Turn("who visited Sokha", "The ambassadors of the U.S., France, Germany, Japan, Laos and the EU")


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (
            LISTED,
            "when?",
            "when did the ambassadors of the U.S., France, Germany, Japan, Laos and the EU visit Sokha?",
        ),
        (LISTED, "and who hasn't called him", "which ambassadors haven't called Sokha"),
        (LISTED, "but who was not invited?", "which ambassadors were not invited?"),
        (Turn("who visited Sokha", "Ann Lee"), "and who has not called him", "who has not called Sokha"),
        (Turn("who won in the U.S.?", "the Democrats"), "when?", "when did the Democrats win in the U.S.?"),
    ],
)
def test_a_list_is_meant_as_a_whole_and_who_did_not_is_of_its_kind(
    turn: Turn, question: str, expected: str
) -> None:
    assert understood(turn, question) == expected


def test_a_conversation_is_followed_over_several_turns() -> None:
    conversation = Conversation()
    asked = [
        ("who visited Sokha?", "the ambassadors", "who visited Sokha?"),
        ("and who has not called him?", "those of China", "which ambassadors have not called Sokha?"),
        ("when was he arrested", "2017", "when was Sokha arrested"),
        ("why?", "treason", "why was Sokha arrested?"),
    ]
    for question, answer, meant in asked:
        assert conversation.standalone(question) == meant
        conversation.add(meant, answer)


def test_turns_may_hold_the_follow_ups_as_they_were_typed() -> None:
    turns = [ARRESTED, Turn("what is his party called", "CNRP"), Turn("why?", "")]
    assert standalone("is he free", turns) == "is kem sokha free"


@pytest.mark.parametrize(
    "question",
    [
        "who owns the Ever Given",
        "how long did it take to put out the blaze in paris",
        "how much will families get for a house that collapsed",
        "did bolsonaro lose his seat",
        "which firms raised their prices",
        "what happened this week",
        "how many countries are there in africa",
        "population of canada",
        "tell me about canada",
        "  ?",
        "",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert understood(STABBED, question) == question
    assert standalone(question, []) == question


def test_without_turns_nothing_is_changed() -> None:
    assert standalone("and when did he  do that ?", []) == "and when did he  do that ?"


def test_of_the_sample_questions_at_most_one_in_fifty_is_changed() -> None:
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    changed = [question for question in questions if understood(RECORD, question) != question]
    assert len(changed) <= len(questions) / 50, changed


WORDS = (
    "who what when and the he it that there then one of in did was visited Sokha's 2018 party ? , ’s “ é 東京"
)
TEXTS = st.lists(st.sampled_from(WORDS.split()) | st.text(max_size=5), max_size=8).map(" ".join)


@given(TEXTS, st.lists(st.builds(Turn, TEXTS, TEXTS), max_size=3))
def test_whatever_is_typed_something_is_understood(question: str, turns: list[Turn]) -> None:
    meant = standalone(question, turns)
    assert bool(meant.strip()) or not question.strip()
