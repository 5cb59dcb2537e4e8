"""The generated answer beside the extractive one, and the extractive one alone when the model fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

import openai
import pytest
from flask.testing import FlaskClient
from httpx2 import Client

from index.encoder import HashingEncoder
from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.generator import Generator
from qa_service.language_model import ChatModel, LanguageModel
from qa_service.pipeline import Pipeline
from qa_service.types import Reply
from tests.conftest import served
from tests.language_models import Says, llama_server

ASKED = {"question": "who visited Kem Sokha"}
RIGHT = "Six ambassadors visited Kem Sokha at home. [1]"
WRONG = "Peru and Chile sent 12 envoys in 1990. [1]"


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


def use(pipeline: Pipeline, model: LanguageModel) -> None:
    pipeline.writer = Generator(model, HashingEncoder())


def asked(client: FlaskClient, **body: Any) -> Reply:
    response = client.post("/ask", json={**ASKED, **body})
    assert response.status_code == 200, response.text
    return Reply.model_validate(response.json)


def without(reply: Reply) -> dict[str, Any]:
    return reply.model_dump(exclude={"generated", "mode", "note", "timings_ms"})


def test_the_extractive_answer_stays_as_it_is(client: FlaskClient, pipeline: Pipeline) -> None:
    alone = asked(client)
    use(pipeline, Says(f"{RIGHT} {WRONG}"))
    reply = asked(client)
    assert without(reply) == without(alone)
    assert (alone.mode, reply.mode) == ("extractive", "generated")
    assert reply.generated
    assert [sentence.supported for sentence in reply.generated.sentences] == [True, False]
    assert reply.generated.citations[0].id == len(reply.citations) + 1
    assert reply.note is None


def test_a_request_can_do_without(client: FlaskClient, pipeline: Pipeline) -> None:
    model = Says(RIGHT)
    use(pipeline, model)
    reply = asked(client, mode="extractive")
    assert (reply.mode, reply.generated, reply.note) == ("extractive", None, None)
    assert not model.asked


def test_where_none_is_configured_a_wish_for_one_is_told(client: FlaskClient) -> None:
    assert asked(client).note is None
    assert "LLM_BASE_URL" in str(asked(client, mode="generated").note)
    assert client.post("/ask", json={**ASKED, "mode": "both"}).status_code == 422


@pytest.mark.parametrize(
    ("model", "note"),
    [
        (Says("HACKED HACKED"), "wrote nothing that the articles support"),
        (Says("NO ANSWER"), "found no answer in these passages"),
        (Says(RIGHT, fails="refused to answer"), "refused to answer"),
    ],
)
def test_where_it_fails_the_extractive_answer_stands_alone(
    client: FlaskClient, pipeline: Pipeline, model: Says, note: str
) -> None:
    alone = asked(client)
    use(pipeline, model)
    reply = asked(client)
    assert without(reply) == without(alone)
    assert (reply.mode, reply.generated) == ("extractive", None)
    assert note in str(reply.note)


def test_the_stream_has_tokens_then_checked_sentences_then_all(
    client: FlaskClient, pipeline: Pipeline
) -> None:
    use(pipeline, Says(f"{RIGHT} {WRONG}"))
    blocks = client.post("/ask/stream", json=ASKED).text.removesuffix("\n\n").split("\n\n")
    events = [tuple(line.partition(": ")[2] for line in block.split("\n")) for block in blocks]
    assert "".join(json.loads(data)["text"] for name, data in events if name == "token") == f"{RIGHT} {WRONG}"
    reply = Reply.model_validate_json(events[-1][1])
    assert reply.generated
    sentences = [json.loads(data) for name, data in events if name == "sentence"]
    assert sentences == [sentence.model_dump(mode="json") for sentence in reply.generated.sentences]


class TestForOpenAIClients:
    def told(self, client: FlaskClient) -> tuple[str, str, dict[str, Any]]:
        """The content of a whole completion and that of a stream, and the message."""
        chat = {"model": "articles", "messages": [{"role": "user", "content": ASKED["question"]}]}
        response = client.post("/v1/chat/completions", json=chat).json
        assert response
        stream = client.post("/v1/chat/completions", json={**chat, "stream": True}).text
        chunks = [json.loads(line[6:]) for line in stream.split("\n\n") if line.startswith("data: {")]
        streamed = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
        message = response["choices"][0]["message"]
        return message["content"], streamed, message

    def test_both_answers_come_with_their_sources(self, client: FlaskClient, pipeline: Pipeline) -> None:
        number = len(asked(client).citations) + 1
        use(pipeline, Says(f"{RIGHT} {WRONG}"))
        content, streamed, message = self.told(client)
        assert content == streamed
        assert content.startswith(f"Six ambassadors visited Kem Sokha at home. [{number}] Peru and Chile")
        assert "*(not found in the articles)*" in content
        assert "**In the articles' words:** Six ambassadors visited Kem Sokha at home. [1]" in content
        assert f"- [{number}] Envoys visit Sokha" in content
        assert message["generated"]["sentences"][0]["supported"]

    def test_what_no_article_says_is_not_even_begun(self, client: FlaskClient, pipeline: Pipeline) -> None:
        use(pipeline, Says(WRONG))
        content, streamed, message = self.told(client)
        assert content == streamed
        assert "Peru" not in content
        assert "wrote nothing that the articles support" in content
        assert "wrote nothing" in message["note"]


class TestRealServer:
    """llama.cpp's server with a small real model, over real sockets."""

    @pytest.fixture
    def ready(self, pipeline: Pipeline, articles: list[Article]) -> Pipeline:
        list(pipeline.ingest(articles))
        return pipeline

    def model(self, address: str, timeout: float) -> ChatModel:
        model = ChatModel.of(Settings(llm_base_url=address, llm_model="gemma", llm_timeout=timeout))
        assert model
        return model

    def test_killed_in_the_middle_of_a_stream_the_answer_ends_with_the_extractive_one(
        self, settings: Settings, ready: Pipeline
    ) -> None:
        timeout = 120.0
        with llama_server() as (address, process), served(create_app(settings, ready)) as service:
            use(ready, self.model(address, timeout))
            events: list[tuple[str, str]] = []
            begun = monotonic()
            with (
                Client(timeout=2 * timeout) as http,
                http.stream("POST", f"{service}/ask/stream", json=ASKED) as response,
            ):
                for name, data in events_of(response.iter_lines()):
                    events.append((name, data))
                    if name == "token":
                        process.kill()
            assert monotonic() - begun < timeout
        assert "token" in [name for name, _ in events]
        reply = Reply.model_validate_json(events[-1][1])
        assert str(reply.answer).startswith("Six ambassadors visited Kem Sokha at home.")
        assert (reply.mode, reply.generated) == ("extractive", None)
        assert "broke off" in str(reply.note)

    def test_one_that_is_too_slow_is_given_up(self, ready: Pipeline) -> None:
        with llama_server() as (address, _):
            use(ready, self.model(address, 1.0))
            reply = ready.ask("who visited Kem Sokha " * 40)
        assert reply.answer
        assert reply.note

    def test_the_real_client_gets_an_answer_by_way_of_the_real_server(
        self, settings: Settings, ready: Pipeline
    ) -> None:
        with llama_server() as (address, _), served(create_app(settings, ready)) as service:
            use(ready, self.model(address, 5.0))
            client = openai.OpenAI(base_url=f"{service}/v1", api_key="none", max_retries=0)
            chunks = client.chat.completions.create(
                model="articles", messages=[{"role": "user", "content": "who visited Kem Sokha"}], stream=True
            )
            content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        assert "Six ambassadors visited Kem Sokha at home." in content
        assert "**Sources**" in content


def events_of(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.removeprefix("data: ")
