"""So much is worked on at once, so much waits, and what takes too long is stopped; all else is 503."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from index.errors import StoreError
from index.types import Article, Hit
from qa_service import create_app
from qa_service.admission import Gate, QueueFull, TookTooLong, in_time
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.server import listening
from qa_service.types import Searched, Span
from tests.conftest import FirstSentence, served

PATIENCE = 30
QUESTION = {"question": "who visited Kem Sokha"}


class Held(FirstSentence):
    """A reader that goes on only when it may, and says how many questions it has begun."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.reads = 0

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.reads += 1
        self.begun.release()
        assert self.may_go_on.wait(PATIENCE)
        return super().read(question, hits)


@pytest.fixture
def held(pipeline: Pipeline, articles: list[Article]) -> Iterator[Held]:
    list(pipeline.ingest(articles))
    reader = pipeline.reader = Held()
    yield reader
    reader.may_go_on.set()


class TestGate:
    def test_lets_in_who_leaves_room(self) -> None:
        gate = Gate(1, 0)
        for _ in range(3):
            gate.enter(monotonic())
            gate.leave()
        assert (gate.at_work, gate.waiting) == (0, 0)

    def test_turns_away_at_once_where_nobody_may_wait(self) -> None:
        gate = Gate(1, 0)
        gate.enter(monotonic())
        with pytest.raises(QueueFull, match="Try again"):
            gate.enter(monotonic() + PATIENCE)

    def test_who_waits_gets_the_place_that_becomes_free(self) -> None:
        gate = Gate(1, 1)
        gate.enter(monotonic())
        waiting = threading.Thread(target=gate.enter, args=[monotonic() + PATIENCE])
        waiting.start()
        gate.leave()
        waiting.join(PATIENCE)
        assert (gate.at_work, gate.waiting) == (1, 0)

    def test_who_waits_for_too_long_leaves_the_line(self) -> None:
        gate = Gate(1, 1)
        gate.enter(monotonic())
        with pytest.raises(TookTooLong):
            gate.enter(monotonic())
        assert gate.waiting == 0


class TestTime:
    def test_no_stage_is_begun_after_the_deadline(self) -> None:
        begun = []

        def stages() -> Iterator[int]:
            for number in range(3):
                begun.append(number)
                yield number

        with pytest.raises(TookTooLong, match="max_seconds"):
            list(in_time(cast("Any", stages()), monotonic() - 1))
        assert begun == [0]

    def test_a_reply_that_is_there_is_not_too_late(self, pipeline: Pipeline, held: Held) -> None:
        held.may_go_on.set()
        *_, reply = pipeline.stages(QUESTION["question"])
        assert list(in_time((each for each in [reply]), monotonic() - 1)) == [reply]

    def test_a_question_over_its_time_is_503_and_is_not_read(
        self, settings: Settings, pipeline: Pipeline, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = iter([0.0])  # the first look at the clock is at the start of the request
        monkeypatch.setattr("qa_service.routes.admission.monotonic", lambda: next(late, 0.0))
        response = create_app(settings, pipeline).test_client().post("/ask", json=QUESTION)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert "max_seconds" in cast("dict[str, Any]", response.json)["detail"]
        assert held.reads == 0

    def test_reading_stops_between_passages(
        self, pipeline: Pipeline, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held.may_go_on.set()
        monkeypatch.setattr("qa_service.reading.READ_AT_ONCE", 1)
        question = "which ambassadors visited Kem Sokha"  # asks for several, so all are read
        everything = pipeline.examine(question)
        assert held.reads == len(everything.hits) == len({span.hit.chunk_id for span in everything.spans}) > 1
        held.reads = 0
        stages = (stage for stage in pipeline.stages(question) if not isinstance(stage, Searched))
        with pytest.raises(TookTooLong):
            list(in_time(stages, monotonic() - 1))
        assert held.reads == 1

    def test_a_stream_over_its_time_says_so_and_ends(
        self, settings: Settings, pipeline: Pipeline, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qa_service.routes.admission.monotonic", lambda: 0.0)
        app = create_app(settings, pipeline)
        response = app.test_client().post("/ask/stream", json=QUESTION)
        assert response.text.count("event: ") == 2
        assert '"status": 503' in response.text.split("event: error")[1]
        response.close()
        assert app.extensions["questions_gate"].at_work == 0
        assert held.reads == 0


class Asking(threading.Thread):
    """A question to a real server, and what came of it."""

    def __init__(self, address: str, path: str = "/ask") -> None:
        super().__init__()
        self.address = address + path
        self.status = 0
        self.start()

    def run(self) -> None:
        self.status = ask(self.address)[0]


def ask(address: str) -> tuple[int, dict[str, str], bytes]:
    request = Request(address, json.dumps(QUESTION).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=PATIENCE) as response:
            return response.status, dict(response.headers), response.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


class TestQueue:
    @pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
    def test_what_is_beyond_it_is_503_and_all_else_is_answered(
        self, settings: Settings, pipeline: Pipeline, held: Held, path: str
    ) -> None:
        app = create_app(replace(settings, max_questions=2, max_waiting=1), pipeline)
        gate = app.extensions["questions_gate"]
        with served(app) as address:
            asked = [Asking(address, path) for _ in range(2)]
            assert all(held.begun.acquire(timeout=PATIENCE) for _ in asked)
            asked.append(Asking(address, path))
            self.wait_until_one_waits(gate)
            status, headers, body = ask(address + path)
            assert status == 503
            assert headers["Retry-After"] == "5"
            assert b"Try again in a few seconds" in body
            with urlopen(f"{address}/health", timeout=PATIENCE) as health:
                assert health.status == 200
            held.may_go_on.set()
            for each in asked:
                each.join(PATIENCE)
            assert [each.status for each in asked] == [200, 200, 200]
            assert ask(address + path)[0] == 200
        assert (gate.at_work, gate.waiting) == (0, 0)
        assert held.reads == 4

    @staticmethod
    def wait_until_one_waits(gate: Gate) -> None:
        end = monotonic() + PATIENCE
        while gate.waiting < 1:
            assert monotonic() < end
            threading.Event().wait(0.001)

    def test_changes_have_their_own(self, settings: Settings, pipeline: Pipeline, held: Held) -> None:
        app = create_app(replace(settings, max_changes=1), pipeline)
        app.extensions["changes_gate"].enter(monotonic())
        client = app.test_client()
        for response in (
            client.post("/articles", json={"text": "New."}),
            client.put("/articles/sokha", json={"title": "New"}),
            client.delete("/articles/sokha"),
        ):
            assert response.status_code == 503
            assert response.headers["Retry-After"]
        assert client.get("/articles/sokha").status_code == 200
        app.extensions["changes_gate"].leave()
        assert client.delete("/articles/sokha").status_code == 204

    def test_who_fails_makes_room_too(self, settings: Settings, pipeline: Pipeline) -> None:
        app = create_app(replace(settings, max_questions=1), pipeline)
        client = app.test_client()
        for body, status in (({"question": ""}, 422), (QUESTION, 409), (QUESTION, 409)):
            for path in ("/ask", "/ask/stream"):
                assert client.post(path, json=body).status_code == status
        assert app.extensions["questions_gate"].at_work == 0


class TestSettings:
    @pytest.mark.parametrize(
        ("setting", "body", "said"),
        [
            ("max_question_chars", {"question": "aaaa"}, "at most 3 characters; this question has 4"),
            (
                "max_turns",
                {"question": "a", "history": [{"question": "a", "answer": "a"}] * 4},
                "these are 4",
            ),
            ("max_passages", {"question": "a", "top_k": 4}, "at most 3 passages"),
        ],
    )
    def test_of_a_question(
        self, settings: Settings, pipeline: Pipeline, setting: str, body: dict[str, Any], said: str
    ) -> None:
        narrowed: dict[str, Any] = {setting: 3}
        client = create_app(replace(settings, **narrowed), pipeline).test_client()
        response = client.post("/ask", json=body)
        assert response.status_code == 422
        assert said in response.text

    def test_of_a_list(self, settings: Settings, pipeline: Pipeline, articles: list[Article]) -> None:
        list(pipeline.ingest(articles))
        client = create_app(replace(settings, max_list=2), pipeline).test_client()
        assert client.get("/articles?limit=3").status_code == 422
        assert len(cast("dict[str, Any]", client.get("/articles").json)["articles"]) == 2

    def test_are_in_the_document(self, settings: Settings, pipeline: Pipeline) -> None:
        narrow = replace(settings, max_question_chars=7, max_turns=8, max_passages=9, max_list=10)
        document = cast("Any", create_app(narrow, pipeline).test_client().get("/openapi.json").json)
        asked = document["components"]["schemas"]["AskBody"]["properties"]
        assert asked["question"]["maxLength"] == 7
        assert asked["history"]["maxItems"] == 8
        assert asked["top_k"]["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 9}
        limits = [
            each for each in document["paths"]["/articles"]["get"]["parameters"] if each["name"] == "limit"
        ]
        assert limits[0]["schema"]["maximum"] == 10


class TestServer:
    """Waitress would take in a whole body, up to its own limit, before the application sees anything."""

    @pytest.mark.parametrize(
        ("path", "kind", "size", "status"),
        [
            ("/ask", "application/json", 1_000_001, 413),
            ("/ask", "multipart/form-data", 1_000_001, 413),
            ("/articles", "application/json", 20_000_001, 413),
            ("/articles/a", "application/json", 20_000_001, 413),
            ("/articles", "multipart/form-data; boundary=x", 1_001_000_001, 413),
            ("/articles", "multipart/form-data; boundary=x", 10**15, 413),
            ("/ask", "application/json", -1, 400),
        ],
    )
    def test_a_body_is_refused_by_its_header_with_what_to_do(
        self, address: str, path: str, kind: str, size: int, status: int
    ) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
        problem = self.problem(address, head.encode(), status)
        assert status == 400 or f"{size:,} bytes" in problem["detail"]
        assert status == 400 or "raised" in problem["detail"]

    @pytest.mark.parametrize("sent", [b"GARBAGE", b"GET / HTTP/1.1\r\nHost : x", b"GET http://[ HTTP/1.1"])
    def test_what_is_no_request_is_a_problem_too(self, address: str, sent: bytes) -> None:
        assert self.problem(address, sent + b"\r\n\r\n", 400)["detail"].startswith("The request can't be ")

    def test_a_body_in_chunks_is_cut_at_the_limit(self, address: str) -> None:
        head = b"POST /ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        body = b"f4241\r\n" + b" " * 1_000_001
        assert "limit is 1,000,000" in self.problem(address, head + body, 413)["detail"]

    @pytest.fixture
    def address(self, settings: Settings, pipeline: Pipeline) -> Iterator[str]:
        with served(create_app(settings, pipeline)) as address:
            yield address

    @staticmethod
    def problem(address: str, sent: bytes, status: int) -> dict[str, Any]:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(sent)
            head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
        assert f" {status} ".encode() in head.splitlines()[0]
        assert b"application/problem+json" in head
        problem = json.loads(body)
        assert problem["status"] == status
        return cast("dict[str, Any]", problem)

    def test_who_waits_takes_no_thread_of_those_who_read(self) -> None:
        settings = Settings(port=0, threads=2, max_questions=3, max_waiting=4, max_changes=5)
        server = listening(lambda environ, start: [], settings)  # type: ignore[arg-type]
        try:
            assert server.adj.threads == 14
        finally:
            server.task_dispatcher.shutdown()
            server.close()


def test_what_is_wrong_with_the_store_names_no_path(
    settings: Settings, pipeline: Pipeline, articles: list[Article], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(FirstSentence):
        def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
            raise StoreError(f"{settings.index_folder}/articles.db can't be read: disk I/O error.")

    list(pipeline.ingest(articles))
    pipeline.reader = Failing()
    client = create_app(settings, pipeline).test_client()
    for path in ("/ask", "/ask/stream"):
        text = client.post(path, json=QUESTION).text
        assert "503" in text
        assert "articles.db" not in text
    assert "disk I/O error" in caplog.text
