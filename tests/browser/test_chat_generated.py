"""The answer of a language model on the page: above that from the articles, marked, and plain text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import APPEARANCES, ASK, ask, check, citation, event, last_turn, reply, replying

PASSAGE = "Six ambassadors visited Kem Sokha at home. He was arrested in 2017."
QUOTED = citation(1, PASSAGE, "Six ambassadors")
HOSTILE = "<img src=x onerror=alert(1)> ![a](https://evil.example/x) <script>alert(2)</script>"
NOTE = "The language model did not finish within 30 seconds. What is shown stands in the articles."


def sentence(
    text: str, support: float, problem: str | None = None, *cited: int, **how: Any
) -> dict[str, Any]:
    return {
        "text": text, "citations": list(cited), "support": support, "supported": problem is None,
        "problem": problem, "begins_line": False, **how,
    }  # fmt: skip


GENERATED = {
    "model": "gemma",
    "sentences": [
        sentence("Six ambassadors came to see Kem Sokha.", 0.91, None, 2),
        sentence("He thanked all of them.", 0.22, "The passages do not clearly say this.", 2),
        sentence(HOSTILE, 0.1, "The passages do not clearly say this.", begins_line=True),
    ],
    "citations": [citation(2, PASSAGE, "Six ambassadors visited Kem Sokha at home.", article_id="sokha")],
}
ANSWER = {"text": "Six ambassadors", "confidence": 0.9, "citations": [1]}


def answered(**changed: Any) -> dict[str, Any]:
    return reply(ANSWER, citations=[QUOTED], **changed)


def both() -> dict[str, Any]:
    return answered(mode="generated", generated=GENERATED)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_its_states(library: str, open_page: OpenPage, appearance: str) -> None:
    page = open_page(library, reduced_motion="reduce", **APPEARANCES[appearance])
    page.route(ASK, replying(both()))
    ask(page, "who visited Sokha?")
    expect(last_turn(page).get_by_role("region", name="Written by a language model")).to_be_visible()
    last_turn(page).get_by_text("the articles support 1 of 3 sentences").click()
    expect(last_turn(page).get_by_text("91 %")).to_be_visible()
    check(page, f"generated-{appearance}", full_page=True)
    page.unroute(ASK)
    page.route(ASK, replying(answered(note=NOTE)))
    ask(page, "who visited Sokha?")
    expect(last_turn(page).get_by_text(NOTE)).to_be_visible()
    expect(last_turn(page).locator(".answer").first).to_have_text("Six ambassadors")
    check(page, f"generated-failed-{appearance}", full_page=True)


def test_it_stands_above_the_answer_from_the_articles(library: str, open_page: OpenPage) -> None:
    page = open_page(library)
    page.route(ASK, replying(both()))
    ask(page, "who visited Sokha?")
    turn = last_turn(page)
    generated = turn.get_by_role("region", name="Written by a language model")
    expect(generated).to_contain_text("Six ambassadors came to see Kem Sokha.")
    expect(generated.locator(".unsupported")).to_have_text(["He thanked all of them.", HOSTILE])
    expect(generated.get_by_text("not found in the articles")).to_have_count(2)
    assert box_top(turn.locator(".generated")) < box_top(turn.locator(".answer").first)
    expect(turn.get_by_role("heading", name="In the articles’ words")).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("Written by a language model: Six ambassadors came")


def test_a_number_opens_its_source(library: str, open_page: OpenPage) -> None:
    page = open_page(library)
    page.route(ASK, replying(both()))
    page.route("**/articles/sokha", replying({"id": "sokha", "title": "Envoys", "text": PASSAGE, "tags": []}))
    ask(page, "who visited Sokha?")
    last_turn(page).get_by_role("button", name="Source 1: Article 2").first.click()
    expect(page.get_by_role("region", name="Article text")).to_contain_text("He was arrested in 2017.")


def test_what_it_writes_is_never_markup(library: str, open_page: OpenPage, watch: Watch) -> None:
    page = open_page(library)
    page.route(ASK, replying(both()))
    ask(page, "who visited Sokha?")
    generated = last_turn(page).locator(".generated")
    expect(generated).to_contain_text(HOSTILE)
    assert generated.locator("img, script, a, iframe, form, style").count() == 0
    assert not watch.strays


def test_its_words_are_shown_as_they_come_as_plain_text(library: str, open_page: OpenPage) -> None:
    page = open_page(library)

    def broken_off(route: Route) -> None:
        if route.request.url.endswith("/stream"):
            found = {"standalone_question": "q", "timeframe": None, "passages": [QUOTED]}
            words = event("token", {"text": "Six "}) + event("token", {"text": HOSTILE})
            route.fulfill(content_type="text/event-stream", body=event("search", found) + words)

    page.route(ASK, broken_off)  # the stream has no end, and /ask itself is never answered
    ask(page, "who visited Sokha?")
    expect(last_turn(page).locator(".draft")).to_have_text(f"Six {HOSTILE}")
    assert last_turn(page).locator(".draft *").count() == 0


def box_top(locator: Any) -> float:
    box = locator.bounding_box()
    assert box
    return float(box["y"])


def test_without_a_language_model_nothing_of_it_is_seen(library: str, open_page: OpenPage) -> None:
    page: Page = open_page(library)
    page.route(ASK, replying(answered(generated=None, note=None)))
    ask(page, "who visited Sokha?")
    expect(last_turn(page).locator(".answer").first).to_have_text("Six ambassadors")
    assert last_turn(page).locator(".generated, .model-note, .quoted-title").count() == 0
