"""Two servers and two ingesters around one Milvus, one of them killed: nothing that was committed is lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, takewhile
from urllib.request import Request, urlopen

import pytest

from index.sync import ingest
from tests.conftest import SAMPLES, SIZE, manifest
from tests.milvus_child import ENCODER, article
from tests.milvus_server import Milvus

FIRST, SECOND = (0, 18), (12, 24)
"""What each ingester has; some articles are of both."""

HALF = 9
"""The article of which the first ingester has written a part when it is killed."""

Child = subprocess.Popen[str]


@pytest.fixture
def database(milvus: Milvus) -> Milvus:
    return milvus.emptied()


@pytest.fixture
def children() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def started(children: ExitStack, *arguments: object) -> Child:
    child = children.enter_context(
        subprocess.Popen(
            [sys.executable, "-m", "tests.milvus_child", *map(str, arguments)],
            cwd=SAMPLES.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )
    )  # fmt: skip
    children.callback(child.kill)
    return child


def lines(child: Child) -> Iterator[str]:
    assert child.stdout
    return (line.strip() for line in child.stdout)


def asked(server: str, number: int) -> list[str]:
    """The articles that a server cites; each citation is checked."""
    body = json.dumps({"question": f"who opened harbour {number} envoy{number}", "top_k": 20}).encode()
    with urlopen(Request(f"{server}/ask", body, {"Content-Type": "application/json"})) as response:
        citations = json.load(response)["citations"]
    for citation in citations:
        of = int(citation["article_id"].removeprefix("article-"))
        texts = [article(of, version).text for version in (0, 1)]
        assert citation["quote"] in [text[citation["start"] : citation["end"]] for text in texts]
    return [citation["article_id"] for citation in citations]


def test_two_servers_and_two_ingesters_one_killed_half_way(database: Milvus, children: ExitStack) -> None:
    index = database.open(manifest(ENCODER))
    list(ingest(index, ENCODER, SIZE, [article(number, version=0) for number in range(5)]))
    children.callback(index.close)
    both = [started(children, "serve", database.uri) for _ in range(2)]
    servers = [json.loads(next(lines(child)))["ready"] for child in both]

    first = started(children, "ingest", database.uri, *FIRST, HALF)
    second = started(children, "ingest", database.uri, *SECOND)
    committed = [line.split()[1] for line in takewhile("half-way".__ne__, lines(first))]
    first.kill()
    assert committed == [f"article-{number}" for number in range(HALF)]
    assert len(index.stored([f"article-{HALF}"])) == 0
    for line, server in zip(lines(second), cycle(servers), strict=False):
        name = line.split()[1]
        committed.append(name)
        assert name in asked(server, int(name.removeprefix("article-"))), "whoever is asked has it at once"
    assert second.wait() == 0
    for server in servers:
        for name in committed:
            with urlopen(f"{server}/articles/{name}") as response:
                assert json.load(response)["text"] == article(int(name.removeprefix("article-"))).text

    again = started(children, "ingest", database.uri, *FIRST)
    kinds = {name: kind for kind, name in map(str.split, lines(again))}
    assert again.wait() == 0
    assert all(kinds[name] == "unchanged" for name in committed if name in kinds)
    assert {each.article_id: each for each in index.all()} == {
        f"article-{number}": article(number) for number in range(24)
    }
    assert index.verify() == []
    index.compact(left_after=0)
    found = index.search_dense(ENCODER.encode(["harbour"])[0], 1000)
    expected = sum(len(index.chunks(each.article_id)) for each in index.all())
    assert index.status().chunks == len(found) == expected
