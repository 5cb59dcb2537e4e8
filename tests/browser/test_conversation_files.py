"""Conversations as files: out as Markdown and JSON, and in again, or with a word on what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    ASK,
    ask,
    citation,
    kept,
    last_turn,
    list_reply,
    reply,
    replying,
    titles,
    unfold,
)

PASSAGE = "It rained. Anna came on *Monday*. 🚢 Bo and Cy left late."
SOURCE = {"title": "<b>Visits</b> [1]", "url": "https://example.org/visits", "author": "A. Holt", "page": 3}


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    return open_page(library)


def test_a_conversation_reads_well_as_markdown(page: Page) -> None:
    _ask(page, "who came # first?", {"text": "Anna", "confidence": 0.9, "citations": [1]})
    said = list_reply("Bo and Cy", ["Bo", "Cy"], PASSAGE)
    page.route(ASK, replying({**said, "standalone_question": "who left?"}))
    ask(page, "and who left?")
    expect(page.locator(".answer")).to_have_count(2)
    page.route(ASK, replying(reply(citations=[])))
    ask(page, "why?")
    expect(page.locator(".answer")).to_have_count(3)
    unfold(page)
    with page.expect_download() as saved:
        kept(page).get_by_role("button", name="Export as Markdown").click()
    assert saved.value.suggested_filename == "who-came-first.md"
    first, _, rest = saved.value.path().read_text(encoding="utf-8").partition("\n\nAsked on ")
    assert first == r"# who came \# first?"
    assert (
        rest.partition("\n\n")[2]
        == r"""## who came \# first?

**Anna \[1\]**

> Anna came on \*Monday\*.

Sources:

- \[1\] [\<b\>Visits\</b\> \[1\]](<https://example.org/visits>), A. Holt, The Paper, Nov 30, 2019, p. 3

## and who left?

*Searched for: who left?*

**Bo and Cy \[1–2\]**

> 🚢 Bo and Cy left late.

Sources:

- \[1–2\] Article-1, The Paper, Nov 30, 2019

## why?

*Searched for: q*

The articles don’t say.
"""
    )


def test_what_was_exported_is_imported_as_it_was(page: Page) -> None:
    _ask(page, "first", {"text": "Anna", "confidence": 0.9, "citations": [1]})
    page.get_by_role("button", name="New conversation").click()
    _ask(page, "second", {"text": "Bo", "confidence": 0.9, "citations": [1]}, quote="Bo")
    unfold(page)
    kept(page).first.get_by_role("button", name="Rename").click()
    page.keyboard.type("Named")
    page.keyboard.press("Enter")
    expect(titles(page)).to_have_text(["Named", "first"])
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export all").click()
    file = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [each["title"] for each in file["conversations"]] == ["Named", None]
    other = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    other.goto(page.url.partition("?")[0])
    _import(other, saved.value.path())
    expect(other.locator("#import-outcome")).to_contain_text("2 conversations are in.")
    expect(titles(other)).to_have_text(["Named", "first"])
    titles(other).first.click()
    expect(other.locator(".turn mark")).to_have_text("Bo")
    with other.expect_download() as again:
        other.get_by_role("button", name="Export all").click()
    assert json.loads(again.value.path().read_text(encoding="utf-8")) == file
    other.context.close()


def test_an_import_adds_what_is_missing_and_changes_nothing_else(page: Page, tmp_path: Path) -> None:
    _ask(page, "first", {"text": "Anna", "confidence": 0.9, "citations": [1]})
    file = _exported(page)
    ask(page, "second")
    expect(page.locator(".answer")).to_have_count(2)
    file["conversations"][0]["title"] = "Another name"
    file["conversations"][0]["turns"][0]["question"] = "not first"
    added = {**file["conversations"][0]["turns"][0], "id": "added", "question": "third"}
    added["asked"] = "2099-01-01T00:00:00.000Z"
    file["conversations"][0]["turns"].append(added)
    path = tmp_path / "merged.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    for _ in range(2):
        _import(page, path)
        expect(page.locator("#import-outcome")).to_contain_text("1 conversation is in.")
        page.get_by_role("button", name="OK", exact=True).click()
        expect(page.locator(".asked")).to_have_text(["first", "second", "third"])
    page.reload()
    expect(page.locator(".asked")).to_have_text(["first", "second", "third"])
    expect(titles(page)).to_have_text("first")


def _moved(file: dict[str, Any], by: int) -> None:
    for name in ("start", "end"):
        file["conversations"][0]["turns"][0]["reply"]["citations"][0][name] += by


def _set(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(file: Any) -> None:
        for name in path[:-1]:
            file = file[name]
        file[path[-1]] = to

    return change


TURN = ("conversations", 0, "turns", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("format", to="chat"), "It is not an export of conversations"),
        (_set("version", to=2), "It is of version 2; this page reads version 1."),
        (_set("conversations", to={}), "conversations must be a list."),
        (_set("conversations", 0, "id", to="a/b"), "conversations[0].id must be 1 to 64 letters"),
        (_set("conversations", 0, "turns", to=[]), "conversations[0].turns must not be empty."),
        (_set(*TURN, "asked", to="yesterday"), "conversations[0].turns[0].asked must be a time"),
        (_set(*TURN, "question", to=None), "conversations[0].turns[0].question must be a text."),
        (
            _set(*TURN, "reply", "answers", 0, "confidence", to="high"),
            "answers[0].confidence must be a num",
        ),
        (_set(*TURN, "reply", "kind", to="poem"), "reply.kind must be one of single, list, sentence."),
        (_set(*TURN, "reply", "citations", 0, "start", to=-1), "citations[0].start must be a whole number"),
        (
            _set(*TURN, "reply", "citations", 0, "quote", to="Ann"),
            "citations[0].quote is not what its passage",
        ),
        (lambda file: _moved(file, 1), "citations[0].quote is not what its passage says at its offsets."),
        (lambda file: file["conversations"].append(file["conversations"][0]), "an id of its own for each"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_changes_nothing(
    page: Page, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    _ask(page, "first", {"text": "Anna", "confidence": 0.9, "citations": [1]})
    file = _exported(page)
    whole = json.loads(json.dumps({**file["conversations"][0], "id": "other"}))
    file["conversations"].append(whole)
    change(file)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    _import(page, path)
    outcome = page.locator("#import-outcome")
    expect(outcome).to_contain_text("Nothing was imported from broken.json.")
    expect(outcome).to_contain_text(said)
    expect(titles(page)).to_have_text("first")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"null", b"[]", b"7"])
def test_a_file_of_something_else_says_so(page: Page, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    _import(page, path)
    expect(page.locator("#import-outcome")).to_contain_text("Nothing was imported from other.json. It is not")
    expect(titles(page)).to_have_count(0)


def test_what_a_file_says_is_never_markup(page: Page, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    _ask(page, hostile, {"text": hostile, "confidence": 0.9, "citations": [1]})
    file = _exported(page)
    file["conversations"][0] |= {"id": "hostile", "title": hostile}
    file["conversations"][0]["turns"][0]["reply"]["citations"][0]["url"] = "javascript:alert(2)"
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    _import(page, path)
    expect(titles(page)).to_have_count(2)
    page.goto(page.url.partition("?")[0] + "?c=hostile")
    expect(last_turn(page).locator(".answer")).to_have_text(hostile)
    expect(page.locator(".sidebar img, #thread img")).to_have_count(0)


def _ask(page: Page, question: str, answer: dict[str, Any], quote: str = "Anna") -> None:
    page.unroute(ASK)
    cited = citation(1, PASSAGE, quote, **SOURCE)
    page.route(ASK, replying(reply(answer, citations=[cited], standalone_question=question)))
    ask(page, question)
    expect(last_turn(page).locator(".answer")).to_have_text(answer["text"])


def _exported(page: Page) -> dict[str, Any]:
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export all").click()
    loaded: dict[str, Any] = json.loads(saved.value.path().read_text(encoding="utf-8"))
    return loaded


def _import(page: Page, path: Path) -> None:
    page.get_by_label("File of conversations").set_input_files(path)
