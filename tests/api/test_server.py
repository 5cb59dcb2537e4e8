"""A real server on loopback."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast
from urllib.request import Request, urlopen

import pytest

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.api.asking import VISITED, Json
from tests.conftest import served


@pytest.fixture
def address(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> Iterator[str]:
    """A real server on a free port of loopback."""
    list(pipeline.ingest(articles))
    with served(create_app(settings, pipeline)) as address:
        yield address


def test_a_real_server_answers_many_at_once(address: str) -> None:
    def post(question: str) -> Json:
        body = json.dumps({"question": question}).encode()
        with urlopen(Request(f"{address}/ask", body, {"Content-Type": "application/json"})) as response:
            return cast("Json", json.loads(response.read()))

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(post, [VISITED] * 16 + ["Webb rose from French Guiana"] * 16))
    assert {reply["citations"][0]["article_id"] for reply in replies[:16]} == {"sokha"}
    assert {reply["citations"][0]["article_id"] for reply in replies[16:]} == {"webb"}


def test_a_real_server_takes_an_id_with_an_encoded_slash(address: str, pipeline: Pipeline) -> None:
    list(pipeline.ingest([Article("/a//b", "Some words.")]))
    with urlopen(f"{address}/articles/%2Fa%2F%2Fb") as response:
        assert response.status == 200
