"""Every state of the page, light and dark, wide and narrow: it fits, and axe finds no fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import (
    APPEARANCES,
    ASK,
    PHONE,
    ask,
    citation,
    hold,
    last_turn,
    list_reply,
    reply,
    replying,
)

ENVOYS = "France, Germany, Japan and the European Union"
PASSAGE = (
    "The party watched closely. Since November the ambassadors of France, Germany, Japan "
    "and the European Union have visited him at home. "
    "Verylongwordwithoutanyplacewhereitmightbebrokenintotwoshorterlines followed."
)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state(open_page: OpenPage, watch: Watch, appearance: str) -> None:
    watch.fails = True
    page = open_page(reduced_motion="reduce", **APPEARANCES[appearance])

    def check(state: str) -> None:
        steps.check(page, f"{state}-{appearance}")

    expect(page.locator("#article-count")).to_contain_text("6 articles, changed ")
    check("empty")
    page.get_by_label("Your question").press("Tab")
    check("send-focused")
    _wait(page)
    check("waiting")
    page.get_by_role("button", name="Stop").click()
    check("stopped")
    page.unroute(ASK)
    ask(page, "who visited Sokha")
    expect(last_turn(page).locator(".answer")).to_be_visible()
    check("answered")
    last_turn(page).locator(".open-source").first.click()
    expect(page.locator("#source-text mark").first).to_be_visible()
    check("source-open")
    page.keyboard.press("Escape")
    ask(page, "who broke the marathon world record")
    expect(last_turn(page).locator(".answer")).to_be_visible()
    check("several-answers")
    ask(page, "who is the queen of Norway")
    expect(last_turn(page).locator(".answer")).to_have_text("The articles don’t say.")
    check("refused")
    _answer_shortly(page)
    check("short-answer")
    _answer_with_a_long_list(page)
    check("long-list")
    page.route(ASK, replying({"detail": "Look at the service's log, then try again."}, status=500))
    ask(page, "who visited Sokha, and " + "a" * 200)
    expect(last_turn(page).locator(".problem")).to_be_visible()
    check("failed")
    page.route("**/ready", replying({"status": "ready", "articles": 0, "changed_at": None}))
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
    check("no-articles")


def test_the_answer_is_announced_and_nothing_else(page: Page) -> None:
    expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "off")
    page.route(ASK, hold)
    announcer = page.locator("#announcer")
    ask(page, "who visited Sokha")
    expect(announcer).to_have_text("Reading the articles.")
    page.get_by_role("button", name="Stop").click()
    expect(announcer).to_have_text("Stopped.")
    _answer_shortly(page)
    expect(announcer).to_have_text(f"{ENVOYS}. Sure. From: Article 1")
    page.route(ASK, replying(reply(citations=[])))
    ask(page, "and who else")
    expect(announcer).to_have_text("The articles don’t say.")


def test_roles_headings_and_the_skip_link(page: Page) -> None:
    for role in ("banner", "main", "form", "contentinfo", "status"):
        expect(page.get_by_role(role).first).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask the articles")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("body").evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Skip to the question box").press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_motion_is_reduced_on_request(open_page: OpenPage) -> None:
    for wish, moving in (("reduce", 0), ("no-preference", 1)):
        page = open_page(reduced_motion=wish)
        _wait(page)
        expect(page.locator(".working")).to_be_visible()
        assert (
            page.evaluate("document.getAnimations().filter((a) => a instanceof CSSAnimation).length")
            == moving
        )


def test_the_keyboard_of_a_phone_does_not_cover_the_answer(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    box = page.get_by_label("Your question")
    _answer_shortly(page)
    expect(box).not_to_be_focused()
    expect(last_turn(page).locator(".answer")).to_be_in_viewport()
    box.fill("and who else")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".answer")).to_have_count(2)
    expect(box).not_to_be_focused()


def _wait(page: Page) -> None:
    page.route(ASK, hold)
    ask(page, "who visited Sokha")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def _answer_shortly(page: Page) -> None:
    page.unroute(ASK)
    answers = [
        {"text": ENVOYS, "confidence": 0.9, "citations": [1]},
        {"text": "him", "confidence": 0.55, "citations": [2]},
        {"text": "party", "confidence": 0.2, "citations": [3]},
    ]
    citations = [
        citation(1, PASSAGE, ENVOYS),
        citation(
            2, PASSAGE, "him", title="Another article with a somewhat longer title than the others have"
        ),
        citation(3, PASSAGE, "party", published=None, source=None),
        citation(4, PASSAGE, "watched closely"),
    ]
    changed = {"standalone_question": "who visited Kem Sokha?"}
    page.route(ASK, replying(reply(*answers, citations=citations, **changed)))
    ask(page, "who visited him?")
    expect(last_turn(page).locator(".answer")).to_be_visible()


def _answer_with_a_long_list(page: Page) -> None:
    towns = [f"Town of {letter}ville" for letter in "ABCDEFGHIJKLMNOPQRST"]
    towns[5] = "the Verylongnamedtownwithoutanybreak"
    line = f"{', '.join(towns[:-1])} and {towns[-1]}"
    page.unroute(ASK)
    passage = f"The river flooded {line}."
    page.route(ASK, replying(list_reply(line, towns, passage, unsure=towns[2])))
    ask(page, "which towns were flooded")
    last_turn(page).get_by_text("12 more").click()
    expect(last_turn(page).get_by_role("button", name=towns[-1])).to_be_visible()
