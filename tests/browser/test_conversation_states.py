"""Every state of what is kept, of the source and of the feedback: it fits, and axe finds no fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import (
    APPEARANCES,
    ASK,
    ask,
    citation,
    kept,
    last_turn,
    list_reply,
    reply,
    replying,
    unfold,
)

PASSAGE = (
    "It rained all day. Anna and the ambassadors of Laos came on Monday. They left late, in a boat, and Bo "
    "stayed behind with a verylongwordwithoutanyplacewhereitmightbebrokenintotwoshorterlines."
)

REST = "The house stands by the river. " * 40


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state(
    library: str, open_page: OpenPage, watch: Watch, tmp_path: Path, appearance: str
) -> None:
    watch.fails = True
    page = open_page(library, reduced_motion="reduce", **APPEARANCES[appearance])
    is_phone = "phone" in appearance

    def check(state: str) -> None:
        steps.check(page, f"{state}-{appearance}")

    def show_list(is_shown: bool = True) -> None:
        toggle = page.get_by_role("button", name="Conversations", exact=True)
        if is_phone and (toggle.get_attribute("aria-expanded") == "true") != is_shown:
            page.evaluate("scrollTo(0, 0)")
            toggle.click() if is_shown else page.keyboard.press("Escape")

    show_list()
    expect(page.get_by_text("What you ask is kept here.")).to_be_visible()
    check("conversations-none")
    show_list(False)
    for question in (
        "who came to see the former president of the federation",
        "what fell",
        "when did they leave",
    ):
        _ask(page, question)
        page.get_by_role("button", name="New conversation").click()
    _ask(page, "who is Anna")
    check("answer-tools")
    show_list()
    expect(kept(page)).to_have_count(4)
    unfold(page)
    check("conversations")
    kept(page).first.get_by_role("button", name="Rename").click()
    check("conversations-renaming")
    page.keyboard.press("Enter")
    kept(page).nth(1).hover()
    kept(page).nth(1).get_by_role("button", name="More").click()
    kept(page).nth(1).get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    check("conversations-deleted")
    broken = tmp_path / "conversations-of-last-year.json"
    broken.write_text("{}", encoding="utf-8")
    page.get_by_label("File of conversations").set_input_files(broken)
    expect(page.locator("#import-outcome")).to_contain_text("Nothing was imported")
    check("conversations-import")
    page.get_by_role("button", name="OK", exact=True).click()
    page.get_by_role("searchbox").fill("zeppelin")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    check("conversations-not-found")
    page.get_by_role("searchbox").fill("")
    show_list(False)
    last_turn(page).get_by_role("button", name="Bad answer").click()
    check("feedback-bad")
    page.get_by_role("button", name="Cancel").click()
    last_turn(page).get_by_role("button", name="Good answer").click()
    check("feedback-good")
    page.route("**/feedback", replying({"detail": "The feedback is full; have it exported."}, status=503))
    page.get_by_role("form", name="Good answer").get_by_role("button", name="Send").click()
    expect(page.get_by_role("form", name="Good answer")).to_contain_text("is full")
    check("feedback-failed")
    page.unroute("**/feedback")
    page.get_by_role("form", name="Good answer").get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    check("feedback-thanks")
    _open_sources(page, check)
    page.goto(page.url.partition("?")[0] + "?c=nobody")
    expect(page.get_by_role("heading", name="This conversation is not here.")).to_be_visible()
    check("conversation-not-here")
    page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('conversations').onsuccess = done; })")
    page.evaluate("new Promise((done) => { indexedDB.open('conversations', 99).onsuccess = done; })")
    page.goto(page.url.partition("?")[0])
    _ask(page, "who is Anna")
    expect(page.get_by_role("heading", name=re.compile("^A newer version"))).to_be_visible()
    check("storage-failed")


def _open_sources(page: Page, check: steps.Check) -> None:
    """The source in each of its states, for a list of three quotes."""
    for state, text, content_hash in (
        ("source-steps", PASSAGE, "0"),
        ("source-changed", f"Snow fell. {PASSAGE}", "1"),
        ("source-words-gone", PASSAGE.replace("Bo", "Cy"), "1"),
    ):
        page.route("**/articles/article-1", replying({
            "id": "article-1", "title": "Visits to the old house", "url": "https://example.org/visits",
            "published": "2019-11-30", "author": "A. Holt", "source": "The Paper", "language": "en",
            "tags": [], "content_hash": content_hash, "text": f"{text}\n\n{REST}",
        }))  # fmt: skip
        page.route(ASK, replying(list_reply("Anna, Laos and Bo", ["Anna", "Laos", "Bo"], PASSAGE)))
        ask(page, "who came")
        last_turn(page).locator(".open-source").first.click()
        expect(page.locator("#source-text mark").first).to_be_visible()
        check(state)
        page.keyboard.press("Escape")
        page.unroute("**/articles/article-1")
    last_turn(page).locator(".open-source").first.click()
    expect(page.locator("#source-text")).to_contain_text("It is no longer there.")
    check("source-gone")
    page.keyboard.press("Escape")


def _ask(page: Page, question: str) -> None:
    page.unroute(ASK)
    answer = {"text": "Anna and the ambassadors of Laos", "confidence": 0.9, "citations": [1]}
    cited = citation(1, PASSAGE, "Anna and the ambassadors of Laos")
    page.route(ASK, replying(reply(answer, citations=[cited], standalone_question=question)))
    ask(page, question)
    expect(last_turn(page).locator(".reply-tools")).to_be_visible()
