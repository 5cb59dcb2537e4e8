"""POST /ask keeps its contract: names, types and offsets, over a real index."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.api.asking import CITATION, VISITED, Json, ask, get


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

    def test_may_be_as_long_on_the_page_as_the_settings_say(
        self, settings: Settings, pipeline: Pipeline
    ) -> None:
        client = create_app(replace(settings, max_question_chars=77), pipeline).test_client()
        for path in ("/", "/widget"):
            assert 'data-longest="77"' in client.get(path).text

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
