"""Suggestions: only questions that were asked and answered anew, from the same articles."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.suggestions import MOST_SUGGESTIONS, MOST_TRIED, suggestions
from qa_service.types import Answer, Citation, Reply, Timings

ARTICLE = Article(
    "sokha",
    "Six ambassadors visited Kem Sokha. His wife is Te Chanmono. In Phnom Penh the French envoy Eva Nguyen "
    "Binh spoke. The European Union sent Carmen Moreno. Later Rhona Smith, Wang Wentian and Pham Binh came.",
)
WHEN = "when was Sokha visited?"


def reply(question: str, answer: str | None, confidence: float = 0.9, article: Article = ARTICLE) -> Reply:
    citation = Citation.of(1, article, (0, 3), (0, len(article.text)))
    return Reply(
        question=question, standalone_question=question, answerable=answer is not None, answer=answer,
        confidence=confidence, mode="extractive", kind="single", citations=(citation,),
        answers=(Answer(text=answer, confidence=confidence, citations=(1,)),) if answer else (),
        timings_ms=Timings(search=0, read=0, total=0),
    )  # fmt: skip


ASKED = reply("who visited Sokha?", "Six ambassadors")


def asking(answers: dict[str, Reply]) -> tuple[Callable[[str], Reply], list[str]]:
    """A service that knows these answers alone, and what it was asked."""
    asked: list[str] = []

    def ask(question: str) -> Reply:
        asked.append(question)
        return answers.get(question, reply(question, None))

    return ask, asked


def test_what_is_answered_is_suggested() -> None:
    ask, asked = asking({WHEN: reply(WHEN, "in November")})
    assert suggestions(ASKED, ask) == [WHEN]
    assert len(asked) == MOST_TRIED


@pytest.mark.parametrize(
    "answer",
    [
        reply(WHEN, "in November", confidence=0.6),
        reply(WHEN, "six ambassadors"),  # what was just said
        reply(WHEN, "Sokha"),  # what is in the question
        reply(WHEN, "in November", article=Article("other", "It was in November.")),
    ],
)
def test_what_is_unsure_or_nothing_new_or_elsewhere_is_not(answer: Reply) -> None:
    ask, _ = asking({WHEN: answer})
    assert suggestions(ASKED, ask) == []


def test_persons_are_asked_for_and_not_places_or_bodies() -> None:
    ask, asked = asking({})
    suggestions(ASKED, ask)
    assert "who is Te Chanmono?" in asked
    assert not {"who is Phnom Penh?", "who is European Union?"} & {*asked}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how long did it take to put out the fire?", "15 hours"),
        ("who was governor of the bank before Ueda?", "Kazuo Ueda"),
        ("who is the leader?", "Kem Sokha"),
    ],
)
def test_when_is_not_asked_of_what_is_no_event(question: str, answer: str) -> None:
    ask, asked = asking({})
    suggestions(reply(question, answer), ask)
    assert all(each.startswith("who is") for each in asked)


def test_there_are_no_more_than_can_be_read_at_a_glance() -> None:
    answers = iter(["first", "second", "third", "fourth", "fifth", "sixth"])
    assert len(suggestions(ASKED, lambda question: reply(question, next(answers)))) == MOST_SUGGESTIONS


def test_of_a_refusal_there_are_none() -> None:
    ask, asked = asking({})
    assert suggestions(reply("who visited Sokha?", None), ask) == []
    assert not asked


def test_nothing_more_is_asked_when_nobody_waits() -> None:
    ask, asked = asking({})
    assert suggestions(ASKED, ask, lambda: len(asked) == 1) == []
    assert len(asked) == 1


class TestRoute:
    @pytest.fixture
    def client(self, settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
        list(pipeline.ingest([*articles, ARTICLE]))
        return create_app(settings, pipeline).test_client()

    def test_each_suggestion_is_answered_under_the_same_filters(self, client: FlaskClient) -> None:
        body: dict[str, Any] = {"question": "who visited Kem Sokha", "filters": {"tags": ["cambodia"]}}
        response = client.post("/ask/suggestions", json=body)
        assert response.status_code == 200
        for question in response.json["questions"]:  # type: ignore[index]
            again = client.post("/ask", json={**body, "question": question}).json
            assert again
            assert again["answerable"]
            assert {citation["article_id"] for citation in again["citations"]} <= {"sokha"}

    @pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
    def test_what_was_just_asked_is_not_asked_again(
        self, client: FlaskClient, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        body: dict[str, Any] = {"question": "who visited Kem Sokha", "filters": {"tags": ["cambodia"]}}
        afresh = client.post("/ask/suggestions", json=body).json
        assert client.post(path, json=body).text
        asked: list[str] = []
        stages = pipeline.stages

        def counted(question: str, *how: Any, **more: Any) -> Any:
            asked.append(question)
            return stages(question, *how, **more)

        monkeypatch.setattr(pipeline, "stages", counted)
        assert client.post("/ask/suggestions", json={**body, "mode": "extractive"}).json == afresh
        assert body["question"] not in asked
        client.post("/ask/suggestions", json={**body, "top_k": 3})
        assert body["question"] in asked

    def test_a_request_that_is_wrong_is_told(self, client: FlaskClient) -> None:
        assert client.post("/ask/suggestions", json={"question": ""}).status_code == 422
