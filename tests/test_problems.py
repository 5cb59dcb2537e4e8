"""Every error is problem details (RFC 9457) that name what is wrong and say what to change."""

import json
import logging
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.types import Article, Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Span

Json: TypeAlias = dict[str, Any]

JSON = "application/json"


@pytest.fixture
def app(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> Flask:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def problem(response: TestResponse, status: int, title: str) -> Json:
    """The body of a problem, which has the form that all of them have."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body = cast("Json", response.json)
    assert body["type"] == "about:blank"
    assert body["title"] == title
    assert body["status"] == status
    assert body["detail"].strip()
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not valid JSON: Expecting value: line 1 column 1"),
        (b"who visited Sokha", "not valid JSON: Expecting value"),
        (b'{"question": "who"', "line 1 column 19"),
        (b'{"question": "\xff"}', "not valid JSON"),
        (b'{"question": "who", "top_k": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'"who visited Sokha"', "must be a JSON object, such as"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"17", "must be a JSON object"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_json_object(client: FlaskClient, body: bytes, said: str) -> None:
    response = client.post("/ask", data=body, content_type=JSON)
    assert said in problem(response, 400, "Bad Request")["detail"]


def test_nesting_is_never_deep_enough_to_fail(client: FlaskClient) -> None:
    """There is no depth that one part of the service can read and the next can't."""
    for depth in range(900, 1100):
        body = '{"question": ' + "[" * depth + "]" * depth + "}"
        assert client.post("/ask", data=body, content_type=JSON).status_code in (400, 422), depth


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", None])
def test_another_content_type(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/ask", data=b'{"question": "who"}', content_type=content_type)
    assert "'Content-Type: application/json'" in problem(response, 415, "Unsupported Media Type")["detail"]


@pytest.mark.parametrize(
    ("body", "field", "advice"),
    [
        ({}, "question", "required; add it"),
        ({"question": ""}, "question", "Ask a question; this one is empty."),
        ({"question": " \n\t\u2003"}, "question", "Ask a question; this one is empty."),
        ({"question": "\0"}, "question", "Ask a question; this one is empty."),
        ({"question": "a" * 2001}, "question", "at most 2,000 characters; this question has 2,001"),
        ({"question": None}, "question", "valid string"),
        ({"question": 17}, "question", "valid string"),
        ({"question": ["who"]}, "question", "valid string"),
        ({"question": "who", "top_k": "10"}, "top_k", "valid integer"),
        ({"question": "who", "top_k": 1.5}, "top_k", "valid integer"),
        ({"question": "who", "top_k": True}, "top_k", "valid integer"),
        ({"question": "who", "top_k": 0}, "top_k", "greater than or equal to 1"),
        ({"question": "who", "top_k": 101}, "top_k", "at most 100 passages"),
        ({"question": "who", "top_k": 10**400}, "top_k", "at most 100 passages"),
        ({"question": "who", "filters": None}, "filters", "JSON object"),
        ({"question": "who", "filters": []}, "filters", "JSON object"),
        ({"question": "who", "filters": {"source": 1}}, "filters.source", "valid string"),
        ({"question": "who", "filters": {"tags": "space"}}, "filters.tags", "valid list"),
        ({"question": "who", "filters": {"tags": [1]}}, "filters.tags.0", "valid string"),
        ({"question": "who", "filters": {"published_after": ""}}, "filters.published_after", "2019-11-30"),
        (
            {"question": "who", "filters": {"published_after": "soon"}},
            "filters.published_after",
            "2019-11-30",
        ),
        ({"question": "who", "filters": {"published_before": 2019}}, "filters.published_before", "string"),
        (
            {"question": "who", "filters": {"published_before": "2019-13-01"}},
            "filters.published_before",
            "such as 2019-11-30",
        ),
        ({"question": "who", "history": "none"}, "history", "valid list"),
        ({"question": "who", "history": ["who"]}, "history.0", "JSON object"),
        ({"question": "who", "history": [{"question": "who"}]}, "history.0.answer", "required; add it"),
        (
            {
                "question": "who",
                "history": [{"question": "a", "answer": "b"}, {"question": "a", "answer": 1}],
            },
            "history.1.answer",
            "valid string",
        ),
        ({"question": "who", "history": [{"question": "a", "answer": "b"}] * 51}, "history", "at most 50"),
        ({"question": "who", "query": "x"}, "query", "no such field; take it out"),
        ({"question": "who", "filters": {"date": "2019"}}, "filters.date", "no such field; take it out"),
        (
            {"question": "who", "history": [{"question": "a", "answer": "b", "id": 1}]},
            "history.0.id",
            "no such field; take it out",
        ),
    ],
    ids=lambda value: str(value)[:48] if isinstance(value, dict) else None,
)
def test_a_field_that_is_wrong_is_named(client: FlaskClient, body: Json, field: str, advice: str) -> None:
    said = problem(client.post("/ask", json=body), 422, "Unprocessable Entity")
    (error,) = [error for error in said["errors"] if error["field"] == field]
    assert advice in error["message"]
    assert f"{field}: {error['message']}" in said["detail"]


def test_all_fields_that_are_wrong_are_named_at_once(client: FlaskClient) -> None:
    response = client.post("/ask", json={"question": "", "top_k": 0, "colour": "red"})
    errors = problem(response, 422, "Unprocessable Entity")["errors"]
    assert {error["field"] for error in errors} == {"question", "top_k", "colour"}


def test_a_field_whose_name_is_no_unicode(client: FlaskClient) -> None:
    body = rb'{"question": "who", "\ud800": 1, "filters": {"\udfff": 1}}'
    problem(client.post("/ask", data=body, content_type=JSON), 422, "Unprocessable Entity")


def test_a_body_over_the_limit(settings: Settings, client: FlaskClient) -> None:
    history = [{"question": "who", "answer": "a" * settings.max_body_bytes}]
    response = client.post("/ask", json={"question": "who", "history": history})
    assert "send less history" in problem(response, 413, "Request Entity Too Large")["detail"]


@pytest.mark.parametrize(
    "article_id", ["nobody", "no/body", "%FF", "%00", "%ED%A0%80", "..", "%2e%2e/%2e%2e"]
)
def test_an_unknown_article(client: FlaskClient, article_id: str) -> None:
    detail = problem(client.get(f"/articles/{article_id}"), 404, "Not Found")["detail"]
    assert detail.startswith("There is no article")
    assert "GET /articles lists" in detail


@pytest.mark.parametrize("url", ["/answer", "/articles/", "/ask/", "/static/none.js"])
def test_an_unknown_url(client: FlaskClient, url: str) -> None:
    detail = problem(client.get(url), 404, "Not Found")["detail"]
    assert url in detail
    assert "GET /openapi.json" in detail


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("GET", "/ask", "POST"),
        ("DELETE", "/articles", "GET"),
        ("POST", "/health", "GET"),
        ("PUT", "/", "GET"),
    ],
)
def test_a_method_that_is_not_allowed(client: FlaskClient, method: str, url: str, allowed: str) -> None:
    response = client.open(url, method=method)
    assert allowed in problem(response, 405, "Method Not Allowed")["detail"]
    assert allowed in response.allow


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=many", "offset=-1", "offset=99999999999", "page=2"]
)
def test_a_page_of_articles_that_can_not_be(client: FlaskClient, query: str) -> None:
    (error,) = problem(client.get(f"/articles?{query}"), 422, "Unprocessable Entity")["errors"]
    assert error["field"] == query.split("=")[0]


def test_an_empty_index_says_how_to_add_articles(settings: Settings, pipeline: Pipeline) -> None:
    empty = create_app(settings, pipeline).test_client()
    response = empty.post("/ask", json={"question": "who visited Sokha"})
    assert "python -m qa_service ingest" in problem(response, 409, "Conflict")["detail"]


class Broken:
    """A reader with a defect."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        raise RuntimeError("the secret is /etc/passwd")


def test_a_defect_of_ours_shows_nothing_of_itself(
    pipeline: Pipeline, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.reader = Broken()
    with caplog.at_level(logging.ERROR):
        response = client.post("/ask", json={"question": "who visited Sokha"})
    body = problem(response, 500, "Internal Server Error")
    for trace in ("secret", "passwd", "RuntimeError", ".py", "line "):
        assert trace not in json.dumps(body)
    assert "the secret is /etc/passwd" in caplog.text, "whoever runs the service needs to see it"


def test_after_a_defect_the_service_goes_on(pipeline: Pipeline, client: FlaskClient) -> None:
    working, pipeline.reader = pipeline.reader, Broken()
    assert client.post("/ask", json={"question": "who"}).status_code == 500
    pipeline.reader = working
    assert client.post("/ask", json={"question": "who"}).status_code == 200
