"""The source: a citation opens its article at the quote, whatever the article holds."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import ASK, ask, box_of, citation, last_turn, reply, replying

HOSTILE_ID = "../hostile/<script>?#%2f"


def test_by_keyboard_alone_to_the_source_and_back(page: Page) -> None:
    page.keyboard.type("who visited Sokha")
    page.keyboard.press("Enter")
    opener = last_turn(page).locator(".open-source").first
    expect(opener).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if opener.evaluate("node => node === document.activeElement"):
            break
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    source = page.get_by_role("dialog", name="Foreign envoys call on Cambodia's Kem Sokha")
    mark = source.locator("mark")
    expect(mark).to_contain_text("United States, France, Germany")
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_source_lies_beside_the_conversation_where_there_is_room(page: Page) -> None:
    _open_sokha(page)
    panel = box_of(page.locator("#source"))
    answer = box_of(last_turn(page))
    assert answer["x"] + answer["width"] <= panel["x"]
    assert not page.locator("#source").evaluate("node => node.matches(':modal')")
    ask(page, "who broke the marathon world record")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Close the article").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_source_covers_a_small_screen_as_a_dialog(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce")
    _open_sokha(page)
    assert page.locator("#source").evaluate("node => node.matches(':modal')")
    assert box_of(page.locator("#source"))["x"] == 0
    page.set_viewport_size({"width": 1280, "height": 800})
    # Not wait_for_function: it polls with eval, which the page's policy forbids.
    expect(page.locator("#source[open]:not(:modal)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_click_on_the_quote_opens_the_source_and_selecting_it_does_not(page: Page) -> None:
    ask(page, "who visited Sokha")
    quote = last_turn(page).locator("blockquote p").first
    quote.evaluate("node => getSelection().selectAllChildren(node)")
    quote.dispatch_event("click")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("getSelection().removeAllRanges()")
    quote.click(position={"x": 5, "y": 5})
    expect(page.get_by_role("dialog")).to_be_visible()


def test_offsets_count_code_points(page: Page) -> None:
    ask(page, "when does the balloon festival open")
    quote = last_turn(page).locator("mark").first
    expect(quote).to_have_text(re.compile("^(the )?eighth of August$"))
    last_turn(page).locator(".open-source").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_have_text(quote.inner_text())


def test_an_article_of_markup_is_shown_as_text(page: Page, site: str, watch: Watch) -> None:
    page.evaluate(
        "addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
    )
    ask(page, "when does the harbour ferry leave the old pier")
    title = "<script>alert('title')</script><img src=x onerror=alert('title')> Harbour ferry"
    last_turn(page).get_by_role("button", name=title).first.click()
    source = page.get_by_role("dialog", name=title)
    expect(source).to_contain_text("<script>alert('text')</script>")
    expect(source).to_contain_text("<img src=x onerror=alert('text')> The boats are painted.")
    expect(source).to_contain_text("<i>A. Nonymous</i>, <b>Harbour</b> News")
    expect(source.locator("mark").first).to_be_visible()
    expect(source.locator("a, script, img, iframe, link, style, b, i")).to_have_count(0)
    expect(page.locator("#thread").locator("script, img, iframe, link, style, a, b, i")).to_have_count(0)
    watch.check()


def test_only_web_addresses_become_links(page: Page) -> None:
    _open_sokha(page)
    link = page.get_by_role("dialog").get_by_role("link", name="Original article")
    expect(link).to_have_attribute("href", "https://example.org/northgate/2019/11/30/kem-sokha-ambassadors")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_an_article_that_changed_says_so(page: Page) -> None:
    gone = citation(1, "It was never there.", "never there", article_id="kem-sokha-ambassadors")
    answer = {"text": "never there", "confidence": 0.9, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[gone])))
    ask(page, "q")
    last_turn(page).locator(".open-source").click()
    expect(page.get_by_role("dialog")).to_contain_text("This article has changed since it was quoted")
    expect(page.get_by_role("dialog").locator("mark")).to_have_count(0)


def test_an_article_that_is_gone_says_so(page: Page, watch: Watch) -> None:
    watch.fails = True
    answer = {"text": "late", "confidence": 0.9, "citations": [1]}
    gone = citation(1, "They left late.", "late", article_id="deleted")
    page.route(ASK, replying(reply(answer, citations=[gone])))
    ask(page, "q")
    last_turn(page).locator(".open-source").click()
    expect(page.get_by_role("dialog")).to_contain_text("It is no longer there.")
    page.route("**/articles/deleted", replying({
        "id": "deleted", "title": "Back", "url": None, "published": None, "author": None, "source": None,
        "language": None, "tags": [], "content_hash": "0", "text": "They left late.",
    }))  # fmt: skip
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_role("dialog").locator("mark")).to_have_text("late")


def _open_sokha(page: Page) -> None:
    ask(page, "who visited Sokha")
    last_turn(page).locator(".open-source").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_visible()
