"""A language model behind OpenAI's API: what it says in pieces, and whatever can go wrong, in time."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from index.errors import ConfigError, ModelError
from qa_service.config import Settings
from qa_service.given_settings import load_settings
from qa_service.language_model import ChatModel, Message

KEY = "sk-very-secret-0123456789"
ASKED: list[Message] = [{"role": "user", "content": "who?"}]


def chunk(text: str | None = None, finish: str | None = None, **delta: Any) -> str:
    content = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": {**content, **delta}, "finish_reason": finish}
    body = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


class Server:
    """A server on loopback that replies as it is told, and keeps what it was sent."""

    def __init__(self, events: Sequence[str] = (), status: int = 200, error: Any = None) -> None:
        self.events, self.status, self.error = events, status, error
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.done = threading.Event()
        self.address = ""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.keys.append(self.headers["Authorization"])
            server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            is_wrong = server.status != 200 and (server.status != 400 or "temperature" in server.requests[-1])
            self.send_response(server.status if is_wrong else 200)
            self.send_header("Content-Type", "application/json" if is_wrong else "text/event-stream")
            self.end_headers()
            if is_wrong:
                self.wfile.write(json.dumps({"error": server.error}).encode())
                return
            for event in server.events:
                if event == "wait":
                    self.wfile.flush()
                    server.done.wait(60)
                else:
                    self.wfile.write(event.encode())

        def log_message(self, *_: Any) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    server.address = f"http://127.0.0.1:{listening.server_port}/v1"
    try:
        yield server
    finally:
        server.done.set()
        listening.shutdown()
        listening.server_close()
        thread.join()


def model_at(address: str, timeout: float = 60.0) -> ChatModel:
    model = ChatModel.of(Settings(llm_base_url=address, llm_model="m", llm_api_key=KEY, llm_timeout=timeout))
    assert model
    return model


def failure(server: Server, timeout: float = 60.0) -> tuple[list[str], str]:
    """What was said before it failed, and why it did."""
    said: list[str] = []
    with serving(server), pytest.raises(ModelError) as raised:
        said.extend(model_at(server.address, timeout).stream(ASKED))
    return [piece for piece in said if piece], str(raised.value)


def test_it_is_asked_and_heard() -> None:
    with serving(Server([chunk("It "), chunk("is."), chunk(finish="stop"), "data: [DONE]\n\n"])) as server:
        assert "".join(model_at(server.address).stream(ASKED)) == "It is."
    (request,) = server.requests
    assert request["model"] == "m"
    assert request["stream"]
    assert request["messages"] == ASKED
    assert server.keys == [f"Bearer {KEY}"]


def test_a_model_that_takes_no_temperature_is_asked_without() -> None:
    error = {"message": "Unsupported value", "param": "temperature", "code": "unsupported_value"}
    with serving(Server([chunk("Yes."), chunk(finish="stop")], 400, error)) as server:
        assert "".join(model_at(server.address).stream(ASKED)) == "Yes."
    assert [("temperature" in request) for request in server.requests] == [True, False]


@pytest.mark.parametrize(
    ("server", "said", "reason"),
    [
        (Server(status=401, error={"message": f"Incorrect API key: {KEY}"}), [], "did not accept our key"),
        (Server(status=404, error={"message": "no such model"}), [], "replied with status 404"),
        (Server(status=500, error={"message": "out of memory"}), [], "replied with status 500"),
        (Server(["data: {not json\n\n"]), [], "sent what can't be understood"),
        (Server(["data: 5\n\n"]), [], "sent what can't be understood"),
        (Server(["data: {\"choices\": null}\n\n"]), [], "sent what can't be understood"),
        (Server(["<html>hello</html>"]), [], "broke off"),
        (Server([]), [], "broke off"),
        (Server([chunk("It is")]), ["It is"], "broke off in the middle"),
        (Server([chunk("It"), chunk(refusal="No."), chunk(finish="stop")]), ["It"], "refused"),
        (Server([chunk("It"), chunk(finish="content_filter")]), ["It"], "refused"),
        (Server([chunk("It"), "data: {\"error\": {\"message\": \"gone\"}}\n\n"]), ["It"], "failed"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_and_the_key_is_not(
    server: Server, said: list[str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert failure(server)[0] == said
        assert reason in failure(server)[1]
    assert KEY not in caplog.text


def test_a_server_that_is_not_there_can_not_be_reached() -> None:
    with serving(Server()) as server:
        address = server.address
    with pytest.raises(ModelError, match="could not be reached"):
        list(model_at(address).stream(ASKED))


@pytest.mark.parametrize("events", [["wait"], [chunk("It"), "wait"]], ids=["at once", "in the middle"])
def test_one_that_falls_silent_is_given_up_in_time(events: list[str]) -> None:
    said, reason = failure(Server(events), timeout=1.0)
    assert said == ["It"] * (len(events) - 1)
    assert reason == "did not finish within 1 seconds"


def test_while_nothing_comes_who_waits_can_look_up() -> None:
    with serving(Server([chunk("It"), "wait", chunk(finish="stop")])) as server:
        pieces = model_at(server.address).stream(ASKED)
        assert next(piece for piece in pieces if piece) == "It"
        assert next(pieces) == ""
        server.done.set()
        assert "".join(pieces) == ""


class TestSettings:
    ENVIRONMENT = {"LLM_BASE_URL": "http://127.0.0.1:1/v1", "LLM_MODEL": "m", "LLM_API_KEY": KEY}

    def test_come_from_the_usual_variables(self) -> None:
        settings = load_settings({**self.ENVIRONMENT, "LLM_TIMEOUT": "5"})
        assert (settings.llm_base_url, settings.llm_model) == ("http://127.0.0.1:1/v1", "m")
        assert (settings.llm_api_key, settings.llm_timeout) == (KEY, 5.0)

    def test_without_them_there_is_no_model(self) -> None:
        assert ChatModel.of(load_settings({})) is None

    @pytest.mark.parametrize("missing", ["LLM_BASE_URL", "LLM_MODEL"])
    def test_an_address_needs_a_name_and_a_name_an_address(self, missing: str) -> None:
        environment = {name: value for name, value in self.ENVIRONMENT.items() if name != missing}
        with pytest.raises(ConfigError, match=missing):
            load_settings(environment)

    def test_the_key_is_shown_nowhere(self, tmp_path: Any) -> None:
        settings = load_settings(self.ENVIRONMENT)
        assert KEY not in repr(settings) + repr(ChatModel.of(settings))
        (tmp_path / "qa.toml").write_text("llm_api_key = 123456789", encoding="utf-8")
        with pytest.raises(ConfigError) as raised:
            load_settings({"QA_CONFIG": str(tmp_path / "qa.toml")})
        assert "llm_api_key" in str(raised.value)
        assert "123456789" not in str(raised.value)
