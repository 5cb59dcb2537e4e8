"""The guard: other sites' pages change nothing, and what is too large or of another kind is refused."""

import io
from dataclasses import replace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
    ],
)
def test_pages_of_other_sites_change_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    data = {"files": ((io.BytesIO(b"Planted."), "planted.txt"),)}
    for response in (
        client.delete("/articles/sokha", headers=headers),
        client.post("/articles", data=data, headers=headers),
        client.put("/articles/sokha", json={"title": "Planted"}, headers=headers),
    ):
        assert response.status_code == 403
        assert "this site's own pages" in cast("dict[str, Any]", response.json)["detail"]
    assert client.get("/articles?search=planted", headers=headers).json == {"total": 0, "articles": []}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "https://behind-a-proxy.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_own_pages_and_programs_may(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.delete("/articles/sokha", headers=headers).status_code == 204


def test_each_kind_of_request_has_its_limit(settings: Settings, pipeline: Pipeline) -> None:
    small = replace(settings, max_body_bytes=1000, max_file_bytes=5000)
    client = create_app(small, pipeline).test_client()
    text = "a" * 3000
    assert client.post("/articles", json={"text": text, "id": "a"}).status_code == 201
    assert client.put("/articles/a", json={"text": text + "b"}).status_code == 200
    for response, setting in (
        (client.post("/ask", json={"question": text}), "max_body_bytes"),
        (client.post("/articles", json={"text": text * 2}), "max_file_bytes"),
        (client.put("/articles/a", json={"text": text * 2}), "max_file_bytes"),
    ):
        assert response.status_code == 413
        assert f"{setting} raised" in cast("dict[str, Any]", response.json)["detail"]


def test_articles_say_that_they_take_files_too(client: FlaskClient) -> None:
    response = client.post("/articles", data=b"The ferry", content_type="text/plain")
    assert response.status_code == 415
    assert "or files as 'multipart/form-data'" in cast("dict[str, Any]", response.json)["detail"]
    assert "multipart" not in client.put("/articles/sokha", data={"title": "x"}).text


def test_a_body_that_is_no_object_is_shown_one(client: FlaskClient) -> None:
    assert '{\\"text\\"' in client.post("/articles", json=[]).text
    assert '{\\"question\\"' in client.post("/ask", json=[]).text
