"""What a turn leads to: its link, the name that was meant, and what can be asked next."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import OpenPage
from tests.browser.steps import APPEARANCES, ASK, ask, asked, hold, last_turn, reply, replying

ANSWER = {"text": "The envoys", "confidence": 0.9, "citations": []}
MEANT = "who visited Kem Sokha?"
SUGGESTIONS = "**/ask/suggestions"
FORBID_CLIPBOARD = "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }"


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    page = open_page(library)
    page.route(ASK, replying(reply(ANSWER, citations=[], standalone_question=MEANT)))
    page.route(SUGGESTIONS, replying({"questions": []}))
    return page


class TestLink:
    def test_a_link_asks_its_question_once(self, library: str, open_page: OpenPage) -> None:
        page = open_page(library, "/?q=%20who%20visited%20Kem%20Sokha%3F%20")
        expect(page.get_by_role("heading", name="who visited Kem Sokha?")).to_be_visible()
        expect(last_turn(page).locator(".answer")).to_be_visible()
        page.reload()
        expect(page.locator(".turn")).to_have_count(1)
        expect(last_turn(page).locator(".answer")).to_be_visible()

    def test_the_address_becomes_that_of_the_conversation(self, library: str, open_page: OpenPage) -> None:
        page = open_page(library, "/?q=who+visited+Sokha")
        page.wait_for_url("**/?c=*")
        page.get_by_role("button", name="New conversation").click()
        page.wait_for_url(f"{library}/")

    def test_it_is_copied(self, page: Page) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, "and who visited him?")
        last_turn(page).get_by_role("button", name="Copy link").click()
        expect(page.locator("#announcer")).to_have_text("Link copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert parse_qs(urlsplit(copied).query) == {"q": [MEANT]}

    def test_where_that_is_not_allowed_it_is_shown_to_be_copied(self, page: Page) -> None:
        page.evaluate(FORBID_CLIPBOARD)
        ask(page, "and who visited him?")
        last_turn(page).get_by_role("button", name="Copy link").click()
        field = last_turn(page).get_by_label("Link to this question")
        expect(field).to_be_focused()
        assert page.evaluate("getSelection().toString()") == field.input_value()

    def test_a_link_with_nothing_to_ask_asks_nothing(self, library: str, open_page: OpenPage) -> None:
        page = open_page(library, "/?q=%20")
        expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


def test_the_name_that_was_meant_is_asked_at_a_click(library: str, open_page: OpenPage) -> None:
    page = open_page(library)
    ask(page, "who visited Soka")
    expect(last_turn(page)).to_contain_text("Did you mean:")
    expect(page.locator("#announcer")).to_contain_text("Did you mean: who visited Sokha")
    last_turn(page).get_by_role("button", name="who visited Sokha").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(last_turn(page).get_by_role("heading", name="who visited Sokha")).to_be_visible()
    expect(last_turn(page)).not_to_contain_text("Did you mean:")


class TestSuggestions:
    def test_they_come_after_the_answer_and_are_asked_at_a_click(self, page: Page) -> None:
        page.route(SUGGESTIONS, hold)
        with page.expect_request(SUGGESTIONS) as sent:
            ask(page, "first")
        expect(last_turn(page).locator(".answer")).to_be_visible()
        assert asked(sent.value) == {"question": "first"}
        page.unroute(SUGGESTIONS)
        page.route(SUGGESTIONS, replying({"questions": ["when did they visit him?"]}))
        ask(page, "second")
        suggested = last_turn(page).get_by_role("list", name="Ask next").get_by_role("button")
        suggested.click()
        expect(last_turn(page).get_by_role("heading", name="when did they visit him?")).to_be_visible()
        expect(page.locator(".turn")).to_have_count(3)

    def test_the_next_question_stops_their_being_looked_for(self, page: Page) -> None:
        page.route(SUGGESTIONS, hold)
        ask(page, "first")
        expect(last_turn(page).locator(".answer")).to_be_visible()
        with page.expect_event("requestfailed") as failed:
            ask(page, "second")
        assert failed.value.url.endswith("/ask/suggestions")

    def test_a_refusal_has_none(self, page: Page) -> None:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        page.route(ASK, replying(reply(citations=[])))
        ask(page, "q")
        expect(last_turn(page).locator(".answer")).to_be_visible()
        assert not any(url.endswith("/suggestions") for url in sent)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state(library: str, open_page: OpenPage, appearance: str) -> None:
    page = open_page(library, reduced_motion="reduce", **APPEARANCES[appearance])
    nearly = reply(ANSWER, citations=[], standalone_question=MEANT, did_you_mean=MEANT)
    page.route(ASK, replying(nearly))
    questions = ["when did the ambassadors of the United States visit Sokha?", "who is Eva Nguyen Binh?"]
    page.route(SUGGESTIONS, replying({"questions": questions}))
    page.evaluate(FORBID_CLIPBOARD)
    ask(page, "and who visited him?")
    expect(last_turn(page).get_by_role("list", name="Ask next").get_by_role("button")).to_have_count(2)
    steps.check(page, f"next-{appearance}")
    last_turn(page).get_by_role("button", name="Copy link").click()
    steps.check(page, f"link-{appearance}")
