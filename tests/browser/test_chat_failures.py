"""Failures: the page says what happened and what to do, and keeps the question."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTICLES, OpenPage, Watch, ingest, serving
from tests.browser.steps import ASK, ask, asked, last_turn, reload_kept, reply, replying


def test_a_server_error_can_be_retried(page: Page, watch: Watch) -> None:
    watch.fails = True
    failure = {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Look at the log.",
    }
    page.route(ASK, replying(failure, status=500))
    ask(page, "who visited Sokha")
    expect(last_turn(page)).to_contain_text("The service failed.")
    expect(last_turn(page)).to_contain_text("Look at the log.")
    page.unroute(ASK)
    last_turn(page).get_by_role("button", name="Retry").click()
    expect(last_turn(page).locator(".answer")).to_contain_text("France")
    expect(page.locator(".turn")).to_have_count(1)


def test_an_error_page_of_something_else_can_be_retried(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.route(ASK, lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad</h1>"))
    ask(page, "who visited Sokha")
    expect(last_turn(page)).to_contain_text("The service failed.")
    expect(last_turn(page)).to_contain_text("502")
    expect(last_turn(page).get_by_role("button", name="Retry")).to_be_visible()


def test_a_network_failure_can_be_retried(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.context.set_offline(True)
    ask(page, "who visited Sokha")
    expect(last_turn(page)).to_contain_text("The service can’t be reached.")
    expect(last_turn(page)).to_contain_text("Check that it is running")
    page.context.set_offline(False)
    last_turn(page).get_by_role("button", name="Retry").click()
    expect(last_turn(page).locator(".answer")).to_contain_text("France")


def test_a_question_that_is_not_accepted_can_be_edited(page: Page, watch: Watch) -> None:
    watch.fails = True
    failure = {
        "type": "about:blank",
        "title": "Unprocessable",
        "status": 422,
        "detail": "question: Ask less.",
    }
    page.route(ASK, replying(failure, status=422))
    ask(page, "everything")
    expect(last_turn(page)).to_contain_text("The question was not accepted.")
    last_turn(page).get_by_role("button", name="Edit the question").click()
    expect(page.get_by_label("Your question")).to_have_value("everything")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_failed_turns_are_not_part_of_the_conversation(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.route(ASK, replying({"detail": "No."}, status=500))
    ask(page, "first")
    expect(last_turn(page)).to_contain_text("The service failed.")
    page.unroute(ASK)
    page.route(ASK, replying(reply(citations=[])))
    with page.expect_request(ASK) as sent:
        ask(page, "second")
    assert asked(sent.value) == {"question": "second"}


def test_a_reply_that_makes_no_sense_is_a_failure_too(page: Page, watch: Watch) -> None:
    page.route(ASK, replying({"answerable": True, "answers": [{}]}))
    ask(page, "who visited Sokha")
    expect(last_turn(page)).to_contain_text("The reply can’t be shown.")
    reload_kept(page)
    expect(last_turn(page)).to_contain_text("Not answered.")
    assert len(watch.errors) == 1
    watch.errors.clear()


def test_an_empty_index_says_how_to_add_articles(open_page: OpenPage, watch: Watch, tmp_path: Path) -> None:
    watch.fails = True
    with serving(tmp_path) as address:
        page = open_page(address)
        expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
        expect(page.get_by_text("python -m qa_service ingest PATH")).to_be_visible()
        expect(page.get_by_role("list", name="Example questions")).to_be_hidden()
        ask(page, "who visited Sokha")
        expect(last_turn(page)).to_contain_text("There is nothing to answer from yet.")
        page.get_by_role("button", name="New conversation").click()
        ingest(tmp_path, ARTICLES[0])
        page.get_by_role("button", name="Check again").click()
        expect(page.get_by_text("1 article, changed just now")).to_be_visible()
        expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
