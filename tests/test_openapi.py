"""GET /openapi.json is a valid OpenAPI 3.1 document that says what the service does."""

import re
from typing import Any, TypeAlias, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline

Json: TypeAlias = dict[str, Any]

PAGES = {"/", "/library", "/widget", "/widget.js", "/sign-in", "/sign-out"}
UNDOCUMENTED = {*PAGES, "/openapi.json", "/static/{filename}"}
"""The pages with their files, and the document itself."""

KINDS = {"POST /ask/stream": "text/event-stream", "GET /metrics": "text/plain"}
"""What is not JSON."""


@pytest.fixture
def app(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> Flask:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def document(client: FlaskClient) -> Json:
    return cast("Json", client.get("/openapi.json").json)


def operations(document: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def check(document: Json, schema: str, instance: object) -> None:
    """Raise unless ``instance`` is what the component ``schema`` describes."""
    # The document's own schemas refer to each other from its root.
    OAS31Validator({**document, "$ref": f"#/components/schemas/{schema}"}).validate(instance)


def test_it_is_valid(document: Json) -> None:
    assert document["openapi"].startswith("3.1")
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_every_route_is_documented(app: Flask, document: Json) -> None:
    routes = {
        f"{method} {_as_openapi(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if _as_openapi(rule.rule) not in UNDOCUMENTED
    }
    assert routes == operations(document).keys()


def _as_openapi(rule: str) -> str:
    """``/articles/<path:id>`` as OpenAPI writes it, ``/articles/{id}``."""
    return re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule)


def test_every_operation_says_what_it_does_and_what_it_answers(document: Json) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"], name
        for status in operation["responses"].keys() & {"200", "201"}:
            assert KINDS.get(name, "application/json") in operation["responses"][status]["content"], name


def test_every_problem_has_its_media_type(document: Json) -> None:
    for name, operation in operations(document).items():
        # OpenAI's clients want errors in the shape that they know.
        expected = "application/json" if " /v1/" in name else "application/problem+json"
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == [expected], (name, status)


def test_ask_documents_each_problem_that_it_has(document: Json) -> None:
    for path in ("/ask", "/ask/stream"):
        documented = operations(document)[f"POST {path}"]["responses"].keys()
        assert documented == {*("200", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503")}


def test_the_examples_can_be_sent_as_they_are(client: FlaskClient, document: Json) -> None:
    for path, schema, status in (("/ask", "AskBody", 200), ("/feedback", "FeedbackBody", 201)):
        body = operations(document)[f"POST {path}"]["requestBody"]["content"]["application/json"]
        assert body["examples"]
        for example in body["examples"].values():
            check(document, schema, example["value"])
            assert client.post(path, json=example["value"]).status_code == status


def test_responses_are_what_the_document_says(client: FlaskClient, document: Json) -> None:
    check(document, "Reply", client.post("/ask", json={"question": "who visited Sokha"}).json)
    check(document, "ArticleList", client.get("/articles").json)
    check(document, "ArticleBody", client.get("/articles/sokha").json)
    check(document, "ArticleList", client.get("/articles?search=visited&sort=title&tags=politics").json)
    check(document, "ChunkList", client.get("/articles/sokha/chunks").json)
    check(document, "FacetsBody", client.get("/facets").json)
    check(document, "Outcomes", client.post("/articles", json={"text": "A new one."}).json)
    check(document, "ArticleBody", client.put("/articles/sokha", json={"title": "Envoys"}).json)
    said = {"question": "who", "rating": "up", "citations": []}
    check(document, "Stored", client.post("/feedback", json=said).json)
    check(document, "Health", client.get("/health").json)
    check(document, "Ready", client.get("/ready").json)
    chat = {"model": "articles", "messages": [{"role": "user", "content": "who visited Sokha"}]}
    check(document, "ChatCompletion", client.post("/v1/chat/completions", json=chat).json)
    check(document, "ErrorBody", client.post("/v1/chat/completions", json={**chat, "model": "gpt"}).json)
    check(document, "ModelList", client.get("/v1/models").json)
    check(document, "Problem", client.get("/articles/nobody").json)
    check(document, "Problem", client.post("/ask", json={"question": ""}).json)


@pytest.mark.parametrize(
    "said",
    [{"as_of": 0}, {"as_of": 86400.0}, {"question": f"who{' ' * 2000}"}, {"filters": {"fields": {"a": ""}}}],
)
def test_what_the_document_does_not_allow_is_refused(client: FlaskClient, said: Json) -> None:
    for path in ("/ask", "/ask/stream", "/ask/suggestions"):
        assert client.post(path, json={"question": "who", **said}).status_code == 422


def test_what_takes_no_input_documents_no_wrong_one(document: Json) -> None:
    for path in ("/health", "/ready", "/metrics"):
        assert "422" not in operations(document)[f"GET {path}"]["responses"]
