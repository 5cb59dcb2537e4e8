"""Addresses sent to POST /articles: fetched from a real site on loopback, through the guard."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias, cast
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.sources.reader import XML, item, rss, sitemap
from tests.web import Answer, Web, page

Json: TypeAlias = dict[str, Any]


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"/ferry": page("Ferries return", "The ferry leaves at nine.", links=("/train",))}) as web:
        yield web


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline) -> FlaskClient:
    """A service that may fetch from loopback."""
    pipeline.settings = replace(settings, allow_private=True, fetch_delay=0)
    return create_app(pipeline.settings, pipeline).test_client()


def send(client: FlaskClient, url: str) -> TestResponse:
    return client.post("/articles", json={"url": url})


def problem(response: TestResponse, status: int) -> str:
    """What is said of the address, where the problem has this status."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    (error,) = cast("Json", response.json)["errors"]
    assert error["field"] == "url"
    assert error["message"] in cast("Json", response.json)["detail"]
    return str(error["message"])


def total(client: FlaskClient) -> int:
    return int(cast("Json", client.get("/articles").json)["total"])


def test_one_page_is_one_article(client: FlaskClient, web: Web) -> None:
    response = send(client, web.url("/ferry"))
    assert response.status_code == 201, response.text
    article = cast("Json", client.get(str(response.location)).json)
    assert (article["title"], article["text"]) == ("Ferries return", "The ferry leaves at nine.")
    assert article["url"] == web.url("/ferry")
    assert total(client) == 1
    assert web.take_asked() == {"/ferry": 200}, "its links are not followed"


def test_the_same_page_again_is_known_and_a_changed_one_replaced(client: FlaskClient, web: Web) -> None:
    send(client, web.url("/ferry"))
    (again,) = cast("Json", send(client, web.url("/ferry")).json)["outcomes"]
    assert (again["outcome"], again["file"]) == ("unchanged", web.url("/ferry"))
    web.pages["/ferry"] = page("Ferries return", "The ferry leaves at ten.")
    assert cast("Json", send(client, web.url("/ferry")).json)["changed"] == 1
    assert total(client) == 1


def test_a_file_or_an_archive_brings_its_articles(client: FlaskClient, web: Web) -> None:
    web.pages["/wire.jsonl"] = Answer(b'{"text": "One came."}\n{"tex": 1}\n', "application/octet-stream")
    told = cast("Json", send(client, web.url("/wire.jsonl")).json)
    assert (told["added"], told["failed"]) == (1, 1)
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "The train leaves at ten.")
        archive.writestr("b.txt", "The bus leaves at noon.")
    web.pages["/news.zip"] = Answer(packed.getvalue(), "application/zip")
    assert cast("Json", send(client, web.url("/news.zip")).json)["added"] == 2


def test_an_archive_with_nothing_to_read_says_so(client: FlaskClient, web: Web) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("photo.png", b"a picture")
    web.pages["/photos.zip"] = Answer(packed.getvalue(), "application/zip")
    detail = problem(send(client, web.url("/photos.zip")), 422)
    assert f"{web.url('/photos.zip')} holds nothing that can be read; use one of .txt" in detail


def test_an_address_beside_a_text_is_not_fetched(client: FlaskClient, web: Web) -> None:
    response = client.post("/articles", json={"url": web.url("/ferry"), "text": "Words of my own."})
    assert response.status_code == 201
    assert web.asked == []


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("ferry", "begins with http:// or https://"),
        ("file:///etc/passwd", "begins with http:// or https://"),
        ("https://x.example/" + "a" * 2000, "at most 2,000 characters"),
        ("https://user:secret@x.example/", "is given with a password; leave that out"),
        ("http://x.example:port/", "is no address"),
    ],
)
def test_what_is_no_address_of_the_web(client: FlaskClient, url: str, advice: str) -> None:
    assert advice in problem(send(client, url), 422)


@pytest.mark.parametrize("said", [{"url": 5}, {"url": None}])
def test_an_address_is_a_string(client: FlaskClient, said: Json) -> None:
    assert "valid string" in problem(client.post("/articles", json=said), 422)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_an_address_of_our_own_network_is_refused(
    settings: Settings, pipeline: Pipeline, web: Web, host: str
) -> None:
    client = create_app(settings, pipeline).test_client()
    said = problem(send(client, f"http://{host}:{web.port}/ferry"), 422)
    assert "is refused" in said
    assert "QA_ALLOW_PRIVATE=1" in said
    assert web.asked == []
    assert total(client) == 0


def test_a_page_that_is_not_there(client: FlaskClient, web: Web) -> None:
    said = problem(send(client, web.url("/none")), 422)
    assert said.startswith(f"{web.url('/none')} answers 404 (Not Found). Give another address")


@pytest.mark.parametrize("status", [403, 503])
def test_a_server_that_gives_nothing_now(client: FlaskClient, web: Web, status: int) -> None:
    web.pages["/busy"] = Answer(status=status, headers={"Retry-After": "0"})
    said = problem(send(client, web.url("/busy")), 502)
    assert f"answers {status}" in said
    assert "Try again later, or save the page and send it as a file." in said
    assert total(client) == 0


def test_what_is_no_article(client: FlaskClient, web: Web) -> None:
    web.pages["/picture"] = Answer(b"\x89PNG", "image/png")
    assert "is image/png, which can't be read as an article" in problem(
        send(client, web.url("/picture")), 422
    )


def test_a_feed_or_sitemap_is_to_be_followed(client: FlaskClient, web: Web) -> None:
    web.pages["/feed"] = rss(item(web, "/ferry", "Ferries"))
    web.pages["/map.xml"] = sitemap(web, "/ferry")
    assert web.pages["/map.xml"].content_type == XML  # type: ignore[union-attr]
    assert f"source add {web.url('/feed')}" in problem(send(client, web.url("/feed")), 422)
    assert "is a sitemap, not one page" in problem(send(client, web.url("/map.xml")), 422)
    assert total(client) == 0
