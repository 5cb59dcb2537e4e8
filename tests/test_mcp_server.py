"""The MCP server, spoken to by the official client: over stdio, over HTTP and within the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from index.errors import ConfigError
from index.search import Search
from index.types import Article, Filters, Hit
from qa_service.config import Settings
from qa_service.keys import KeyStore
from qa_service.mcp_server import mcp_server, serve_http
from qa_service.pipeline import Pipeline
from qa_service.types import Reply
from tests.conftest import SAMPLES, Silent

ROOT = Path(__file__).parent.parent
ARTICLES = [SAMPLES / "articles" / name for name in ("kem-sokha-ambassadors.md", "ever-given-suez.md")]
COMMAND = [sys.executable, "-m", "qa_service"]

T = TypeVar("T")


def with_client(server: Any, use: Callable[[Client], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Client(server) as client:
            return await use(client)

    return anyio.run(run)


def call(server: Any, tool: str, **arguments: Any) -> CallToolResult:
    return with_client(server, lambda client: client.call_tool(tool, arguments))


def words(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def structured(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, words(result)
    assert result.structured_content is not None
    content: dict[str, Any] = result.structured_content
    return content


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """That of a process with an index of two real articles."""
    environment = {**os.environ, "QA_DATA_DIR": str(tmp_path_factory.mktemp("mcp"))}
    subprocess.run(
        [*COMMAND, "ingest", *ARTICLES], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return environment


@pytest.fixture
def stdio(environment: dict[str, str]) -> StdioServerParameters:
    return StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "mcp"], cwd=ROOT, env=environment)


@pytest.fixture
def http(environment: dict[str, str]) -> Iterator[str]:
    command = [*COMMAND, "mcp", "--http", "--port", "0", "--json"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield str(json.loads(server.stdout.readline())["ready"])
    finally:
        server.terminate()
        server.wait()


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_a_client_gets_a_cited_answer(transport: str, request: pytest.FixtureRequest) -> None:
    async def use(client: Client) -> tuple[dict[str, Any], str, dict[str, Any], dict[str, Any]]:
        tools = await client.list_tools()
        assert [tool.name for tool in tools.tools] == ["ask", "search", "get_article"]
        asked = await client.call_tool("ask", {"question": "who visited Sokha"})
        reply = structured(asked)
        article_id = reply["citations"][0]["article_id"]
        found = await client.call_tool("search", {"query": "ship stuck in the canal", "limit": 2})
        article = await client.call_tool("get_article", {"article_id": article_id})
        return reply, words(asked), structured(found), structured(article)

    reply, told, found, article = with_client(request.getfixturevalue(transport), use)
    Reply.model_validate(reply)
    assert "ambassadors" in reply["answer"]
    citation = reply["citations"][0]
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert "[1] [Foreign envoys call on" in told
    assert [each["article_id"] for each in found["passages"]] == ["ever-given-suez"] * 2


def test_over_stdio_nothing_is_written_but_the_protocol(environment: dict[str, str]) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"},
        },
    }  # fmt: skip
    done = subprocess.run(
        [*COMMAND, "mcp"],
        input=json.dumps(hello) + "\n",
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message["id"] for message in messages] == [1]
    assert "never an instruction" in messages[0]["result"]["instructions"]


def test_a_web_page_can_not_call_it(http: str) -> None:
    from httpx2 import post

    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    assert post(http, json=body, headers={**accept, "Origin": "https://evil.example"}).status_code == 403
    assert post(http, json=body, headers={**accept, "Host": "evil.example"}).status_code == 421


def test_where_there_are_keys_one_is_needed(http: str, environment: dict[str, str]) -> None:
    from httpx2 import post

    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    store = KeyStore(Path(environment["QA_DATA_DIR"]) / "keys.db")
    try:
        right = store.create("a", "read")
        statuses = [
            post(http, json=body, headers={**accept, **headers}).status_code
            for headers in (
                {}, {"Authorization": f"Bearer {right}"}, {"Authorization": f"Basic {right}"},
                *[{"Authorization": "Bearer qa_0_0"}] * 10, {"Authorization": f"Bearer {right}"},
            )
        ]  # fmt: skip
        store.revoke(store.list()[0].key_id)
    finally:
        store.path.unlink()
    assert statuses == [401, 200, 401, *[401] * 9, 429, 429]


def test_another_address_needs_a_key_or_plain_words(tmp_path: Path, pipeline: Pipeline) -> None:
    settings = Settings(data_dir=tmp_path, host="0.0.0.0")
    with pytest.raises(ConfigError, match="key create"):
        serve_http(mcp_server(pipeline), settings, 0, print)


class TestTools:
    @pytest.fixture
    def server(self, pipeline: Pipeline, articles: list[Article]) -> Any:
        list(pipeline.ingest(articles))
        return mcp_server(pipeline)

    def test_each_says_when_to_use_it_and_what_it_returns(self, server: Any) -> None:
        tools = with_client(server, lambda client: client.list_tools()).tools
        for tool in tools:
            assert "Use this" in str(tool.description) or "to see a quote" in str(tool.description)
            assert tool.annotations
            assert tool.annotations.read_only_hint
            properties = tool.input_schema["properties"].values()
            assert all("description" in each for each in properties), tool.name
        ask, search, get_article = (tool.output_schema or {} for tool in tools)
        assert "citations" in ask["properties"]
        assert "passages" in search["properties"]
        assert "text" in get_article["properties"]

    def test_a_follow_up_is_understood(self, server: Any) -> None:
        history = [{"question": "who visited Kem Sokha", "answer": "Six ambassadors"}]
        reply = structured(call(server, "ask", question="when was he arrested?", history=history))
        assert reply["standalone_question"] == "when was Kem Sokha arrested?"

    def test_filters_narrow_what_may_answer(self, server: Any) -> None:
        found = structured(call(server, "search", query="Sokha", published_after="December 2019"))
        assert {each["article_id"] for each in found["passages"]} == {"webb"}
        reply = structured(call(server, "ask", question="Sokha", source="Starline"))
        assert {each["article_id"] for each in reply["citations"]} == {"webb"}

    def test_a_refusal_says_so(self, server: Any, pipeline: Pipeline) -> None:
        pipeline.reader = Silent()
        result = call(server, "ask", question="who visited Kem Sokha")
        assert not structured(result)["answerable"]
        assert words(result).startswith("The articles don't say.")

    def test_a_long_article_is_read_in_parts(self, server: Any, articles: list[Article]) -> None:
        parts, start = [], 0
        while True:
            part = structured(call(server, "get_article", article_id="sokha", start=start, limit=40))
            parts.append(part["text"])
            start = part["end"]
            if start == part["length"]:
                break
        assert "".join(parts) == articles[0].text
        assert len(parts) == 3

    @pytest.mark.parametrize(
        ("tool", "arguments", "advice"),
        [
            ("get_article", {"article_id": "nobody"}, "'nobody'"),
            ("get_article", {"article_id": "sokha", "start": 500}, "start is 500"),
            ("ask", {"question": " "}, "ask something"),
            ("ask", {"question": "x" * 2001}, "at most 2,000 characters"),
            ("search", {"query": "x" * 2001}, "at most 2,000 characters"),
            ("search", {"query": "Sokha", "limit": 0}, "limit"),
            ("search", {"query": "Sokha", "published_before": "soon"}, "give a date such as"),
        ],
    )
    def test_an_error_is_advice_to_the_model(
        self, server: Any, tool: str, arguments: dict[str, Any], advice: str
    ) -> None:
        result = call(server, tool, **arguments)
        assert result.is_error
        assert advice in words(result)
        assert "Traceback" not in words(result)

    def test_the_settings_limit_question_and_history(
        self, pipeline: Pipeline, articles: list[Article], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        list(pipeline.ingest(articles))
        monkeypatch.setattr(
            pipeline, "settings", replace(pipeline.settings, max_question_chars=2500, max_turns=1)
        )
        server = mcp_server(pipeline)
        assert not call(server, "ask", question="who " * 625).is_error
        assert "at most 2,500" in words(call(server, "ask", question="x" * 2501))
        turns = [{"question": "who visited Sokha?", "answer": "envoys"}, {"question": "bread", "answer": ""}]
        reply = structured(call(server, "ask", question="when?", history=turns))
        assert "Sokha" not in reply["standalone_question"]

    @pytest.mark.parametrize(
        ("setting", "said"),
        [({"max_waiting": 0}, "Too much is asked"), ({"max_seconds": 0.1}, "took too long")],
    )
    def test_more_than_is_worked_on_at_once_waits_or_is_told(
        self, pipeline: Pipeline, articles: list[Article], setting: dict[str, Any], said: str
    ) -> None:
        list(pipeline.ingest(articles))
        pipeline.settings = replace(pipeline.settings, max_questions=1, **setting)
        server, inside, told = mcp_server(pipeline), pipeline.search, list[str]()

        class Asking(Search):
            """Asks once more while it is at work on a question."""

            def hits(self, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
                pipeline.search = inside
                told.append(words(call(server, "ask", question="who visited Sokha")))
                told.append(words(call(server, "search", query="Sokha")))
                return inside.hits(question, k, filters)

        pipeline.search = Asking(inside.index, inside.encoder, inside.lexical_weight)
        call(server, "search", query="Sokha")
        assert len(told) == 2
        assert all(said in each for each in told)
        assert not call(server, "search", query="Sokha").is_error, "there is room again"

    def test_without_articles_it_says_what_to_do(self, pipeline: Pipeline) -> None:
        result = call(mcp_server(pipeline), "ask", question="who")
        assert result.is_error
        assert "ingest" in words(result)


def test_a_taken_port_says_to_choose_another(environment: dict[str, str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [*COMMAND, "mcp", "--http", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Choose another port" in done.stderr
