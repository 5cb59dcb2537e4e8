"""Filters and settings: a panel, chips beside the question box, and what is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.browser import steps
from tests.browser.conftest import OpenPage
from tests.browser.steps import APPEARANCES, ASK, ask, asked, last_turn, reply, replying
from tests.conftest import served

SOURCE = "Northgate News Agency"


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    return open_page(library)


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Filters and settings").click()
    panel = page.get_by_role("dialog", name="Filters and settings")
    expect(panel.get_by_role("checkbox").first).to_be_visible()
    return panel


def chips(page: Page) -> Locator:
    return page.get_by_role("region", name="Filters in force").get_by_role("button")


def test_what_is_set_is_sent_and_shown_and_kept(page: Page) -> None:
    panel = opened(page)
    panel.get_by_label("Published from").fill("2019-11-01")
    panel.get_by_label("Source").select_option(SOURCE)
    panel.get_by_label("cambodia (1)").check()
    panel.get_by_label("Passages to read").fill("3")
    expected = ["From Nov 1, 2019 ×", f"{SOURCE} ×", "#cambodia ×", "3 passages ×"]
    expect(chips(page)).to_have_text([text.replace(" ×", "×") for text in expected])
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Filters and settings")).to_be_focused()
    with page.expect_request(ASK) as sent:
        ask(page, "who visited Sokha")
    assert asked(sent.value) == {
        "question": "who visited Sokha",
        "filters": {"published_after": "2019-11-01", "source": SOURCE, "tags": ["cambodia"]},
        "top_k": 3,
    }
    expect(last_turn(page)).to_contain_text(f"Only: From Nov 1, 2019, {SOURCE}, #cambodia")
    expect(last_turn(page).locator(".open-source").first).to_contain_text("Foreign envoys")
    page.reload()
    expect(chips(page)).to_have_count(4)
    expect(opened(page).get_by_label("cambodia (1)")).to_be_checked()


def test_a_chip_takes_its_filter_back_and_the_focus_stays_near(page: Page) -> None:
    panel = opened(page)
    panel.get_by_label("Source").select_option(SOURCE)
    panel.get_by_label("Language").select_option("en")
    page.get_by_role("button", name=f"Remove: {SOURCE}").click()
    expect(panel.get_by_label("Source")).to_have_value("")
    expect(page.get_by_role("button", name="Remove: Language en")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Filters and settings", exact=True)).to_be_focused()


def test_all_can_be_cleared(page: Page) -> None:
    panel = opened(page)
    panel.get_by_label("Source").select_option(SOURCE)
    panel.get_by_label("Passages to read").fill("7")
    panel.get_by_role("button", name="Clear all").click()
    expect(chips(page)).to_have_count(0)
    expect(panel.get_by_label("Passages to read")).to_have_value("")


def test_a_number_that_is_none_is_told_and_not_taken(page: Page) -> None:
    panel = opened(page)
    panel.get_by_label("Passages to read").fill("500")
    expect(panel.get_by_role("status")).to_have_text("Give a number of passages from 1 to 100.")
    expect(chips(page)).to_have_count(0)


def test_a_language_model_can_be_left_out(
    settings: Settings, pipeline: Pipeline, library: str, open_page: OpenPage
) -> None:
    expect(opened(open_page(library)).get_by_label("language model")).to_have_count(0)
    configured = replace(settings, llm_base_url="http://127.0.0.1:9/v1", llm_model="gemma")
    with served(create_app(configured, pipeline)) as address:
        page = open_page(address)
        opened(page).get_by_label("Leave the language model (gemma) out").check()
        expect(chips(page)).to_have_text(["Without the language model×"])
        page.reload()
        page.route(ASK, replying(reply(citations=[])))
        with page.expect_request(ASK) as sent:
            ask(page, "q")
        assert asked(sent.value) == {"question": "q", "mode": "extractive"}
        expect(last_turn(page).locator(".answer")).to_be_visible()
        chips(page).click()
        expect(opened(page).get_by_label("Leave the language model (gemma) out")).not_to_be_checked()
        page.close()


def test_one_question_can_be_put_to_all_articles(page: Page) -> None:
    opened(page).get_by_label("Source").select_option(SOURCE)
    page.keyboard.press("Escape")
    page.route(ASK, replying(reply(citations=[])))
    ask(page, "q")
    with page.expect_request(ASK) as sent:
        last_turn(page).get_by_role("button", name="All articles").click()
    assert (sent.value.post_data_json or {})["filters"] == {}
    expect(page.locator(".turn")).to_have_count(2)
    expect(chips(page)).to_have_count(1)


def test_what_another_page_has_kept_is_no_harm(page: Page) -> None:
    for kept in ('"x"', "{", '{"filters": {"tags": 7, "rank": "x", "source": {}}, "topK": "many"}'):
        page.evaluate("(kept) => localStorage.setItem('scope', kept)", kept)
        page.reload()
        expect(page.get_by_label("Your question")).to_be_focused()
        expect(chips(page)).to_have_count(0)


def test_a_value_that_no_article_has_any_more_can_be_taken_back(page: Page) -> None:
    page.evaluate("localStorage.setItem('scope', JSON.stringify({ filters: { source: 'Gone Daily' } }))")
    page.reload()
    panel = opened(page)
    expect(panel.get_by_label("Source")).to_have_value("Gone Daily")
    panel.get_by_label("Source").select_option("Any")
    expect(chips(page)).to_have_count(0)


def test_the_panel_is_used_by_keyboard(page: Page) -> None:
    page.get_by_label("Your question").press("Shift+Tab")
    expect(page.get_by_role("button", name="Filters and settings")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Filters and settings")).to_be_focused()
    expect(page.get_by_role("checkbox", name="cambodia (1)")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("11302019")
    expect(chips(page)).to_have_text(["From Nov 30, 2019×"])


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state(library: str, open_page: OpenPage, appearance: str) -> None:
    page = open_page(library, reduced_motion="reduce", **APPEARANCES[appearance])
    panel = opened(page)
    steps.check(page, f"scope-{appearance}")
    panel.get_by_label("Source").select_option(SOURCE)
    panel.get_by_label("Passages to read").fill("500")
    expect(panel.get_by_role("status")).not_to_be_empty()
    steps.check(page, f"scope-wrong-{appearance}")
    panel.get_by_label("Passages to read").fill("5")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.route(ASK, replying(reply(citations=[])))
    ask(page, "q")
    expect(last_turn(page).locator(".answer")).to_be_visible()
    steps.check(page, f"scope-set-{appearance}")
