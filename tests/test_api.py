"""The HTTP interface keeps its contract: names, types and offsets, over real indexes."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeAlias, cast
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.errors import StoreError
from index.local import LocalIndex
from index.types import Article, Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests.conftest import Silent, served

Json: TypeAlias = dict[str, Any]

EMOJI = Article(
    "emoji",
    "👩‍🚀 Ana q̃ floated home 🎉. Café owners in Đà Nẵng cheered. 𝔗he crowd 👏🏽 stayed.",
    "Ana 🚀 returns",
    url="https://news.example/ana?id=1",
)
CITATION = {
    **{"id": int, "article_id": str, "content_hash": str, "title": str},
    **{"start": int, "end": int, "quote": str},
    **{"passage_start": int, "passage_end": int, "passage": str},
}
"""The fields of a citation that are never null, with their types."""

VISITED = "who visited Kem Sokha"


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest([*articles, EMOJI]))
    return create_app(settings, pipeline).test_client()


@pytest.fixture
def silent(settings: Settings, pipeline: Pipeline, client: FlaskClient) -> FlaskClient:
    """The same service, but the reader finds no answer."""
    pipeline.reader = Silent()
    return client


def ask(client: FlaskClient, question: str, **more: object) -> Json:
    return successful(client.post("/ask", json={"question": question, **more}))


def get(client: FlaskClient, url: str) -> Json:
    return successful(client.get(url))


def successful(response: TestResponse) -> Json:
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    return cast("Json", response.json)


def cited(reply: Json) -> set[str]:
    return {citation["article_id"] for citation in reply["citations"]}


class TestFollowUps:
    TURN: ClassVar[Json] = {"question": "who visited Kem Sokha", "answer": "Six ambassadors"}

    def test_a_follow_up_is_searched_as_the_question_that_stands_alone(self, client: FlaskClient) -> None:
        reply = ask(client, "when was he arrested?", history=[self.TURN])
        assert reply["question"] == "when was he arrested?"
        assert reply["standalone_question"] == "when was Kem Sokha arrested?"
        assert reply["citations"][0]["article_id"] == "sokha"

    def test_what_the_turns_say_of_time_counts(self, client: FlaskClient) -> None:
        turn = {"question": "who visited Kem Sokha this week", "answer": "Six ambassadors"}
        assert ask(client, "why?", history=[turn])["timeframe"]["words"] == "this week"

    def test_words_can_be_searched_as_typed(self, client: FlaskClient) -> None:
        reply = ask(client, "when was he arrested?", history=[self.TURN], as_typed=True)
        assert reply["standalone_question"] == "when was he arrested?"

    def test_a_question_that_stands_alone_is_left_alone(self, client: FlaskClient) -> None:
        reply = ask(client, "  what does Webb carry", history=[self.TURN])
        assert reply["standalone_question"] == reply["question"]

    def test_a_turn_without_words_is_no_harm(self, client: FlaskClient) -> None:
        turns = [{"question": "", "answer": ""}, {"question": "w " * 3000, "answer": "?"}]
        assert ask(client, "when?", history=turns)["standalone_question"] == "when?"


class TestTimeframe:
    QUESTION = "who visited Kem Sokha this week"

    def test_this_week_searches_the_articles_of_the_week(self, client: FlaskClient) -> None:
        then = ask(client, self.QUESTION, as_of="2019-12-01")
        assert then["timeframe"]["words"] == "this week"
        assert then["timeframe"]["after"] == "2019-11-25"
        assert cited(then) == {"sokha", "webb"}
        assert cited(ask(client, self.QUESTION, as_of="2021-12-25")) == {"webb"}

    def test_any_time_searches_all(self, client: FlaskClient) -> None:
        reply = ask(client, self.QUESTION, as_of="2021-12-25", any_time=True)
        assert reply["timeframe"] is None
        assert "sokha" in cited(reply)

    def test_a_day_that_is_none_is_named(self, client: FlaskClient) -> None:
        response = client.post("/ask", json={"question": self.QUESTION, "as_of": "yesterday"})
        assert response.status_code == 422
        assert "as_of" in response.text


class TestAnswer:
    def test_has_the_fields_of_the_contract(self, client: FlaskClient) -> None:
        reply = ask(client, VISITED)
        assert {
            "question", "standalone_question", "answerable", "answer", "confidence", "mode",
            "answers", "citations", "timings_ms",
        } <= reply.keys()  # fmt: skip
        assert reply["question"] == reply["standalone_question"] == VISITED
        assert reply["answerable"] is True
        assert reply["answer"] == "Six ambassadors visited Kem Sokha at home."
        assert 0 < reply["confidence"] <= 1
        assert reply["mode"] == "extractive"
        assert reply["timings_ms"].keys() >= {"search", "read", "total"}
        assert all(milliseconds >= 0 for milliseconds in reply["timings_ms"].values())

    def test_a_citation_says_whatever_else_the_article_says(self, client: FlaskClient) -> None:
        citation = ask(client, VISITED)["citations"][0]
        assert citation["fields"] == {"section": "Asia", "page": "3", "front": "true"}

    def test_the_best_answer_comes_first_and_each_names_its_citations(self, client: FlaskClient) -> None:
        reply = ask(client, VISITED)
        assert reply["answer"] == reply["answers"][0]["text"]
        assert reply["confidence"] == reply["answers"][0]["confidence"]
        numbers = {citation["id"] for citation in reply["citations"]}
        for answer in reply["answers"]:
            assert answer.keys() >= {"text", "confidence", "citations"}
            assert answer["citations"]
            assert set(answer["citations"]) <= numbers
        confidences = [answer["confidence"] for answer in reply["answers"]]
        assert confidences == sorted(confidences, reverse=True)

    def test_a_citation_tells_its_source(self, client: FlaskClient) -> None:
        citation = ask(client, VISITED)["citations"][0]
        assert {name: type(citation[name]) for name in CITATION} == CITATION
        assert citation["title"] == "Envoys visit Sokha"
        assert citation["published"] == "2019-11-30"
        assert citation["url"] is None

    @pytest.mark.parametrize("question", [VISITED, "Ana floated home", "bread and Webb", "cheered 👏🏽 nẵng"])
    def test_every_quote_is_the_stored_text_at_its_offsets(self, client: FlaskClient, question: str) -> None:
        citations = ask(client, question, top_k=20)["citations"]
        assert citations
        for citation in citations:
            self.assert_exact(client, citation)

    def test_offsets_are_code_points_whatever_the_script(self, client: FlaskClient) -> None:
        citation = ask(client, "Ana 🚀 returns floated home 🎉")["citations"][0]
        assert citation["article_id"] == "emoji"
        assert citation["quote"] == "👩‍🚀 Ana q̃ floated home 🎉."
        self.assert_exact(client, citation)

    @staticmethod
    def assert_exact(client: FlaskClient, citation: Json) -> None:
        article = get(client, f"/articles/{quote(citation['article_id'])}")
        start, end = citation["start"], citation["end"]
        passage_start, passage_end = citation["passage_start"], citation["passage_end"]
        assert citation["content_hash"] == article["content_hash"]
        assert passage_start <= start < end <= passage_end
        assert citation["quote"] == article["text"][start:end]
        assert citation["passage"] == article["text"][passage_start:passage_end]


class TestRefusal:
    def test_has_no_answer_but_the_closest_passages(self, silent: FlaskClient) -> None:
        reply = ask(silent, VISITED)
        assert reply["answerable"] is False
        assert reply["answer"] is None
        assert reply["answers"] == []
        assert reply["citations"][0]["article_id"] == "sokha"
        assert 0 <= reply["confidence"] <= 1
        for citation in reply["citations"]:
            TestAnswer.assert_exact(silent, citation)

    def test_where_filters_admit_nothing_there_is_nothing_to_cite(self, client: FlaskClient) -> None:
        reply = ask(client, VISITED, filters={"source": "nobody"})
        assert reply["answerable"] is False
        assert reply["citations"] == []


class TestQuestion:
    def test_is_taken_without_the_space_around_it(self, client: FlaskClient) -> None:
        assert ask(client, f"  {VISITED}\n")["question"] == VISITED

    def test_may_have_2000_characters(self, client: FlaskClient) -> None:
        assert ask(client, "é" * 2000)["question"] == "é" * 2000

    @pytest.mark.parametrize(
        "question", ['"', "sokha AND (", "a OR NEAR(b*", "title:x", "'; DROP TABLE--", "😀"]
    )
    def test_may_hold_any_characters(self, client: FlaskClient, question: str) -> None:
        assert ask(client, question)["question"] == question

    @pytest.mark.parametrize("broken", [r"\ud800", r"\udfff\ud800", r"a\u0000b"])
    def test_what_no_text_can_hold_is_replaced_and_never_an_error(
        self, client: FlaskClient, broken: str
    ) -> None:
        body = (
            f'{{"question": "who {broken}", "history": [{{"question": "{broken}", "answer": "{broken}"}}],'
            f' "filters": {{"source": "{broken}", "author": "{broken}", "tags": ["{broken}"]}}}}'
        )
        response = client.post("/ask", data=body, content_type="application/json")
        assert response.status_code == 200, response.text

    def test_history_is_accepted(self, client: FlaskClient) -> None:
        turns = [{"question": "who visited Sokha", "answer": "Six ambassadors"}] * 3
        assert ask(client, VISITED, history=turns)["answerable"]

    def test_the_media_type_may_have_a_charset(self, client: FlaskClient) -> None:
        content_type = "application/json; charset=utf-8"
        assert client.post("/ask", data=b'{"question": "hi"}', content_type=content_type).status_code == 200


class TestFilters:
    """Every article is near enough to be found, so what is missing was filtered out."""

    @pytest.mark.parametrize(
        ("filters", "admitted"),
        [
            ({}, {"sokha", "webb", "undated", "emoji"}),
            ({"source": "Northgate"}, {"sokha"}),
            ({"author": "Ito"}, {"webb"}),
            ({"language": "en"}, {"sokha", "webb"}),
            ({"tags": ["cambodia", "politics"]}, {"sokha"}),
            ({"tags": ["cambodia", "space"]}, set()),
            ({"fields": {"section": "Asia"}}, {"sokha"}),
            ({"fields": {"page": 3, "front": True}}, {"sokha"}),
            ({"fields": {"page": "4"}}, set()),
            ({"published_after": "2019-12"}, {"webb"}),
            ({"published_before": "2019-11"}, {"sokha"}),
            ({"published_before": "30 November 2019"}, {"sokha"}),
            ({"published_after": "2019", "published_before": "2021-12-25"}, {"sokha", "webb"}),
            ({"published_after": None, "source": None}, {"sokha", "webb", "undated", "emoji"}),
        ],
    )
    def test_only_what_they_admit_is_cited(
        self, pipeline: Pipeline, client: FlaskClient, filters: Json, admitted: set[str]
    ) -> None:
        pipeline.reader = Everything()
        assert read_by(pipeline, client, filters) == admitted

    def test_a_source_is_the_same_in_any_unicode_form(self, pipeline: Pipeline, client: FlaskClient) -> None:
        list(pipeline.ingest([Article("cafe", "Coffee is hot.", source="Café")]))
        assert cited(ask(client, "coffee", filters={"source": "Cafe\N{COMBINING ACUTE ACCENT}"})) == {"cafe"}


class Everything(Silent):
    """A reader that remembers what it was given to read."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.given = [hit.article.article_id for hit in hits]
        return []


def read_by(pipeline: Pipeline, client: FlaskClient, filters: Json) -> set[str]:
    ask(client, "sokha webb bread ana", filters=filters, top_k=50)
    assert isinstance(pipeline.reader, Everything)
    return set(pipeline.reader.given)


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_top_k_is_how_many_passages_are_read(pipeline: Pipeline, client: FlaskClient, top_k: int) -> None:
    pipeline.reader = reader = Everything()
    ask(client, "sokha webb bread ana", top_k=top_k)
    assert len(reader.given) == top_k


class TestArticles:
    def test_are_listed_newest_first_without_their_text(self, client: FlaskClient) -> None:
        page = get(client, "/articles")
        assert page["total"] == 4
        assert [article["id"] for article in page["articles"]] == ["webb", "sokha", "emoji", "undated"]
        assert page["articles"][1] == {
            "id": "sokha", "title": "Envoys visit Sokha", "url": None, "published": "2019-11-30",
            "author": "Holt", "source": "Northgate", "language": "en", "tags": ["cambodia", "politics"],
            "fields": {"section": "Asia", "page": "3", "front": "true"},
            "content_hash": page["articles"][1]["content_hash"],
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "listed"),
        [
            ("limit=2", ["webb", "sokha"]),
            ("limit=2&offset=2", ["emoji", "undated"]),
            ("offset=3", ["undated"]),
            ("offset=4", []),
        ],
    )
    def test_are_listed_in_pages_that_say_the_total(
        self, client: FlaskClient, query: str, listed: list[str]
    ) -> None:
        page = get(client, f"/articles?{query}")
        assert page["total"] == 4
        assert [article["id"] for article in page["articles"]] == listed

    def test_one_is_given_with_its_text(self, client: FlaskClient) -> None:
        article = get(client, "/articles/emoji")
        assert article["text"] == EMOJI.text
        assert article["content_hash"] == EMOJI.content_hash
        assert article["url"] == "https://news.example/ana?id=1"

    @pytest.mark.parametrize("safe", ["", "/:"], ids=["all encoded", "slashes as they are"])
    @pytest.mark.parametrize(
        "article_id",
        [
            "a/b",
            "/news/1",
            "https://x.example/a//b?q=1#f",
            "ends/",
            "two words",
            "Đà Nẵng 🎉",
            "100%",
            "x%2Fy",
            "..",
        ],
    )
    def test_any_id_can_be_fetched(
        self, pipeline: Pipeline, client: FlaskClient, article_id: str, safe: str
    ) -> None:
        list(pipeline.ingest([Article(article_id, "Some words.")]))
        assert get(client, f"/articles/{quote(article_id, safe=safe)}")["id"] == article_id


class TestHealth:
    def test_says_that_the_process_lives(self, client: FlaskClient) -> None:
        assert get(client, "/health") == {"status": "ok"}

    def test_ready_says_what_is_there(self, client: FlaskClient) -> None:
        ready = get(client, "/ready")
        assert ready["status"] == "ready"
        assert (ready["articles"], ready["chunks"]) == (4, 4)
        assert ready["generation"] > 0

    def test_an_empty_index_is_alive_and_ready(self, settings: Settings, pipeline: Pipeline) -> None:
        empty = create_app(settings, pipeline).test_client()
        assert empty.get("/health").status_code == 200
        assert get(empty, "/ready")["articles"] == 0
        assert get(empty, "/articles") == {"total": 0, "articles": []}

    def test_is_not_ready_when_the_index_can_not_be_read(
        self, settings: Settings, index: LocalIndex, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> None:
            raise StoreError("articles.db can't be read: disk I/O error.")

        monkeypatch.setattr(index, "status", fail)
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200


@pytest.fixture
def address(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> Iterator[str]:
    """A real server on a free port of loopback."""
    list(pipeline.ingest(articles))
    with served(create_app(settings, pipeline)) as address:
        yield address


def test_a_real_server_answers_many_at_once(address: str) -> None:
    def post(question: str) -> Json:
        body = json.dumps({"question": question}).encode()
        with urlopen(Request(f"{address}/ask", body, {"Content-Type": "application/json"})) as response:
            return cast("Json", json.loads(response.read()))

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(post, [VISITED] * 16 + ["Webb rose from French Guiana"] * 16))
    assert {reply["citations"][0]["article_id"] for reply in replies[:16]} == {"sokha"}
    assert {reply["citations"][0]["article_id"] for reply in replies[16:]} == {"webb"}


def test_a_real_server_takes_an_id_with_an_encoded_slash(address: str, pipeline: Pipeline) -> None:
    list(pipeline.ingest([Article("/a//b", "Some words.")]))
    with urlopen(f"{address}/articles/%2Fa%2F%2Fb") as response:
        assert response.status == 200
