"""The articles as a model, asked by the real openai client over a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from index import loaders
from index.types import Article, Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Citation, Span
from tests.conftest import SAMPLES, Silent, served

Messages = list[ChatCompletionMessageParam]

Unprocessable = openai.UnprocessableEntityError
VISITED: Messages = [{"role": "user", "content": "who visited Kem Sokha"}]


def client_of(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none needed", max_retries=0)


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> Iterator[openai.OpenAI]:
    list(pipeline.ingest(articles))
    with served(create_app(settings, pipeline)) as address:
        yield client_of(address)


def citations(message: Any) -> list[Citation]:
    return [Citation.model_validate(each) for each in message.citations]


def test_with_the_real_models_it_gives_a_cited_answer(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    pipeline = Pipeline.open(settings)
    for file in (SAMPLES / "articles").iterdir():
        list(pipeline.ingest(loaders.load(file)))
    chat: Messages = [{"role": "user", "content": "who visited Sokha?"}]
    with served(create_app(settings, pipeline)) as address:
        client = client_of(address)
        first = client.chat.completions.create(model="articles", messages=chat).choices[0].message
        chat += [
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": "and who has not called him?"},
        ]
        second = client.chat.completions.create(model="articles", messages=chat).choices[0].message
    assert str(first.content).startswith("The ambassadors of the United States, France, Germany")
    assert "- [1] [Foreign envoys call on" in str(first.content)
    text = pipeline.index.get("kem-sokha-ambassadors").text
    for citation in citations(first) + citations(second):
        assert text[citation.start : citation.end] == citation.quote
    assert "China and Vietnam" in str(second.content)


def test_it_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["articles"]


def test_an_answer_has_citations_and_usage(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model="articles", messages=VISITED, temperature=0.2, seed=1)
    (choice,) = completion.choices
    message: Any = choice.message
    assert choice.finish_reason == "stop"
    assert message.content.startswith("Six ambassadors visited Kem Sokha at home. [1]")
    assert citations(message)[0].article_id == "sokha"
    assert message.answerable
    assert 0 < message.confidence <= 1
    assert completion.usage
    assert completion.usage.total_tokens > completion.usage.prompt_tokens > 0


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    whole: Any = client.chat.completions.create(model="articles", messages=VISITED)
    chunks = list(
        client.chat.completions.create(
            model="articles", messages=VISITED, stream=True, stream_options={"include_usage": True}
        )
    )
    deltas: list[Any] = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    (proof,) = (delta for delta in deltas if hasattr(delta, "citations"))
    assert citations(proof) == citations(whole.choices[0].message)
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_stream_helper_of_the_client_takes_it(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="articles", messages=VISITED) as stream:
        completion = stream.get_final_completion()
    assert str(completion.choices[0].message.content).startswith("Six ambassadors")


def test_earlier_messages_are_the_history(client: openai.OpenAI, pipeline: Pipeline) -> None:
    first = client.chat.completions.create(model="articles", messages=VISITED).choices[0].message.content
    asked: list[str] = []
    read = pipeline.reader.read
    pipeline.reader = Recording(read, asked)
    chat: Messages = [
        {"role": "system", "content": "You are a pirate."},
        *VISITED,
        {"role": "assistant", "content": first},
        {"role": "user", "content": [{"type": "text", "text": "when was he arrested?"}]},
    ]
    client.chat.completions.create(model="articles", messages=chat)
    assert asked == ["when was Kem Sokha arrested?"]


class Recording:
    """A reader that keeps the questions."""

    def __init__(self, read: Callable[..., Any], asked: list[str]) -> None:
        self._read = read
        self.asked = asked

    def read(self, question: str, hits: Any) -> Any:
        self.asked.append(question)
        return self._read(question, hits)


def test_a_refusal_is_an_answer(client: openai.OpenAI, pipeline: Pipeline) -> None:
    pipeline.reader = Silent()
    message: Any = client.chat.completions.create(model="articles", messages=VISITED).choices[0].message
    assert message.content.startswith("The articles don't say.")
    assert not message.answerable
    assert citations(message)


@pytest.mark.parametrize(
    ("model", "messages", "error", "param", "said"),
    [
        ("gpt-5", VISITED, openai.NotFoundError, "model", "GET /v1/models lists"),
        ("articles", [], Unprocessable, "messages", "at least 1"),
        ("articles", [*VISITED, {"role": "assistant", "content": "x"}], Unprocessable,
         "messages", "must be the question"),
        ("articles", [{"role": "user", "content": " "}], Unprocessable, "messages", "empty"),
        ("articles", [{"role": "user", "content": "x" * 2001}], Unprocessable, "messages",
         "2,000 characters"),
        ("articles", [{"role": "user", "content": 5}], Unprocessable, "messages.0.content",
         "string"),
    ],
)  # fmt: skip
def test_errors_are_in_the_shape_of_openai(
    client: openai.OpenAI,
    model: str,
    messages: Any,
    error: type[openai.APIStatusError],
    param: str,
    said: str,
) -> None:
    with pytest.raises(error) as raised:
        client.chat.completions.create(model=model, messages=messages)
    assert raised.value.param == param
    assert raised.value.type == "invalid_request_error"
    assert said in raised.value.message


class Broken:
    """A reader that fails."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        raise RuntimeError("not foreseen")


def test_what_goes_wrong_in_a_stream_is_told_in_it(client: openai.OpenAI, pipeline: Pipeline) -> None:
    pipeline.reader = Broken()
    stream = client.chat.completions.create(model="articles", messages=VISITED, stream=True)
    with pytest.raises(openai.APIError, match="Something went wrong on our side"):
        list(stream)


def test_an_empty_index_is_an_error_that_says_what_to_do(settings: Settings, pipeline: Pipeline) -> None:
    with served(create_app(settings, pipeline)) as address, pytest.raises(openai.ConflictError) as raised:
        client_of(address).chat.completions.create(model="articles", messages=VISITED)
    assert "ingest" in raised.value.message


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/chat/completions", None, 405),
        ("GET", "/v1/embeddings", None, 404),
        ("POST", "/v1/chat/completions", "{", 400),
        ("POST", "/v1/chat/completions", "[]", 400),
    ],
)
def test_whatever_goes_wrong_there_is_in_their_shape(
    settings: Settings, pipeline: Pipeline, method: str, path: str, body: str | None, status: int
) -> None:
    client = create_app(settings, pipeline).test_client()
    response = client.open(path, method=method, data=body, content_type="application/json")
    assert response.status_code == status
    assert response.json is not None
    assert response.json["error"].keys() == {"message", "type", "param", "code"}
