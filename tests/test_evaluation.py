"""Evaluation: what the service says to a question is taken down as it is."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.types import Article, Chunk
from qa_service.evaluation import ask, is_true, read, write_predictions
from qa_service.pipeline import Pipeline
from qa_service.questions import Question
from qa_service.types import Citation, Span
from tests.conftest import FirstSentence, Silent
from tests.outcomes import ARTICLE, UNKNOWN, VISITED, given, outcome

WHO = Question("who visited Kem Sokha at home", ("Six ambassadors",), "sokha", id="1")
TODAY = date(2026, 11, 25)


class Sure(FirstSentence):
    """Is surest of the passage that says most about bread."""

    def read(self, question, hits):
        return [
            Span(span.hit, span.start, span.end, 9.0 if "flour" in span.text else -9.0, 0.0)
            for span in super().read(question, hits)
        ]


class TestAsking:
    def test_takes_down_what_was_told(self, pipeline: Pipeline, articles: list[Article]) -> None:
        list(pipeline.ingest(articles))
        asked = ask(pipeline, WHO, TODAY)
        said = pipeline.ask(WHO.question)
        assert asked.reply is not None
        assert (asked.reply.answers, asked.reply.citations) == (said.answers, said.citations)
        assert (asked.answered, asked.score) == (True, said.confidence)
        assert asked.told == asked.answer == said.answer
        assert set(asked.milliseconds) == {"search", "read", "total", "generate"}
        assert asked.right_sentence
        assert not asked.false_citations

    def test_ranks_each_article_once_best_first(self, pipeline: Pipeline, articles: list[Article]) -> None:
        plans = (f"Kem Sokha spoke of the party and of its plan number {number}." for number in range(60))
        long = Article("long", " ".join(plans))
        list(pipeline.ingest([*articles, long]))
        asked = ask(pipeline, WHO, TODAY)
        assert asked.found[0] == "sokha"
        assert sorted(asked.found) == ["long", "sokha", "undated", "webb"]

    def test_searches_the_time_that_the_question_speaks_of(
        self, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        recently = replace(WHO, question="what happened this month")
        assert ask(pipeline, recently, date(2021, 12, 31)).found == ("webb",)
        assert ask(pipeline, recently, TODAY).found == ()
        on_the_day = replace(recently, as_of=date(2021, 12, 31))
        assert ask(pipeline, on_the_day, TODAY).found == ("webb",)

    def test_rereading_orders_articles_by_their_surest_span(
        self, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        pipeline.reader = Sure()
        asked = ask(pipeline, WHO, TODAY)
        assert asked.found[0] == "sokha"
        assert asked.reread[0] == "undated"
        assert sorted(asked.reread) == sorted(asked.found)

    def test_articles_that_were_not_read_stay_behind_in_the_order_of_search(
        self, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        pipeline.reader = Silent()
        asked = ask(pipeline, WHO, TODAY)
        assert asked.reread == asked.found
        assert (asked.answered, asked.told, asked.answer, asked.score) == (False, "", "", 0.0)

    def test_a_refusal_keeps_what_would_have_been_said(
        self, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        pipeline.reader = Sure()
        asked = ask(pipeline, WHO, TODAY)
        pipeline.settings = replace(pipeline.settings, answer_threshold=1)
        refused = ask(pipeline, WHO, TODAY)
        assert (refused.answered, refused.told) == (False, "")
        assert (refused.answer, refused.score) == (asked.answer, asked.score)


class TestCitations:
    @pytest.fixture
    def index(self, index: LocalIndex, encoder: HashingEncoder) -> LocalIndex:
        index.upsert(ARTICLE, [Chunk(0, len(ARTICLE.text))], encoder.encode([ARTICLE.text]))
        return index

    @pytest.fixture
    def citation(self) -> Citation:
        return Citation.of(1, ARTICLE, (0, 15), (0, 34))

    def test_what_the_index_holds_is_true(self, index: LocalIndex, citation: Citation) -> None:
        assert is_true(citation, index)

    @pytest.mark.parametrize(
        "change",
        [
            {"quote": "Six Ambassadors"},
            {"start": 1},
            {"end": 16},
            {"content_hash": "0" * 64},
            {"article_id": "other"},
            {"passage": "Six ambassadors visited Kem Sokha"},
            {"passage_start": 4, "passage": ARTICLE.text[4:34]},
            {"passage_end": 10, "passage": ARTICLE.text[:10]},
            {"start": 0, "end": 0, "quote": ""},
        ],
    )
    def test_anything_else_is_not(
        self, index: LocalIndex, citation: Citation, change: dict[str, object]
    ) -> None:
        assert not is_true(citation.model_copy(update=change), index)

    def test_an_article_that_changed_since_bears_nothing_out(
        self, index: LocalIndex, encoder: HashingEncoder, citation: Citation
    ) -> None:
        newer = Article("sokha", ARTICLE.text + " More came.")
        index.upsert(newer, [Chunk(0, len(newer.text))], encoder.encode([newer.text]))
        assert not is_true(citation, index)


class TestReadingAGivenPassage:
    def test_answers_where_the_margin_is_above_zero(self) -> None:
        question = Question("who", ("Envoys",), passage="Envoys visited him. He was glad.", title="Sokha")
        reading = read(FirstSentence(), question)
        assert (reading.answer, reading.told) == ("Envoys visited him.", "Envoys visited him.")
        assert reading.score == reading.margin == 20.0
        assert reading.answered
        assert list(reading.milliseconds) == ["read"]

    def test_no_span_is_a_refusal(self) -> None:
        reading = read(Silent(), Question("who", (), passage="Envoys visited him."))
        assert (reading.answer, reading.score, reading.answered) == ("", float("-inf"), False)


@pytest.mark.parametrize(
    ("quoted", "right"),
    [
        ("ambassadors", True),
        ("Six ambassadors visited Kem Sokha.", True),
        ("Six ambassadors visited Kem Sokha. China did not call him.", True),
        ("China did not call him.", False),
    ],
)
def test_a_quote_within_or_around_the_sentence_is_right(quoted: str, right: bool) -> None:
    assert outcome(VISITED, quoted, 0.9).right_sentence is right


@pytest.mark.parametrize(("quoted", "right"), [("Six ambassadors visited", True), ("China did", False)])
def test_where_no_sentence_is_given_a_quote_must_have_an_answer(quoted: str, right: bool) -> None:
    question = Question("who visited", ("Six ambassadors", "ambassadors"), "sokha")
    assert outcome(question, quoted, 0.9).right_sentence is right


def test_predictions_hold_what_counts_and_the_margins(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_predictions([outcome(VISITED, "China", 0.2, answered=False), given(UNKNOWN, "China", -2)], path)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "answers": {"v": "", "u": "China"},
        "margins": {"v": 0.2, "u": -2},
    }
