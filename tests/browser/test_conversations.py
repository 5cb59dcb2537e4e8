"""Conversations: kept in the browser, whatever happens to the page, the tab and the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTICLES, OpenPage, Watch, ingest, serving
from tests.browser.steps import (
    ASK,
    PHONE,
    ask,
    asked,
    citation,
    hold,
    kept,
    last_turn,
    reload_kept,
    reply,
    replying,
    titles,
    unfold,
)

PASSAGE = "It rained. Anna came on Monday. 🚢 Bo left late."


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    return open_page(library)


def test_a_reload_keeps_the_conversation_and_a_new_one_begins_without_it(page: Page) -> None:
    _ask_shortly(page, "who is it", "who came then")
    reload_kept(page)
    expect(page.locator(".asked")).to_have_text(["who is it", "who came then"])
    expect(last_turn(page).locator("mark")).to_have_text("Anna")
    with page.expect_request(ASK) as sent:
        ask(page, "and who else?")
    assert len((sent.value.post_data_json or {})["history"]) == 2
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    with page.expect_request(ASK) as sent:
        ask(page, "who else")
    assert asked(sent.value) == {"question": "who else"}
    expect(titles(page)).to_have_text(["who else", "who is it"])


def test_a_conversation_survives_a_restart_of_the_server(
    open_page: OpenPage, tmp_path: Path, watch: Watch
) -> None:
    watch.fails = True
    ingest(tmp_path, *ARTICLES)
    with serving(tmp_path) as address:
        page = open_page(address)
        ask(page, "who visited Sokha?")
        answer = last_turn(page).locator(".answer")
        expect(answer).to_contain_text("United States")
    ask(page, "when?")
    expect(last_turn(page)).to_contain_text("The service can’t be reached.")
    port = int(address.rpartition(":")[2])
    with serving(tmp_path, port):
        page.reload()
        expect(page.locator(".asked")).to_have_text(["who visited Sokha?", "when?"])
        expect(last_turn(page)).to_contain_text("Not answered.")
        last_turn(page).get_by_role("button", name="Retry").click()
        expect(last_turn(page)).to_contain_text("Searched for: when did the ambassadors of the United States")
        expect(last_turn(page).locator(".answer")).to_contain_text("November")


def test_a_question_that_waits_is_kept_too(page: Page) -> None:
    page.route(ASK, hold)
    ask(page, "who came")
    expect(titles(page)).to_have_text(["who came"])
    reload_kept(page)
    expect(last_turn(page)).to_contain_text("Not answered.")


def test_the_list_leads_to_each_conversation_and_the_way_back_to_the_one_before(page: Page) -> None:
    _ask_shortly(page, "who is Anna")
    page.get_by_role("button", name="New conversation").click()
    _ask_shortly(page, "who is Bo")
    expect(titles(page)).to_have_text(["who is Bo", "who is Anna"])
    expect(kept(page).locator("[aria-current=page]")).to_have_text("who is Bo")
    kept(page).get_by_role("link", name="who is Anna").click()
    expect(page.locator(".asked")).to_have_text("who is Anna")
    expect(kept(page).locator("[aria-current=page]")).to_have_text("who is Anna")
    expect(page).to_have_title("who is Anna – Ask the articles")
    page.go_back()
    expect(page.locator(".asked")).to_have_text("who is Bo")
    page.go_back()
    expect(page.locator(".asked")).to_have_text("who is Anna")
    page.go_forward()
    expect(page.locator(".asked")).to_have_text("who is Bo")
    page.get_by_role("link", name="Skip to the question box").press("Enter")
    expect(page.locator(".asked")).to_have_text("who is Bo")


def test_search_looks_into_names_questions_and_answers(page: Page) -> None:
    for question in ("who was Élodie", "what fell"):
        _ask_shortly(page, question)
        page.get_by_role("button", name="New conversation").click()
    search = page.get_by_role("searchbox", name="Search conversations")
    first, second = "who was Élodie", "what fell"
    for words, found in (("elodie", [first]), ("WHAT anna", [second]), ("anna", [second, first])):
        search.fill(words)
        expect(titles(page)).to_have_text(found)
    search.fill("zeppelin")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    search.press("Escape")
    expect(kept(page)).to_have_count(2)


def test_a_conversation_is_renamed_by_enter_and_not_by_escape(page: Page) -> None:
    _ask_shortly(page, "who is Anna")
    for typed, key, name in (
        ("Visits", "Enter", "Visits"),
        ("Other", "Escape", "Visits"),
        ("Snow", "Tab", "Snow"),
        ("  ", "Enter", "who is Anna"),
    ):
        _more(page, "Rename")
        box = page.get_by_role("textbox", name="Name of the conversation")
        expect(box).to_be_focused()
        box.fill(typed)
        box.press(key)
        expect(titles(page)).to_have_text(name)
    _more(page, "Rename")
    expect(page.get_by_role("textbox", name="Name of the conversation")).to_be_focused()
    page.keyboard.type("Kept name")
    page.keyboard.press("Enter")
    expect(titles(page)).to_have_text("Kept name")
    reload_kept(page)
    expect(titles(page)).to_have_text("Kept name")
    expect(titles(page)).to_have_count(1)


def test_what_was_deleted_comes_back_by_undo(page: Page) -> None:
    _ask_shortly(page, "who is Anna", "and then?")
    _more(page, "Delete")
    expect(kept(page)).to_have_text("DeletedUndo")
    expect(page.locator(".turn")).to_have_count(0)
    undo = kept(page).get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(page.locator(".asked")).to_have_text(["who is Anna", "and then?"])
    expect(titles(page)).to_have_text("who is Anna")
    page.reload()
    expect(page.locator(".asked")).to_have_count(2)
    _more(page, "Delete")
    page.reload()
    expect(kept(page)).to_have_count(0)
    expect(page.get_by_text("What you ask is kept here.")).to_be_visible()


def test_an_address_of_a_conversation_that_is_not_here_says_so(library: str, open_page: OpenPage) -> None:
    page = open_page(library, "/?c=nobody")
    expect(page.get_by_role("heading", name="This conversation is not here.")).to_be_visible()
    page.get_by_role("button", name="OK", exact=True).click()
    _ask_shortly(page, "who is Anna")
    expect(titles(page)).to_have_text("who is Anna")


def test_two_tabs_add_to_one_conversation(page: Page) -> None:
    _ask_shortly(page, "first")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".asked")).to_have_text("first")
    _ask_shortly(other, "second")
    expect(page.locator(".asked")).to_have_text(["first", "second"])
    expect(last_turn(page).locator(".answer")).to_have_text("Anna")
    _ask_shortly(page, "third")
    for tab in (page, other):
        tab.reload()
        expect(tab.locator(".asked")).to_have_text(["first", "second", "third"])


def test_tabs_list_what_the_others_ask_and_delete_nothing_that_is_open_there(page: Page) -> None:
    _ask_shortly(page, "first")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".asked")).to_have_text("first")
    _more(other, "Delete")
    expect(kept(page)).to_have_count(0)
    expect(page.locator(".asked")).to_have_text("first")
    _ask_shortly(page, "second")
    reload_kept(page)
    expect(page.locator(".asked")).to_have_text(["first", "second"])
    expect(titles(other)).to_have_text("first")


def test_a_full_storage_is_told_and_the_chat_goes_on(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    origin = page.url.rstrip("/")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    _ask_shortly(page, "who is Anna", "who is Bo")
    notice = page.locator("#storage-notice")
    expect(notice).to_contain_text("The browser’s storage is full.")
    with page.expect_download() as saved:
        notice.get_by_role("button", name="Save it as a file").click()
    file = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [turn["question"] for turn in file["conversations"][0]["turns"]] == ["who is Anna", "who is Bo"]
    notice.get_by_role("button", name="OK", exact=True).click()
    expect(notice).to_be_hidden()
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    ask(page, "and now?")
    expect(titles(page)).to_have_text("who is Anna")
    page.reload()
    expect(page.locator(".asked")).to_have_text(["who is Anna", "who is Bo", "and now?"])


def test_a_storage_that_cannot_be_opened_is_told_and_the_chat_goes_on(page: Page) -> None:
    page.evaluate(
        "() => new Promise((done) => { indexedDB.open('conversations', 99).onsuccess = done; })"
    )  # as a newer version of the page would
    page.reload()
    _ask_shortly(page, "who is Anna")
    expect(page.locator("#storage-notice")).to_contain_text("A newer version of this page")
    expect(page.locator("#storage-notice")).to_contain_text("You can go on asking")
    _ask_shortly(page, "who is Bo")
    expect(page.locator(".asked")).to_have_text(["who is Anna", "who is Bo"])


def test_a_turn_that_does_not_fit_this_page_is_kept_and_can_be_asked_again(page: Page) -> None:
    _ask_shortly(page, "first", "second")
    _spoil(page, "first", {"reply": {"answers": [{}], "answerable": True}})
    reload_kept(page)
    expect(page.locator(".turn").first).to_contain_text("The reply can’t be shown.")
    expect(last_turn(page).locator(".answer")).to_have_text("Anna")
    _answer_shortly(page)
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".turn").first.locator(".answer")).to_have_text("Anna")


def test_the_list_is_a_drawer_on_a_phone(library: str, open_page: OpenPage) -> None:
    page = open_page(library, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    _ask_shortly(page, "who is Anna")
    toggle = page.get_by_role("button", name="Conversations")
    drawer = page.get_by_role("navigation", name="Conversations")
    expect(drawer).to_be_hidden()
    page.evaluate("scrollTo(0, 0)")
    toggle.tap()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(drawer).to_be_visible()
    drawer.get_by_role("link", name="who is Anna").tap()
    expect(drawer).to_be_hidden()
    toggle.tap()
    drawer.get_by_role("button", name="Close the list").tap()
    expect(drawer).to_be_hidden()
    toggle.tap()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(toggle).to_have_attribute("aria-expanded", "false")


def test_the_sidebar_stays_closed_where_it_was_closed(page: Page) -> None:
    toggle = page.get_by_role("button", name="Conversations", exact=True)
    sidebar = page.get_by_role("navigation", name="Conversations")
    expect(sidebar).to_be_visible()
    toggle.click()
    expect(sidebar).to_be_hidden()
    page.reload()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(sidebar).to_be_hidden()
    toggle.click()
    expect(sidebar).to_be_visible()


def _answer_shortly(page: Page) -> None:
    page.unroute(ASK)
    answer = {"text": "Anna", "confidence": 0.9, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[citation(1, PASSAGE, "Anna")])))


def _ask_shortly(page: Page, *questions: str) -> None:
    _answer_shortly(page)
    for question in questions:
        number = page.locator(".answer").count()
        ask(page, question)
        expect(page.locator(".answer")).to_have_count(number + 1)
    expect(page.locator("#storage-notice:not([hidden]), #kept > li").first).to_be_attached()


def _more(page: Page, name: str) -> None:
    unfold(page)
    kept(page).first.get_by_role("button", name=name).click()


def _spoil(page: Page, question: str, change: dict[str, Any]) -> None:
    """Change a turn that is kept, as another version of the page might have left it."""
    page.evaluate(
        """([question, change]) => new Promise((done) => {
            indexedDB.open("conversations").onsuccess = ({ target: { result: database } }) => {
                const turns = database.transaction("turns", "readwrite").objectStore("turns");
                turns.getAll().onsuccess = ({ target: { result } }) => {
                    const turn = result.find((each) => each.question === question);
                    turns.put({ ...turn, ...change }).onsuccess = done;
                };
            };
        })""",
        [question, change],
    )
