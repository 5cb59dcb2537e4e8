"""Below an answer: it is copied with its sources, and people say what they think of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from qa_service.config import Settings
from qa_service.feedback import Cited, Feedback, FeedbackStore
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import ASK, ask, citation, last_turn, list_reply, reload_kept, reply, replying

PASSAGE = "It rained. Anna came on Monday. Bo left."


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    return open_page(library, permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def store(settings: Settings) -> FeedbackStore:
    return FeedbackStore(settings.feedback_file)


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    answers = [
        {"text": text, "confidence": 0.9, "citations": ids} for text, ids in (("Anna", [1, 2]), ("Bo", [3]))
    ]
    web = {
        "url": "https://example.org/a",
        "author": "A. Holt",
        "page": 3,
        "article_id": "a",
        "title": "Visits",
    }
    citations = [
        citation(1, PASSAGE, "Anna", **web),
        citation(2, PASSAGE, "Anna", title="", published=None, source=None),
        citation(3, PASSAGE, "Bo"),
    ]
    assert _copied(page, reply(*answers, citations=citations)) == (
        "Anna [1–2]\n\nSources:\n"
        "[1] Visits. A. Holt, The Paper, Nov 30, 2019, p. 3. https://example.org/a\n"
        "[2] Untitled article"
    )


def test_a_list_is_copied_with_the_articles_of_its_members(page: Page) -> None:
    said = list_reply("Anna, Cy and Bo", ["Anna", "Cy", "Bo"], PASSAGE, "Cy slept.")
    assert _copied(page, said) == (
        "Anna, Cy and Bo [1–3]\n\nSources:\n"
        "[1, 3] Article-1. The Paper, Nov 30, 2019\n"
        "[2] Article-2. The Paper, Nov 30, 2019"
    )


def test_what_a_language_model_wrote_is_copied_with_its_checks(page: Page) -> None:
    answer = {"text": "Anna", "confidence": 0.9, "citations": [1]}
    sentences = [
        {"text": "Anna came.", "citations": [2], "supported": True, "begins_line": False},
        {"text": "Bo wept.", "citations": [], "supported": False, "begins_line": True},
    ]
    written = {
        "model": "gemma",
        "sentences": [{**each, "support": 0.5, "problem": None} for each in sentences],
        "citations": [citation(2, PASSAGE, "Anna came on Monday.", article_id="article-1")],
    }
    said = reply(answer, citations=[citation(1, PASSAGE, "Anna")], mode="generated", generated=written)
    assert _copied(page, said) == (
        "Anna came. [2]\nBo wept. (not found in the articles)\n\nWritten by gemma, a language model.\n\n"
        "In the articles’ words:\nAnna [1]\n\nSources:\n[1–2] Article 1. The Paper, Nov 30, 2019"
    )


def test_an_answer_with_numbers_of_its_own_keeps_them(page: Page) -> None:
    answer = {"text": "Anna came [2].", "confidence": 0.9, "citations": [2]}
    cited = [citation(1, PASSAGE, "Bo"), citation(2, PASSAGE, "Anna")]
    assert _copied(page, reply(answer, citations=cited)).startswith(
        "Anna came [2].\n\nSources:\n[1] Article 1"
    )


def test_a_refusal_is_copied_with_the_closest_passages(page: Page) -> None:
    assert _copied(page, reply(citations=[])) == "The articles don’t say."
    assert _copied(page, reply(citations=[citation(1, PASSAGE, "Bo")])) == (
        "The articles don’t say.\n\nClosest passages:\n[1] Article 1. The Paper, Nov 30, 2019"
    )


def test_a_bad_answer_is_told_with_what_is_right(page: Page, store: FeedbackStore) -> None:
    _ask(page)
    _thumb(page, "Bad answer").click()
    form = page.get_by_role("form", name="Bad answer")
    expect(form.get_by_label("The right answer")).to_be_focused()
    expect(form).to_contain_text("Sending stores on this service: the question, the answer")
    assert store.all() == []
    page.keyboard.type("Bo")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Anna came\nlater")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. It is stored.")).to_be_focused()
    expect(_thumb(page, "Bad answer")).to_have_attribute("aria-pressed", "true")
    (entry,) = store.all()
    assert entry.feedback == Feedback(
        "down", "who came?", "who came to Sokha?", "Anna", "Bo", "Anna came\nlater", None,
        (Cited("article-1", "0", 11, 15),),
    )  # fmt: skip
    reload_kept(page)
    expect(_thumb(page, "Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(_thumb(page, "Good answer")).to_have_attribute("aria-pressed", "false")


def test_that_the_articles_do_not_say_is_an_answer_too(page: Page, store: FeedbackStore) -> None:
    _ask(page)
    _thumb(page, "Bad answer").click()
    form = page.get_by_role("form", name="Bad answer")
    form.get_by_label("The articles don’t say").check()
    expect(form.get_by_label("The right answer")).to_be_disabled()
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. It is stored.")).to_be_visible()
    assert store.all()[0].feedback.right_answer == ""


def test_a_good_answer_needs_no_words(page: Page, store: FeedbackStore) -> None:
    _ask(page)
    _thumb(page, "Good answer").click()
    form = page.get_by_role("form", name="Good answer")
    expect(form.get_by_label("Comment")).to_be_focused()
    expect(form.get_by_label("The right answer")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(_thumb(page, "Good answer")).to_be_focused()
    page.keyboard.press("Enter")
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. It is stored.")).to_be_visible()
    assert [(entry.feedback.rating, entry.feedback.comment) for entry in store.all()] == [("up", "")]


def test_feedback_that_does_not_arrive_is_kept_in_its_form(
    page: Page, watch: Watch, store: FeedbackStore
) -> None:
    watch.fails = True
    _ask(page)
    page.route("**/feedback", replying({"detail": "The feedback is full."}, status=503))
    _thumb(page, "Good answer").click()
    form = page.get_by_role("form", name="Good answer")
    form.get_by_label("Comment").fill("Thanks")
    form.get_by_role("button", name="Send").click()
    expect(form).to_contain_text("The feedback is full.")
    page.unroute("**/feedback")
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. It is stored.")).to_be_visible()
    assert [entry.feedback.comment for entry in store.all()] == ["Thanks"]


def _ask(page: Page) -> None:
    answer = {"text": "Anna", "confidence": 0.9, "citations": [1]}
    said = reply(answer, citations=[citation(1, PASSAGE, "Anna")], standalone_question="who came to Sokha?")
    page.route(ASK, replying(said))
    ask(page, "who came?")
    expect(last_turn(page).locator(".answer")).to_be_visible()


def _thumb(page: Page, name: str) -> Locator:
    return last_turn(page).get_by_role("button", name=name, exact=True)


def _copied(page: Page, said: dict[str, Any]) -> str:
    page.unroute(ASK)
    page.route(ASK, replying(said))
    ask(page, "q")
    last_turn(page).get_by_role("button", name="Copy with sources").click()
    expect(page.locator("#announcer")).to_have_text("Copied.")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text
