"""Sentences that settle a question by their words."""

from index.types import Article, Hit
from qa_service.answers import answered
from qa_service.attribution import asked_speaker
from qa_service.bearing import sentences_of, sentences_with
from tests.conftest import BY_MARGIN

POLICY = Article(
    "policy", "Alcohol is not reimbursed. Working from abroad is allowed. Trains are cheap.", "Travel"
)
ZOO = Article(
    "zoo",
    '"The egg was laid in May," said head keeper Dolores Achebe. "It is as if a friend had come," said the '
    "club's president, Marit Olsen. Zdeňka Malá said fares would rise.",
    "Zoo",
)
HITS = [Hit(n, each, 0, len(each.text), 1.0, 0.5, 0.5) for n, each in enumerate((POLICY, ZOO))]


def texts(found: object) -> list[str]:
    return [hit.text[start:end] for hit, (start, end) in found]  # type: ignore[attr-defined]


def test_a_sentence_with_all_that_is_asked_settles_yes_or_no() -> None:
    assert texts(sentences_with("is alcohol reimbursed?", HITS)) == ["Alcohol is not reimbursed."]
    assert texts(sentences_with("can I work from abroad", HITS)) == ["Working from abroad is allowed."]
    assert texts(sentences_with("is tobacco reimbursed", HITS)) == []
    assert texts(sentences_with("is it cheap", HITS)) == [], "one word is not enough"


def test_what_somebody_says_is_told_in_their_sentences() -> None:
    for question, beginning in (
        ("what did Dolores Achebe say", '"The egg was laid'),
        ("what did Marit Olsen say", '"It is as if'),
        ("what did zdenka mala say about fares", "Zdeňka Malá said"),
    ):
        (said,) = texts(sentences_of(question, asked_speaker(question), HITS))
        assert said.startswith(beginning)
    question = "what did Marit Olsen say about fares"
    assert texts(sentences_of(question, asked_speaker(question), HITS)) == []


def test_it_is_answered_where_the_reader_finds_nothing() -> None:
    said = answered("is alcohol reimbursed", [], HITS, BY_MARGIN, 0.5)
    assert (said.text, said.kind) == ("Alcohol is not reimbursed.", "sentence")
    assert said.citations[0].quote == said.text
    assert answered("is tobacco reimbursed", [], HITS, BY_MARGIN, 0.5).text is None
