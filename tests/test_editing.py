"""POST, PUT and DELETE change what is stored and found, over a real index."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.local import LocalIndex
from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.conftest import AnyIndex, on_both

pytestmark = on_both

Json: TypeAlias = dict[str, Any]


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


def body(response: TestResponse, status: int) -> Json:
    assert response.status_code == status, response.text
    return cast("Json", response.json)


def cited(client: FlaskClient, question: str) -> set[str]:
    reply = body(client.post("/ask", json={"question": question, "top_k": 50}), 200)
    return {citation["article_id"] for citation in reply["citations"]}


class TestAdding:
    def test_an_article_is_stored_with_all_that_was_said(self, client: FlaskClient) -> None:
        said = {
            "id": "ferry", "text": "The ferry leaves at nine.", "title": "Ferries", "url": "http://x.example/f",
            "published": "2024-05-01", "author": "Lund", "source": "Bay", "language": "en", "tags": ["sea"],
        }  # fmt: skip
        response = client.post("/articles", json=said)
        added = body(response, 201)
        assert response.location == "/articles/ferry"
        assert (added["added"], added["failed"]) == (1, 0)
        assert added["outcomes"] == [{"outcome": "added", "id": "ferry", "file": None, "reason": None}]
        stored = body(client.get("/articles/ferry"), 200)
        assert {name: stored[name] for name in said} == said
        assert "ferry" in cited(client, "when does the ferry leave")

    def test_only_the_text_is_needed(self, client: FlaskClient) -> None:
        response = client.post("/articles", json={"text": " The ferry leaves at nine.\r\n"})
        assert body(client.get(str(response.location)), 200)["text"] == "The ferry leaves at nine."

    def test_the_address_holds_any_id(self, client: FlaskClient) -> None:
        response = client.post("/articles", json={"text": "Words.", "id": "/news/Đà Nẵng?#1"})
        assert unquote(str(response.location)) == "/articles//news/Đà Nẵng?#1"
        assert body(client.get(str(response.location)), 200)["id"] == "/news/Đà Nẵng?#1"

    def test_what_is_known_is_not_created_again(self, client: FlaskClient) -> None:
        ferry = {"text": "The ferry leaves at nine.", "id": "ferry"}
        assert client.post("/articles", json=ferry).status_code == 201
        again = client.post("/articles", json=ferry)
        assert body(again, 200)["unchanged"] == 1
        assert again.location is None
        changed = client.post("/articles", json={**ferry, "text": "The ferry leaves at ten."})
        assert body(changed, 200)["changed"] == 1

    @pytest.mark.parametrize(
        ("said", "field", "advice"),
        [
            ({}, "text", "required; add it"),
            ({"url": "https://x.example/", "title": "X"}, "text", "required; add it"),
            ({"text": " \n"}, "text", "this one is empty"),
            ({"text": 7}, "text", "valid string"),
            ({"text": "a", "published": "soon"}, "published", "such as 2019-11-30"),
            ({"text": "a", "tags": "sea"}, "tags", "valid list"),
            ({"text": "a", "tags": [1]}, "tags.0", "valid string"),
            ({"text": "a", "id": ""}, "id", "1 to 200 characters; this one has 0"),
            ({"text": "a", "id": "a" * 201}, "id", "1 to 200 characters; this one has 201"),
            ({"text": "a", "id": "a\nb"}, "id", "without line breaks"),
            ({"text": "a", "date": "2019"}, "date", "no such field; take it out"),
        ],
    )
    def test_a_field_that_is_wrong_is_named(
        self, client: FlaskClient, said: Json, field: str, advice: str
    ) -> None:
        problem = body(client.post("/articles", json=said), 422)
        (error,) = problem["errors"]
        assert error["field"] == field
        assert advice in error["message"]


class TestChanging:
    def test_metadata_alone_keeps_the_text(self, client: FlaskClient, articles: list[Article]) -> None:
        change = {"title": "Six envoys", "tags": ["asia"], "published": "1 December 2019"}
        changed = body(client.put("/articles/sokha", json=change), 200)
        assert changed["text"] == articles[0].text
        assert (changed["title"], changed["tags"], changed["published"]) == (
            "Six envoys",
            ["asia"],
            "2019-12-01",
        )
        assert changed["author"] == "Holt"
        assert body(client.get("/articles/sokha"), 200) == changed

    def test_a_title_is_searched_as_it_now_is(self, client: FlaskClient) -> None:
        client.put("/articles/webb", json={"title": "Perihelion"})
        assert [
            found["id"] for found in body(client.get("/articles?search=perihelion"), 200)["articles"]
        ] == ["webb"]
        assert body(client.get("/articles?search=lifts"), 200)["total"] == 0

    def test_the_text_alone_keeps_the_metadata(self, client: FlaskClient) -> None:
        changed = body(
            client.put("/articles/sokha", json={"text": "Nobody came. The house stood empty."}), 200
        )
        assert changed["title"] == "Envoys visit Sokha"
        reply = body(client.post("/ask", json={"question": "who came to the house", "top_k": 50}), 200)
        assert "Six ambassadors" not in str(reply)
        assert "Nobody came." in str(reply)

    def test_null_takes_a_field_away(self, client: FlaskClient) -> None:
        gone: Json = {"title": None, "published": None, "author": None, "source": None, "tags": None}
        changed = body(client.put("/articles/sokha", json=gone), 200)
        assert [changed[name] for name in gone] == ["", None, None, None, []]

    def test_what_a_request_can_not_say_is_kept_with_the_text(
        self, client: FlaskClient, pipeline: Pipeline, index: AnyIndex
    ) -> None:
        list(
            pipeline.ingest([Article("scan", "Page one. Page two.", pages=(0, 10), fields={"desk": "sport"})])
        )
        body(client.put("/articles/scan", json={"title": "A scan"}), 200)
        assert (index.get("scan").pages, index.get("scan").fields) == ((0, 10), {"desk": "sport"})
        changed = body(
            client.put("/articles/scan", json={"text": "Another page.", "fields": {"page": 3}}), 200
        )
        assert changed["fields"] == {"page": "3"}
        assert index.get("scan").pages == ()

    def test_who_edits_another_field_at_the_same_time_undoes_nothing(self, client: FlaskClient) -> None:
        app, rounds = client.application, 10
        together = threading.Barrier(2, timeout=60)

        def edit(field: str) -> None:
            other = app.test_client()
            for number in range(rounds):
                together.wait()
                assert other.put("/articles/webb", json={field: f"{field} {number}"}).status_code == 200
                together.wait()
                stored = body(other.get("/articles/webb"), 200)
                assert (stored["author"], stored["source"]) == (f"author {number}", f"source {number}")

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(edit, ("author", "source"))) == [None, None]

    def test_nothing_changes_nothing(self, client: FlaskClient, index: AnyIndex) -> None:
        generation = index.status().generation
        assert body(client.put("/articles/sokha", json={}), 200)["title"] == "Envoys visit Sokha"
        assert index.status().generation == generation

    def test_an_unknown_id_is_created_from_a_text(self, client: FlaskClient) -> None:
        response = client.put("/articles/a%2Fb", json={"text": "Words.", "title": "New"})
        assert body(response, 201)["id"] == "a/b"
        assert response.location == "/articles/a%2Fb"
        assert body(client.get("/articles/a%2Fb"), 200)["title"] == "New"

    def test_an_unknown_id_without_a_text_is_not_found(self, client: FlaskClient) -> None:
        assert (
            "There is no article 'nobody'"
            in body(client.put("/articles/nobody", json={"title": "x"}), 404)["detail"]
        )

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"text": ""}, "text"),
            ({"text": None}, "text"),
            ({"published": "x"}, "published"),
            ({"id": "x"}, "id"),
        ],
    )
    def test_what_is_wrong_changes_nothing(self, client: FlaskClient, change: Json, field: str) -> None:
        before = body(client.get("/articles/sokha"), 200)
        assert (
            body(client.put("/articles/sokha", json={"title": "New", **change}), 422)["errors"][0]["field"]
            == field
        )
        assert body(client.get("/articles/sokha"), 200) == before


class TestDeleting:
    def test_a_deleted_article_is_never_found_again(self, client: FlaskClient, index: AnyIndex) -> None:
        assert "sokha" in cited(client, "who visited Kem Sokha")
        response = client.delete("/articles/sokha")
        assert (response.status_code, response.data) == (204, b"")
        assert "sokha" not in cited(client, "who visited Kem Sokha")
        assert client.get("/articles/sokha").status_code == 404
        assert client.get("/articles/sokha/chunks").status_code == 404
        assert body(client.get("/articles?search=sokha"), 200)["total"] == 0
        assert index.verify() == []
        for path in index.folder.iterdir() if isinstance(index, LocalIndex) else ():
            assert b"Six ambassadors" not in path.read_bytes(), path

    def test_it_may_come_back(self, client: FlaskClient) -> None:
        kept = body(client.get("/articles/sokha"), 200)
        client.delete("/articles/sokha")
        del kept["content_hash"]
        body(client.post("/articles", json=kept), 201)
        assert "sokha" in cited(client, "who visited Kem Sokha")

    def test_what_is_not_there_is_not_found(self, client: FlaskClient) -> None:
        assert "GET /articles lists" in body(client.delete("/articles/nobody"), 404)["detail"]


class TestChunks:
    def test_are_cut_out_of_the_text_in_order(self, client: FlaskClient) -> None:
        text = "👩‍🚀 One sentence here. " * 40
        client.post("/articles", json={"text": text, "id": "long"})
        stored = body(client.get("/articles/long"), 200)
        cut = body(client.get("/articles/long/chunks"), 200)
        assert cut["content_hash"] == stored["content_hash"]
        assert len(cut["chunks"]) > 2
        assert all(c["text"] == stored["text"][c["start"] : c["end"]] for c in cut["chunks"])
        starts = [chunk["start"] for chunk in cut["chunks"]]
        assert starts == sorted(starts)
        assert (starts[0], cut["chunks"][-1]["end"]) == (0, len(stored["text"]))

    def test_an_id_that_ends_like_the_address_is_still_an_id(self, client: FlaskClient) -> None:
        client.put("/articles/a/chunks", json={"text": "Words."})
        assert body(client.get("/articles/a/chunks"), 200)["text"] == "Words."
        assert body(client.get("/articles/a/chunks/chunks"), 200)["chunks"][0]["text"] == "Words."


def test_the_list_is_searched_filtered_and_sorted(client: FlaskClient) -> None:
    def ids(query: str) -> list[str]:
        page = body(client.get(f"/articles?{query}"), 200)
        assert page["total"] >= len(page["articles"])
        return [article["id"] for article in page["articles"]]

    assert ids("search=visited ambassadors") == ["sokha"]
    assert ids("sort=title") == ["undated", "sokha", "webb"]
    assert ids("source=Starline&tags=space&language=en&author=Ito") == ["webb"]
    assert ids("tags=cambodia&tags=space") == []
    assert ids("published_after=2019-11&published_before=2019") == ["sokha"]
    assert body(client.get("/articles?language=en&limit=1"), 200)["total"] == 2


@pytest.mark.parametrize("query", ["sort=size", "published_after=soon", f"search={'a' * 201}", "tag=a"])
def test_a_list_that_can_not_be(client: FlaskClient, query: str) -> None:
    (error,) = body(client.get(f"/articles?{query}"), 422)["errors"]
    assert error["field"] == query.split("=")[0]


def test_the_list_is_filtered_by_whatever_else_is_said(client: FlaskClient) -> None:
    found = body(client.get("/articles?field=section=Asia&field=page=+3"), 200)
    assert [(article["id"], article["fields"]["section"]) for article in found["articles"]] == [
        ("sokha", "Asia")
    ]
    assert body(client.get("/articles?field=section=Asia&field=page=4"), 200)["total"] == 0
    assert body(client.get("/articles?field=section%3DAsia&source=Starline"), 200)["total"] == 0


@pytest.mark.parametrize("field", ["section", "=Asia", "section=", "=", ""])
def test_a_field_to_filter_by_is_written_with_its_value(client: FlaskClient, field: str) -> None:
    (error,) = body(client.get("/articles", query_string={"field": field}), 422)["errors"]
    assert error == {"field": "field.0", "message": "Write NAME=VALUE, such as section=Asia."}


def test_a_field_without_a_value_is_named(client: FlaskClient) -> None:
    (error,) = body(client.put("/articles/sokha", json={"fields": {"desk": "", "page": 3}}), 422)["errors"]
    assert error == {"field": "fields.desk", "message": "Give a value, or take the field out."}


def test_facets_say_what_there_is(client: FlaskClient) -> None:
    facets = body(client.get("/facets"), 200)
    assert facets["sources"] == [{"value": "Northgate", "articles": 1}, {"value": "Starline", "articles": 1}]
    assert facets["languages"] == [{"value": "en", "articles": 2}]
    assert {facet["value"] for facet in facets["tags"]} == {"cambodia", "politics", "space"}
    assert {"value": "section=Asia", "articles": 1} in facets["fields"]
