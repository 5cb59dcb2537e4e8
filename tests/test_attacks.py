"""Attacks on the interface as a whole; docs/security.md says where each other one is tested."""

import logging
import resource
import subprocess
import sys
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.keys import KeyStore
from qa_service.pipeline import Pipeline
from tests.conftest import SAMPLES

CPU_SECONDS = 60
INJECTIONS = (
    "' OR 1=1 --", "'; DROP TABLE articles; --", '" OR ""="', "x') OR ('1'='1", "sokha* OR NEAR(a b, 1)",
    "title:x", "'||(SELECT value FROM meta)||'", "%", "_", "\\", "a\x00b", "{0}", "%s", ":1", "?1",
    "section=Asia' OR 'a'='a",
)  # fmt: skip


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_filter_is_sql(client: FlaskClient, pipeline: Pipeline, text: str) -> None:
    for name in ("source", "author", "language", "tags"):
        assert cast("Any", client.get("/articles", query_string={name: text}).json)["total"] == 0
        value = [text] if name == "tags" else text
        said = client.post("/ask", json={"question": "who visited Sokha", "filters": {name: value}})
        assert (said.status_code, cast("Any", said.json)["citations"]) == (200, [])
    fields = {"question": "who visited Sokha", "filters": {"fields": {text: text}}}
    assert cast("Any", client.post("/ask", json=fields).json)["citations"] == []
    for name in ("sort", "published_after", "limit", "offset"):
        assert client.get("/articles", query_string={name: text}).status_code == 422
    assert client.get("/articles", query_string={"search": text}).status_code == 200
    assert client.post("/ask", json={"question": text}).status_code == 200
    assert client.get(f"/articles/{text}").status_code in (404, 400)
    assert not pipeline.index.verify()
    assert pipeline.index.status().articles == 3


@pytest.mark.parametrize("article_id", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x0bb"])
def test_no_id_becomes_a_header(client: FlaskClient, article_id: str) -> None:
    response = client.post("/articles", json={"id": article_id, "text": "A text."})
    assert response.status_code == 422
    assert "Set-Cookie" not in response.headers


def test_a_key_that_was_planted_is_replaced_when_somebody_signs_in(
    client: FlaskClient, settings: Settings
) -> None:
    store = KeyStore(settings.keys_file)
    planted, own = store.create("the attacker", "read"), store.create("the editor", "write")
    client.set_cookie("qa_key", planted)
    client.post("/sign-in", data={"key": own}, headers={"Sec-Fetch-Site": "same-origin"})
    cookie = client.get_cookie("qa_key")
    assert cookie
    assert cookie.value == own
    assert "the editor" in client.get("/sign-in").text


def test_no_secret_is_in_a_log_or_an_answer(
    client: FlaskClient, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = KeyStore(settings.keys_file).create("a", "write")
    headers = {"Authorization": f"Bearer {key}", "Cookie": f"qa_key={key}"}
    with caplog.at_level(logging.DEBUG):
        said = [
            client.get("/articles/nobody", headers=headers), client.post("/ask", data=b"{", headers=headers),
            client.get("/articles", headers={"Authorization": f"Bearer {key}x"}),
            client.post("/sign-in", data={"key": f"{key}x"}, headers={"Sec-Fetch-Site": "same-origin"}),
        ]  # fmt: skip
        monkeypatch.setattr(client.application.extensions["pipeline"].index, "count", lambda *_: 1 / 0)
        said.append(client.get("/articles", headers=headers))
    assert said[-1].status_code == 500
    secret = key.rpartition("_")[2]
    assert secret not in caplog.text
    assert not [response for response in said if secret in response.text or "Traceback" in response.text]


CATASTROPHES = """
from datetime import date
from index.loaders.dates import iso_date
from index.types import Article, clean_text
from index.chunking import sentence_spans
from qa_service.conversation import standalone
from qa_service.enumeration import enumeration
from qa_service.question_type import asks_for_several, asks_who, fits, is_yes_no
from qa_service.timeframe import timeframe
from qa_service.types import Turn
from qa_service.wording import says_the_same

PIECES = ("a", " ", "who ", "before in ", "1", "1 Jan ", "the past ", "and ", ", ", "x, y and ", "'", '"',
          "(", "-", "\\u0301", "who visited who ", "in 2019 ", "before a b c d ", "Mr. ", "U.S. ", "A.",
          "\\u00a0")
for piece in PIECES:
    text = clean_text(piece * (2000 // len(piece))) or "x"
    for question in (text, f"who {text}", f"{text} in 2019?", f"and {text}"):
        turns = [Turn(text, text), Turn(f"who visited {text}", text)]
        timeframe(standalone(question, turns), date(2026, 11, 28))
        is_yes_no(question), asks_who(question), asks_for_several(question), fits(question, text)
    iso_date(text), iso_date(text[:60])
    list(sentence_spans(text)), enumeration(text, 0, len(text), True), says_the_same(text, text[::-1])
print("done")
"""


def test_no_pattern_takes_for_ever() -> None:
    """In a process that may use so many seconds of the processor."""
    done = subprocess.run(
        [sys.executable, "-c", CATASTROPHES], cwd=SAMPLES.parent, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )  # fmt: skip
    assert done.stdout == "done\n", done.stderr
