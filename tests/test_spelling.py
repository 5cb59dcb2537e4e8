"""The words of the articles, and those that are spelt nearly alike, from a real lexical index."""

import pytest

from index.types import Article, Hit
from qa_service.did_you_mean import did_you_mean
from qa_service.pipeline import Pipeline
from tests.conftest import AnyIndex, on_both

pytestmark = on_both

MOROCCO = Article(
    "quake",
    "MARRAKESH - The quake shook Marrakesh. Diébédo Kéré was in Morocco then, with Kipchoge.",
    "Quake",
)


@pytest.fixture(autouse=True)
def _filled(pipeline: Pipeline, articles: list[Article]) -> None:
    list(pipeline.ingest([*articles, MOROCCO]))


@pytest.mark.parametrize("word", ["Sokha", "sokha", "ambassador", "ambassadors", "Kere", "Bread"])
def test_a_word_is_known_in_any_form_and_in_the_title(index: AnyIndex, word: str) -> None:
    assert index.has_word(word)


@pytest.mark.parametrize("word", ["Soka", "kipchog3", '"', "a OR b"])
def test_other_words_are_not(index: AnyIndex, word: str) -> None:
    assert not index.has_word(word.replace('"', ""))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("soka", "Sokha"),  # too few
        ("Sokhaa", "Sokha"),  # too many
        ("sopha", "Sokha"),  # another
        ("sohka", "Sokha"),  # two exchanged
        ("kipchoga", "Kipchoge"),  # the index holds the stem
        ("kerre", "Kéré"),  # as it is written
        ("marrakech", "Marrakesh"),  # not as the dateline has it
        ("ambasadors", "ambassadors"),
    ],
)
def test_a_slip_finds_the_word(index: AnyIndex, typed: str, written: str) -> None:
    assert index.similar_words(typed)[0] == written


@pytest.mark.parametrize("typed", ["sok", "zokha", "sxxxx", "skoah", "", "2019"])
def test_what_is_too_far_finds_none(index: AnyIndex, typed: str) -> None:
    assert not index.similar_words(typed)


def test_what_was_deleted_is_not_suggested(index: AnyIndex) -> None:
    index.delete("sokha")
    assert not index.has_word("Sokha")
    assert not index.similar_words("Soka")


class TestDidYouMean:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("who visited Soka", "who visited Sokha"),
            ("who visited soka's home?", "who visited Sokha's home?"),
            ("did kipchoga visit soka", "did Kipchoge visit Sokha"),
        ],
    )
    def test_a_name_that_is_nearly_one(self, index: AnyIndex, typed: str, meant: str) -> None:
        assert did_you_mean(typed, index) == meant

    @pytest.mark.parametrize(
        "question",
        [
            "who visited Sokha",
            "when was the party dissolved",
            "is the supermarket open",  # in the dictionary, not in the articles
            "where is the moroccan coast",  # "Morocco" is no other spelling of it
            "who is Zuckerberg",  # near to nothing
            "2018",
            "?!",
        ],
    )
    def test_nothing_where_all_is_known_or_nothing_near(self, index: AnyIndex, question: str) -> None:
        assert did_you_mean(question, index) is None

    def test_what_its_passages_have_is_known(self, index: AnyIndex) -> None:
        article = Article("suburb", "Soka is a suburb.")
        hit = Hit(1, article, 0, len(article.text), 1.0, 1.0, 1.0)
        assert did_you_mean("who visited Soka", index, [hit]) is None

    def test_of_two_that_are_as_near_the_one_in_its_passages_is_meant(
        self, pipeline: Pipeline, index: AnyIndex
    ) -> None:
        names = [Article("marco", "Marco, Marco and Marco."), Article("marlow", "The zoo of Marlow.")]
        list(pipeline.ingest(names))
        for article, meant in zip(names, ("Marco", "Marlow"), strict=True):
            hit = Hit(1, article, 0, len(article.text), 1.0, 1.0, 1.0)
            assert did_you_mean("where is Marlo", index, [hit]) == f"where is {meant}"

    def test_a_slip_in_a_word_that_ends_like_a_people_is_a_slip(
        self, pipeline: Pipeline, index: AnyIndex
    ) -> None:
        list(pipeline.ingest([Article("race", "The marathon was long.")]))
        assert did_you_mean("who won the marathn", index) == "who won the marathon"

    def test_the_reply_has_it(self, pipeline: Pipeline) -> None:
        assert pipeline.ask("who visited Soka").did_you_mean == "who visited Sokha"
        assert pipeline.ask("who visited Sokha").did_you_mean is None
        follow_up = pipeline.ask("and who visited soka?", meant="who visited soka?")
        assert follow_up.did_you_mean == "who visited Sokha?"
