"""Files sent to POST /articles: each is read as files on disk are, and one never stops another."""

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline

Json: TypeAlias = dict[str, Any]

FERRY = b"---\ntitle: Ferries\npublished: 2024-05-01\n---\nThe ferry leaves at nine."
WIRE = b'{"text": "One came.", "id": "one"}\n{"tex": 1}\n{"text": "Two came.", "id": "two"}\n'


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline) -> FlaskClient:
    return create_app(settings, pipeline).test_client()


def send(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    return client.post("/articles", data={"files": [(io.BytesIO(content), name) for name, content in files]})


def sent(client: FlaskClient, *files: tuple[str, bytes], status: int = 201) -> Json:
    response = send(client, *files)
    assert response.status_code == status, response.text
    return cast("Json", response.json)


def test_a_file_becomes_an_article_with_what_it_says(client: FlaskClient, settings: Settings) -> None:
    response = send(client, ("ferry.md", FERRY))
    assert response.status_code == 201
    article = cast("Json", client.get(str(response.location)).json)
    assert (article["title"], article["published"]) == ("Ferries", "2024-05-01")
    assert article["text"] == "The ferry leaves at nine."
    assert article["id"].startswith("ferry-")
    assert [path.name for path in settings.data_dir.iterdir()] == ["index"], "the file itself is not kept"


def test_several_files_and_a_broken_one_among_them(client: FlaskClient) -> None:
    told = sent(client, ("ferry.md", FERRY), ("wire.jsonl", WIRE), ("empty.txt", b" "), ("tool.exe", b"MZ"))
    assert (told["added"], told["failed"]) == (3, 3)
    outcomes = Counter((outcome["file"], outcome["outcome"]) for outcome in told["outcomes"])
    assert outcomes == {
        ("ferry.md", "added"): 1, ("wire.jsonl", "added"): 2, ("wire.jsonl", "failed"): 1,
        ("empty.txt", "failed"): 1, ("tool.exe", "failed"): 1,
    }  # fmt: skip
    reasons = " ".join(outcome["reason"] or "" for outcome in told["outcomes"])
    assert 'wire.jsonl, line 2 must have a "text" that is a string.' in reasons
    assert "empty.txt has no text." in reasons
    assert "tool.exe is of a kind that can't be read; use one of .txt" in reasons


def test_an_archive_brings_what_is_in_it_and_is_known_again(client: FlaskClient) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("news/ferry.md", FERRY)
        archive.writestr("news/wire.jsonl", WIRE)
    told = sent(client, ("news.zip", packed.getvalue()))
    assert (told["added"], told["failed"]) == (3, 1)
    assert {outcome["file"] for outcome in told["outcomes"]} == {"news.zip"}
    (reason,) = [outcome["reason"] for outcome in told["outcomes"] if outcome["reason"]]
    assert reason.startswith("news.zip")
    assert sent(client, ("news.zip", packed.getvalue()), status=200)["unchanged"] == 3


def test_a_large_archive_is_read_where_it_lies(client: FlaskClient, settings: Settings) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("photo.png", bytes(2_000_000))  # uncompressed, so that it is not kept in memory
        archive.writestr("ferry.md", FERRY)
    assert sent(client, ("news.zip", packed.getvalue()))["added"] == 1
    assert [path.name for path in settings.data_dir.iterdir()] == ["index"]


def test_an_archive_with_nothing_to_read_says_so(client: FlaskClient) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("photo.png", b"a picture")
    refused = sent(client, ("photos.zip", packed.getvalue()), status=422)
    assert refused["detail"].startswith("photos.zip holds nothing that can be read; use one of .txt")
    told = sent(client, ("photos.zip", packed.getvalue()), ("ferry.md", FERRY))
    assert (told["added"], told["failed"]) == (1, 1)
    assert {outcome["file"]: outcome["outcome"] for outcome in told["outcomes"]} == {
        "photos.zip": "failed", "ferry.md": "added",
    }  # fmt: skip


def test_where_several_were_added_the_list_is_their_address(client: FlaskClient) -> None:
    assert send(client, ("wire.jsonl", WIRE)).location == "/articles"


def test_the_same_file_again_is_known(client: FlaskClient) -> None:
    sent(client, ("notes.txt", b"The ferry leaves at nine."))
    assert sent(client, ("notes.txt", b"The ferry leaves at nine."), status=200)["unchanged"] == 1


def test_another_file_of_the_same_name_replaces_nothing(client: FlaskClient) -> None:
    sent(client, ("notes.txt", b"The ferry leaves at nine."))
    assert sent(client, ("notes.txt", b"The train leaves at ten."))["added"] == 1
    assert client.get("/articles").json == client.get("/articles?limit=2").json
    assert cast("Json", client.get("/articles").json)["total"] == 2


def test_a_document_that_names_itself_is_replaced(client: FlaskClient) -> None:
    sent(client, ("a.jsonl", b'{"text": "At nine.", "id": "ferry"}'))
    assert sent(client, ("b.jsonl", b'{"text": "At ten.", "id": "ferry"}'), status=200)["changed"] == 1
    assert cast("Json", client.get("/articles/ferry").json)["text"] == "At ten."


@pytest.mark.parametrize(
    ("filename", "stem"),
    [
        ("../../etc/passwd.txt", "passwd"),
        ("C:\\\\notes\\\\ferry.txt", "ferry"),
        ("Đà Nẵng 🎉.txt", "a-nang"),
        (f"{'ferry' * 100}.txt", "ferryferry"),
        ("a\tb.txt", "a-b"),
        ("..txt", "article"),
    ],
)
def test_any_name_is_only_a_name(client: FlaskClient, settings: Settings, filename: str, stem: str) -> None:
    told = sent(client, (filename, b"The ferry leaves at nine."))
    assert stem in told["outcomes"][0]["id"]
    assert [path.name for path in settings.data_dir.iterdir()] == ["index"]


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ([("tool.exe", b"MZ")], 415, "tool.exe is of a kind that can't be read"),
        ([("empty.txt", b"")], 422, "empty.txt is empty."),
        ([("tool.exe", b"MZ"), ("empty.txt", b"")], 422, "empty.txt is empty."),
        (
            [("long.txt", b"a" * 1001)],
            413,
            "long.txt has 1,001 bytes; a file may have 1,000 (max_file_bytes)",
        ),
        ([("a.txt", b"a")] * 4, 422, "at most 3 files at once (max_files); these are 4"),
        ([("long.txt", b"a" * 1_100_000)], 413, "the limit is 1,003,000. Send fewer or smaller files"),
    ],
    ids=["kind", "empty", "both", "size", "number", "request"],
)
def test_where_nothing_can_be_taken_it_is_a_problem(
    settings: Settings, pipeline: Pipeline, files: list[tuple[str, bytes]], status: int, said: str
) -> None:
    client = create_app(replace(settings, max_file_bytes=1000, max_files=3), pipeline).test_client()
    response = send(client, *files)
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    assert said in cast("Json", response.json)["detail"]
    assert cast("Json", client.get("/articles").json)["total"] == 0


def test_a_file_that_is_too_large_does_not_stop_the_others(settings: Settings, pipeline: Pipeline) -> None:
    client = create_app(replace(settings, max_file_bytes=1000), pipeline).test_client()
    told = sent(client, ("long.txt", b"a" * 1001), ("ferry.md", FERRY))
    assert (told["added"], told["failed"]) == (1, 1)


def test_a_hundred_failures_are_told_in_a_few_words(client: FlaskClient) -> None:
    response = send(client, ("wire.jsonl", b"broken\n" * 100))
    problem = cast("Json", response.json)
    assert response.status_code == 422
    assert problem["detail"].endswith("And 97 more.")
    assert len(problem["errors"]) == 100


@pytest.mark.parametrize("data", [{"files": (io.BytesIO(b""), "")}, {"text": "The ferry leaves at nine."}])
def test_a_form_without_files(client: FlaskClient, data: Json) -> None:
    response = client.post("/articles", data=data, content_type="multipart/form-data")
    assert response.status_code == 422, response.text
    assert cast("Json", response.json)["errors"][0]["field"] == "files"


def test_a_file_of_each_kind_in_the_test_data(client: FlaskClient) -> None:
    data = Path(__file__).parent / "data" / "articles"
    for path in (data / "glacier.md", data / "ferry.html", data / "night-market.txt"):
        assert sent(client, (path.name, path.read_bytes()))["added"] == 1
