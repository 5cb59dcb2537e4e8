"""Keys: every step without a pointer, none of one letter while somebody types, and their help."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import OpenPage
from tests.browser.steps import APPEARANCES, ASK, ask, citation, reply, replying

HELP = "Keyboard"


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    page = open_page(library)
    answer = {"text": "The envoys", "confidence": 0.9, "citations": [1]}
    cited = citation(1, "The envoys came.", "The envoys", article_id="kem-sokha-ambassadors")
    page.route(ASK, replying(reply(answer, citations=[cited])))
    page.route("**/ask/suggestions", replying({"questions": []}))
    return page


def ask_twice(page: Page) -> None:
    for count, question in enumerate(("first", "second"), start=1):
        ask(page, question)
        expect(page.locator(".answer")).to_have_count(count)


def turn(page: Page, question: str) -> Locator:
    return page.get_by_role("article", name=question)


def test_between_the_answers_and_back_to_the_box(page: Page) -> None:
    ask_twice(page)
    page.keyboard.press("Escape")
    expect(turn(page, "second")).to_be_focused()
    page.keyboard.press("k")
    expect(turn(page, "first")).to_be_focused()
    expect(turn(page, "first")).to_be_in_viewport()
    page.keyboard.press("k")
    expect(turn(page, "first")).to_be_focused()
    page.keyboard.press("j")
    expect(turn(page, "second")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.get_by_label("Your question")).to_have_value("")


def test_the_source_of_the_answer_opens_and_gives_the_focus_back(page: Page) -> None:
    ask_twice(page)
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.get_by_role("complementary", name="Foreign envoys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(turn(page, "first").locator(".open-source")).to_be_focused()


def test_a_new_conversation(page: Page) -> None:
    ask_twice(page)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()


def test_letters_are_letters_while_somebody_types(page: Page) -> None:
    ask_twice(page)
    box = page.get_by_label("Your question")
    box.press_sequentially("no joke? /k")
    expect(box).to_have_value("no joke? /k")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Filters and settings").click()
    page.get_by_role("combobox", name="Source").press("n")
    expect(page.locator(".turn")).to_have_count(2)


def test_keys_of_the_browser_are_left_to_it(page: Page) -> None:
    ask_twice(page)
    page.keyboard.press("Escape")
    for held in ("Control", "Alt", "Meta"):
        page.evaluate(
            """(held) => document.activeElement.dispatchEvent(new KeyboardEvent(
                "keydown", { key: "n", bubbles: true, [`${held}Key`]: true }))""",
            {"Control": "ctrl", "Alt": "alt", "Meta": "meta"}[held],
        )
    expect(page.locator(".turn")).to_have_count(2)


def test_the_help_is_a_dialog(page: Page) -> None:
    ask_twice(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name=HELP)
    expect(sheet).to_be_visible()
    assert page.evaluate("document.querySelector('#help').matches(':modal')")
    page.keyboard.press("n")
    expect(page.locator(".turn")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(turn(page, "second")).to_be_focused()
    page.get_by_role("button", name=HELP).click()
    sheet.get_by_role("button", name="Close the help").click()
    expect(sheet).to_be_hidden()


def test_keys_of_one_letter_can_be_turned_off(page: Page) -> None:
    page.get_by_role("button", name=HELP).click()
    page.get_by_label("Use these keys of one letter").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    ask_twice(page)
    page.keyboard.press("Escape")
    expect(turn(page, "second")).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("k")
    expect(turn(page, "second")).to_be_focused()


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_the_help_in_every_appearance(library: str, open_page: OpenPage, appearance: str) -> None:
    page = open_page(library, reduced_motion="reduce", **APPEARANCES[appearance])
    page.get_by_label("Your question").evaluate("(box) => box.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name=HELP)).to_be_visible()
    steps.check(page, f"help-{appearance}")
