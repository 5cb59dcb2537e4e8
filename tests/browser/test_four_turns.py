"""A conversation of four turns over a report, on the page and in the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, OpenPage, ingest, serving
from tests.browser.steps import ask, last_turn

REPORT = Path(__file__).parent / "delin-envoys.md"
TURNS = [
    ("who visited Delin?", "who visited Delin?", "The ambassadors of Norway, Canada, Ireland and Kenya"),
    ("when?", "when did the ambassadors of Norway, Canada, Ireland and Kenya visit Delin?", "since 4 March"),
    (
        "and who has not called her?",
        "which ambassadors have not called Delin?",
        "Peru and Egypt",
    ),
    ("what did the TPU say about it?", "what did the TPU say about Delin?", "Ms. Delin is a traitor"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    ingest(folder, REPORT)
    return folder


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with serving(data) as address:
        yield address


def test_on_the_page(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    for question, meant, answer in TURNS:
        ask(page, question)
        expect(last_turn(page).locator(".answer")).to_contain_text(answer)
        if meant != question:
            expect(last_turn(page)).to_contain_text(f"Searched for: {meant}")


def test_in_the_terminal(data: Path) -> None:
    chat = subprocess.run(
        [sys.executable, "-m", "qa_service", "chat", "--json"],
        cwd=ROOT, env={**os.environ, "QA_DATA_DIR": str(data)}, check=True, capture_output=True, text=True,
        input="\n".join(question for question, *_ in TURNS),
    )  # fmt: skip
    replies = [json.loads(line) for line in chat.stdout.splitlines()]
    assert [reply["standalone_question"] for reply in replies] == [meant for _, meant, _ in TURNS]
    for reply, (*_, answer) in zip(replies, TURNS, strict=True):
        assert answer in reply["answer"]
