"""POST /ask/stream: the reply of /ask in events, over a real server, until the client has had enough."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

import pytest
from flask import request
from flask.testing import FlaskClient

from index.errors import StoreError
from index.types import Article, FloatArray, Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests.conftest import FirstSentence, Silent, served

Json: TypeAlias = dict[str, Any]
VISITED = {"question": "who visited Kem Sokha"}
PATIENCE = 30


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


def events(client: FlaskClient, body: Json) -> list[tuple[str, Json]]:
    response = client.post("/ask/stream", json=body)
    assert response.status_code == 200, response.text
    assert response.content_type == "text/event-stream"
    return list(parsed(response.text))


def parsed(text: str) -> Iterator[tuple[str, Json]]:
    for block in text.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def untimed(reply: Json) -> Json:
    return {key: value for key, value in reply.items() if key != "timings_ms"}


class TestEvents:
    def test_the_last_is_what_ask_replies(self, client: FlaskClient) -> None:
        for body in (VISITED, {**VISITED, "top_k": 1, "filters": {"tags": ["space"]}}):
            name, reply = events(client, body)[-1]
            assert name == "done"
            assert untimed(reply) == untimed(cast("Json", client.post("/ask", json=body).json))

    def test_they_are_the_parts_of_the_reply(self, client: FlaskClient) -> None:
        told = events(client, VISITED)
        reply = told[-1][1]
        assert [name for name, _ in told[:1]] == ["search"]
        assert [data for name, data in told if name == "answer"] == reply["answers"] != []
        assert [data for name, data in told if name == "citation"] == reply["citations"] != []
        assert {name for name, _ in told} == {"search", "answer", "citation", "done"}

    def test_passages_are_cut_out_of_their_articles(
        self, client: FlaskClient, articles: list[Article]
    ) -> None:
        texts = {article.article_id: article.text for article in articles}
        found = events(client, VISITED)[0][1]
        assert found["standalone_question"] == VISITED["question"]
        assert {passage["article_id"] for passage in found["passages"]} == texts.keys()
        for passage in found["passages"]:
            assert passage["text"] == texts[passage["article_id"]][passage["start"] : passage["end"]]

    def test_a_follow_up_tells_what_was_searched_for(self, client: FlaskClient) -> None:
        turn = {"question": VISITED["question"], "answer": "Six ambassadors"}
        found = events(client, {"question": "when was he arrested?", "history": [turn]})[0][1]
        assert found["standalone_question"] == "when was Kem Sokha arrested?"

    def test_of_a_refusal_there_is_no_answer(self, client: FlaskClient, pipeline: Pipeline) -> None:
        pipeline.reader = Silent()
        told = events(client, VISITED)
        assert "answer" not in {name for name, _ in told}
        assert told[-1][1]["answerable"] is False

    def test_line_breaks_of_a_passage_do_not_break_the_event(
        self, client: FlaskClient, pipeline: Pipeline
    ) -> None:
        lines = Article(
            "lines", "One line.\n\nevent: done\u2028data: {}\n\nAnother line of Kem Sokha.", "Lines"
        )
        list(pipeline.ingest([lines]))
        passages = events(client, {**VISITED, "top_k": 20})[0][1]["passages"]
        assert any("\n\nevent: done\u2028data" in passage["text"] for passage in passages)


class TestProblems:
    @pytest.mark.parametrize(
        ("body", "status", "words"),
        [
            ({"question": ""}, 422, "question"),
            ({"question": "q", "top_k": 0}, 422, "top_k"),
            ({"question": "q", "filters": {"published_after": "soon"}}, 422, "published_after"),
            ({"question": "q", "stream": True}, 422, "stream"),
        ],
    )
    def test_a_request_that_is_wrong_is_refused_as_by_ask(
        self, client: FlaskClient, body: Json, status: int, words: str
    ) -> None:
        streamed, asked = (client.post(path, json=body) for path in ("/ask/stream", "/ask"))
        assert streamed.status_code == status
        assert words in streamed.text
        assert streamed.content_type == asked.content_type
        assert {**cast("Json", streamed.json), "request_id": 0} == {
            **cast("Json", asked.json),
            "request_id": 0,
        }

    def test_an_empty_index_is_told_before_the_stream(self, settings: Settings, pipeline: Pipeline) -> None:
        response = create_app(settings, pipeline).test_client().post("/ask/stream", json=VISITED)
        assert response.status_code == 409
        assert response.content_type == "application/problem+json"

    @pytest.mark.parametrize(
        ("error", "status", "words"),
        [
            (StoreError("articles.db can't be read: disk I/O error."), 503, "server's log says why"),
            (ZeroDivisionError("secret"), 500, "Something went wrong on our side"),
        ],
    )
    def test_what_goes_wrong_later_is_an_event_and_the_last(
        self, client: FlaskClient, pipeline: Pipeline, error: Exception, status: int, words: str
    ) -> None:
        pipeline.reader = Failing(error)
        told = events(client, VISITED)
        assert [name for name, _ in told] == ["search", "error"]
        problem = told[-1][1]
        assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
        assert problem["status"] == status
        assert words in problem["detail"]
        assert "secret" not in str(problem)


@dataclass
class Failing:
    error: Exception

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        raise self.error


@dataclass
class Line:
    """Waits, within a request, until the server sees that the client is gone."""

    is_gone: Callable[[], bool] = bool

    began: threading.Event = field(default_factory=threading.Event)
    noticed: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """To be called at the beginning of the request."""
        self.is_gone = request.environ["waitress.client_disconnected"]

    def wait_until_gone(self) -> None:
        self.began.set()
        deadline = time.monotonic() + PATIENCE
        while not self.is_gone():
            assert time.monotonic() < deadline, "the server did not notice"
            time.sleep(0.001)
        self.noticed.set()


class CountingReader(FirstSentence):
    """Reads as FirstSentence does, after ``before``, and counts how often; ``looked_at`` are the spans that
    anyone cared for."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.calls = 0
        self.before = before
        self.looked_at: list[Span] = []

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.calls += 1
        self.before()
        return _Watched(super().read(question, hits), self.looked_at)


class _Watched(list[Span]):
    def __init__(self, spans: list[Span], looked_at: list[Span]) -> None:
        super().__init__(spans)
        self.looked_at = looked_at

    def __iter__(self) -> Iterator[Span]:
        for span in super().__iter__():
            self.looked_at.append(span)
            yield span


class TestAClientThatGoesAway:
    def test_while_passages_are_searched_for_nothing_is_read(
        self, settings: Settings, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        line, reader = Line(), CountingReader()
        encode = pipeline.encoder.encode

        class Waiting:
            def encode(self, texts: Sequence[str]) -> FloatArray:
                line.wait_until_gone()
                return encode(texts)

        pipeline.reader = reader
        pipeline.search.encoder = cast("Any", Waiting())
        app = create_app(settings, pipeline)
        app.before_request(line.watch)
        with served(app) as address:
            connection = asking(address)
            assert line.began.wait(PATIENCE)
            connection.close()
            assert line.noticed.wait(PATIENCE)
        assert reader.calls == 0

    def test_while_passages_are_read_no_answer_is_made(
        self, settings: Settings, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        line = Line()
        pipeline.reader = reader = CountingReader(before=line.wait_until_gone)
        app = create_app(settings, pipeline)
        app.before_request(line.watch)
        with served(app) as address:
            connection = asking(address)
            received = b""
            while b"event: search\n" not in received:
                received += connection.recv(4096)
            connection.close()
            assert line.noticed.wait(PATIENCE)
        assert reader.calls == 1
        assert not reader.looked_at

    def test_one_that_stays_gets_all(
        self, settings: Settings, pipeline: Pipeline, articles: list[Article]
    ) -> None:
        list(pipeline.ingest(articles))
        pipeline.reader = reader = CountingReader()
        with served(create_app(settings, pipeline)) as address:
            connection = asking(address)
            received = b""
            while b"event: done\n" not in received:
                received += connection.recv(4096)
            connection.close()
        assert reader.calls == 1
        assert reader.looked_at


def asking(address: str) -> socket.socket:
    """A connection on which a question has been sent."""
    host, port = urlsplit(address).netloc.split(":")
    body = json.dumps(VISITED)
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
    connection.sendall(
        f"POST /ask/stream HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    return connection
