"""Every quote of an answer is what the stored article says at its offsets, wherever the answer has been.

The articles are the samples and texts of unusual characters, the reader answers with spans by chance. There
are 24 answers by default; 500 with

    QUOTES_ANSWERS=500 python -m pytest -s tests/browser/test_quotes.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import loaders
from index.types import Article, Hit, clean_text
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.questions import load
from qa_service.types import Span
from tests.browser.conftest import SAMPLES, OpenPage
from tests.browser.steps import ask, reload_kept, titles
from tests.conftest import served

ANSWERS = int(os.environ.get("QUOTES_ANSWERS", "24"))
TURNS = 12  # in one conversation
LETTERS = "aé\u0301ñ語ק🚢👩‍🚀𝔹\u200f'\"<&\n .,  "


class ByChance:
    """A reader that answers with spans of the passages by chance, one of a kind for each seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        spans = [self._span(hit) for hit in hits for _ in range(2)]
        return sorted(spans, key=lambda span: -span.margin)

    def _span(self, hit: Hit) -> Span:
        start = self.random.randrange(hit.start, hit.end)
        end = min(hit.end, start + self.random.randint(1, 60))
        return Span(hit, start, end, self.random.uniform(-1, 20), 0.0)


@pytest.fixture
def page(settings: Settings, pipeline: Pipeline, open_page: OpenPage) -> Iterator[Page]:
    """The chat over the samples and articles of letters by chance, answered by chance."""
    random = Random(7)
    files, _ = loaders.find([SAMPLES])
    texts = [clean_text("".join(random.choices(LETTERS, k=900))) for _ in range(12)]
    odd = [Article(f"odd-{n}", text, f"Odd {n}") for n, text in enumerate(texts)]
    list(pipeline.ingest([*(document for file in files for document in loaders.load(file)), *odd]))
    pipeline.reader = ByChance(7)
    with served(create_app(settings, pipeline)) as address:
        yield open_page(address)


def test_every_quote_is_true_after_a_reload_and_after_export_and_import(
    page: Page, pipeline: Pipeline, tmp_path: Path
) -> None:
    questions = [question.question for question in load(SAMPLES.parent / "questions.jsonl")]
    random = Random(11)
    asked = [
        random.choice([*questions, f"what is {''.join(random.choices(LETTERS, k=12))}"])
        for _ in range(ANSWERS)
    ]
    for number, question in enumerate(asked):
        if number % TURNS == 0 and number:
            page.get_by_role("button", name="New conversation").click()
        ask(page, question)
        expect(page.locator(".reply")).to_have_count(number % TURNS + 1)
    before = _check(page, pipeline)
    assert sum(map(len, before.values())) > ANSWERS
    reload_kept(page)
    expect(page.locator(".reply").first).to_be_visible()
    assert _check(page, pipeline) == before
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export all").click()
    _delete_all(page)
    page.get_by_label("File of conversations").set_input_files(saved.value.path())
    expect(titles(page)).to_have_count(-(-ANSWERS // TURNS))
    assert _check(page, pipeline) == before
    exported = json.loads(saved.value.path().read_text(encoding="utf-8"))["conversations"]
    assert sorted(turn["id"] for each in exported for turn in each["turns"]) == sorted(before)
    print(f"{ANSWERS} answers, {sum(map(len, before.values()))} quotes, each true three times")


def _check(page: Page, pipeline: Pipeline) -> dict[str, list[Any]]:
    """The citations that the browser keeps, by their turns, after a look at each."""
    kept: list[dict[str, Any]] = page.evaluate(
        "() => import('/static/conversations/store.js').then(({ Store }) => new Store().all())"
    )
    turns = [turn for conversation in kept for turn in conversation["turns"]]
    assert len(turns) == ANSWERS
    for turn in turns:
        for citation in turn["reply"]["citations"]:
            article = pipeline.index.get(citation["article_id"])
            assert article.content_hash == citation["content_hash"]
            assert article.text[citation["start"] : citation["end"]] == citation["quote"]
            passage = article.text[citation["passage_start"] : citation["passage_end"]]
            assert passage == citation["passage"]
    return {turn["id"]: turn["reply"]["citations"] for turn in turns}


def _delete_all(page: Page) -> None:
    page.evaluate(
        """() => import('/static/conversations/store.js').then(async ({ Store }) => {
            const store = new Store();
            for (const { id } of await store.list()) await store.delete(id);
        })"""
    )
    expect(titles(page)).to_have_count(0)
