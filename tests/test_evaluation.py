"""Evaluation: the measures are those computed by hand."""

import pytest

from index.types import Article
from qa_service.evaluation import Result, ask, measures
from qa_service.pipeline import Pipeline
from qa_service.questions import Question
from qa_service.types import Answer, Citation, Reply, Timings

ARTICLE = Article("sokha", "Six ambassadors visited Kem Sokha. China did not call him.")


def reply(quoted: str | None, milliseconds: float = 1.0, article: Article = ARTICLE) -> Reply:
    """What is said when ``quoted`` is the answer, or when there is none."""
    start = article.text.index(quoted or article.text)
    place = (start, start + len(quoted or article.text))
    citation = Citation.of(1, article, place, (0, len(article.text)))
    answer = Answer(text=citation.quote, confidence=0.9, citations=(1,))
    return Reply(
        question="who", standalone_question="who", answerable=quoted is not None, answer=quoted,
        confidence=0.9, mode="extractive", kind="single",
        answers=(answer,) if quoted else (), citations=(citation,),
        timings_ms=Timings(search=0, read=0, total=milliseconds),
    )  # fmt: skip


VISITED = Question("who visited", ("Six ambassadors",), "sokha", "Six ambassadors visited Kem Sokha.")
UNKNOWN = Question("who is the king of Norway", ())


class TestMeasures:
    def test_are_those_computed_by_hand(self) -> None:
        other = Article("other", "Six ambassadors visited a zoo.")
        results = [
            Result(VISITED, reply("Six ambassadors", 10), ("sokha", "other")),
            Result(VISITED, reply("China did not call him.", 20), ("other", "sokha")),
            Result(VISITED, reply("Six ambassadors", 30, other), ("other", "x", "y", "z", "w", "sokha")),
            Result(VISITED, reply(None, 40), ("other",)),
            Result(UNKNOWN, reply(None, 50), ()),
            Result(UNKNOWN, reply("Six ambassadors", 1000), ("sokha",)),
            Result(UNKNOWN, reply(None, 5), ()),
        ]
        assert measures(results) == {
            "questions": 7,
            "answerable": 4,
            "article_recall_at_1": 0.25,  # the first
            "article_recall_at_5": 0.5,  # and the second
            "article_recall_at_20": 0.75,  # and the third, which is sixth
            "mean_reciprocal_rank": round((1 + 1 / 2 + 1 / 6 + 0) / 4, 4),
            "answered": 0.75,  # all but the fourth
            "right_sentence_first": 0.25,  # the second quotes another sentence, the third another article
            "exact": 0.5,  # the first and, as the words alone count, the third
            "f1": 0.5,
            "refused_of_unanswerable": round(2 / 3, 4),
            "calibration_error": 0.4,  # four were answered with 0.9, two of them rightly
            "median_ms": 30.0,
        }

    def test_without_questions_are_zero(self) -> None:
        assert set(measures([]).values()) == {0}

    @pytest.mark.parametrize(
        ("quoted", "right"),
        [
            ("ambassadors", True),
            ("Six ambassadors visited Kem Sokha.", True),
            ("Six ambassadors visited Kem Sokha. China did not call him.", True),
            ("China did not call him.", False),
        ],
    )
    def test_a_quote_within_or_around_the_sentence_is_right(self, quoted: str, right: bool) -> None:
        assert Result(VISITED, reply(quoted), ("sokha",)).right_sentence is right

    @pytest.mark.parametrize(("quoted", "right"), [("Six ambassadors visited", True), ("China did", False)])
    def test_where_no_sentence_is_given_a_quote_must_have_an_answer(self, quoted: str, right: bool) -> None:
        question = Question("who visited", ("Six ambassadors", "ambassadors"), "sokha")
        assert Result(question, reply(quoted), ("sokha",)).right_sentence is right


def test_asking_finds_each_article_once_best_first(pipeline: Pipeline, articles: list[Article]) -> None:
    plans = (f"Kem Sokha spoke of the party and of its plan number {number}." for number in range(20))
    long = Article("long", " ".join(plans))
    list(pipeline.ingest([*articles, long]))
    result = ask(pipeline, Question("who visited Kem Sokha at home", ("Six ambassadors",), "sokha"))
    assert result.rank == 1
    assert len(result.found) == len(set(result.found))
    assert result.right_sentence
