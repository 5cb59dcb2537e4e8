"""The question in what people type."""

import pytest

from qa_service.conversation.phrasing import question_in


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("tell me who captains the Rovers", "who captains the Rovers"),
        ("Could you please tell me when it opens? Thanks!", "when it opens?"),
        ("I would like to know in which year Orbis was founded", "in which year Orbis was founded"),
        ("Hello! Who won the prize, please", "Who won the prize"),
        ("explain why the bridge is shut", "why the bridge is shut"),
        ("give me the date of the fire", "what is the date of the fire"),
        ("please show me the winners of the race", "what are the winners of the race"),
        ("dunmore prize money", "what is the dunmore prize money"),
        ("zoo opening hours", "what are the zoo opening hours"),
        ("the population of canada", "what is the population of canada"),
        (
            "My uncle rowed there, and yesterday he was sad. So I wonder how much the boats were worth?",
            "how much the boats were worth?",
        ),
        ("We want to go: what does a child have to pay?", "what does a child have to pay?"),
    ],
)  # fmt: skip
def test_what_is_asked_is_taken_out_of_what_is_typed(typed: str, question: str) -> None:
    assert question_in(typed) == question


@pytest.mark.parametrize(
    "question",
    [
        "who visited Sokha",
        "Kem Sokha",
        "Sokha",
        "is the bridge closed?",
        "in which year did it open?",
        "name the countries",
        "list all winners of the prize",
        "describe the wolf",
        "tell me about the fire",
        "Kem Sokha was released on Sunday. Who visited him?",
        "thanks",
        "",
        "?",
    ],
)
def test_a_question_is_left_as_it_is(question: str) -> None:
    assert question_in(question) == question
