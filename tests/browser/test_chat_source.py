"""The source: a citation opens its article at the quote, whatever the article holds."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import ASK, ask, box_of, citation, last_turn, reply, replying

HOSTILE_ID = "../hostile/<script>?#%2f"


def source(page: Page) -> Locator:
    """The panel beside the conversation."""
    return page.get_by_role("complementary")


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
    panel = page.get_by_role("complementary", name="Foreign envoys call on Cambodia's Kem Sokha")
    mark = panel.locator("mark").first
    expect(mark).to_have_text("the United States")
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_source_lies_beside_the_conversation_where_there_is_room(page: Page) -> None:
    _open_sokha(page)
    panel = box_of(source(page))
    answer = box_of(last_turn(page))
    assert answer["x"] + answer["width"] <= panel["x"]
    ask(page, "who broke the marathon world record")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Close the article").click()
    expect(source(page)).to_be_hidden()


def test_the_source_covers_a_small_screen_as_a_dialog(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce")
    _open_sokha(page)
    dialog = page.get_by_role("dialog", name=re.compile("^Foreign envoys"))
    assert dialog.evaluate("node => node.matches(':modal')")
    assert box_of(dialog)["x"] == 0
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(source(page).locator("mark").first).to_be_visible()
    expect(dialog).to_be_hidden()
    page.keyboard.press("Escape")
    expect(source(page)).to_be_hidden()
    page.set_viewport_size({"width": 360, "height": 740})
    last_turn(page).locator(".open-source").first.click()
    expect(dialog.locator("mark").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(last_turn(page).locator(".open-source").first).to_be_focused()


def test_a_click_on_the_quote_opens_the_source_and_selecting_it_does_not(page: Page) -> None:
    ask(page, "who visited Sokha")
    quote = last_turn(page).locator("blockquote p").first
    quote.evaluate("node => getSelection().selectAllChildren(node)")
    quote.dispatch_event("click")
    expect(source(page)).to_be_hidden()
    page.evaluate("getSelection().removeAllRanges()")
    quote.click(position={"x": 5, "y": 5})
    expect(source(page)).to_be_visible()


def test_offsets_count_code_points(page: Page) -> None:
    ask(page, "when does the balloon festival open")
    quote = last_turn(page).locator("mark").first
    expect(quote).to_have_text(re.compile("^(on )?(the )?eighth of August$"))
    last_turn(page).locator(".open-source").first.click()
    expect(source(page).locator("mark")).to_have_text(quote.inner_text())


def test_an_article_of_markup_is_shown_as_text(page: Page, site: str, watch: Watch) -> None:
    page.evaluate(
        "addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
    )
    ask(page, "when does the harbour ferry leave the old pier")
    title = "<script>alert('title')</script><img src=x onerror=alert('title')> Harbour ferry"
    last_turn(page).get_by_role("button", name=title).first.click()
    panel = page.get_by_role("complementary", name=title)
    expect(panel).to_contain_text("<script>alert('text')</script>")
    expect(panel).to_contain_text("<img src=x onerror=alert('text')> The boats are painted.")
    expect(panel).to_contain_text("<i>A. Nonymous</i>, <b>Harbour</b> News")
    expect(panel.locator("mark").first).to_be_visible()
    expect(panel.locator("a, script, img, iframe, link, style, b, i")).to_have_count(0)
    expect(page.locator("#thread").locator("script, img, iframe, link, style, a, b, i")).to_have_count(0)
    watch.check()


def test_only_web_addresses_become_links(page: Page) -> None:
    _open_sokha(page)
    link = source(page).get_by_role("link", name="Original article")
    expect(link).to_have_attribute("href", "https://example.org/northgate/2019/11/30/kem-sokha-ambassadors")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


TEXT = "Rain fell. Anna came first. Nobody spoke. 🚢 Bo came later, with Cy. They left late.\n\nBo wept."


def test_all_that_an_answer_cites_is_marked_and_stepped_through(page: Page) -> None:
    _answer(page, "Anna", "Bo", "Cy", "Bo came")
    _serve(page, TEXT)
    last_turn(page).get_by_role("button", name="Bo", exact=True).click()
    marks = source(page).locator("mark")
    expect(marks).to_have_text(["Anna", "Bo came", "Cy"])
    _expect_current(page, "Bo came", "Passage 2 of 3")
    expect(marks.nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    _expect_current(page, "Cy", "Passage 3 of 3")
    expect(marks.nth(2)).to_be_focused()
    page.keyboard.press("ArrowRight")
    _expect_current(page, "Anna", "Passage 1 of 3")
    page.keyboard.press("ArrowLeft")
    _expect_current(page, "Cy", "Passage 3 of 3")
    previous = source(page).get_by_role("button", name="Previous passage")
    previous.click()
    _expect_current(page, "Bo came", "Passage 2 of 3")
    expect(previous).to_be_focused()
    source(page).get_by_role("button", name="Next passage").press("Enter")
    _expect_current(page, "Cy", "Passage 3 of 3")


def test_one_passage_needs_no_steps(page: Page) -> None:
    _answer(page, "Anna")
    _serve(page, TEXT)
    last_turn(page).locator(".open-source").click()
    _expect_current(page, "Anna", "")
    expect(source(page).get_by_role("button", name="Next passage")).to_be_hidden()


def test_a_quote_over_two_paragraphs_is_one_passage(page: Page) -> None:
    _answer(page, "They left late.\n\nBo wept", "Anna")
    _serve(page, TEXT)
    last_turn(page).get_by_role("button", name="Anna", exact=True).click()
    expect(source(page).locator("mark")).to_have_text(["Anna", "They left late.", "Bo wept"])
    page.keyboard.press("ArrowRight")
    expect(source(page).locator("mark[aria-current]")).to_have_text(["They left late.", "Bo wept"])
    expect(source(page).get_by_role("status").filter(has_text="Passage")).to_have_text("Passage 2 of 2")


def test_an_article_that_changed_says_so_and_marks_the_words_where_they_are_now(page: Page) -> None:
    _answer(page, "Anna", "Bo came")
    _serve(page, f"Bo came not. Snow. {TEXT}", content_hash="1")
    last_turn(page).get_by_role("button", name="Bo came", exact=True).click()
    expect(source(page)).to_contain_text("has changed since it was quoted; the quoted words still stand")
    expect(source(page).locator("mark")).to_have_text(["Anna", "Bo came"])
    expect(source(page).locator("mark[aria-current]")).to_have_text("Bo came")


def test_an_article_without_the_quoted_words_shows_them_as_they_were(page: Page) -> None:
    _answer(page, "Anna", "Bo came")
    _serve(page, "Anna came first.", content_hash="1")
    last_turn(page).get_by_role("button", name="Bo came", exact=True).click()
    expect(source(page)).to_contain_text("has changed since it was quoted; some of the quoted words are no")
    expect(source(page).locator("mark")).to_have_text("Anna")
    expect(source(page).get_by_role("figure", name="As it was quoted")).to_contain_text("🚢 Bo came later")
    expect(source(page).locator("figure b")).to_have_text("Bo came")


def test_an_article_that_is_gone_says_so_and_shows_what_was_quoted(page: Page, watch: Watch) -> None:
    watch.fails = True
    _answer(page, "Anna", article_id="deleted")
    last_turn(page).locator(".open-source").click()
    expect(source(page)).to_contain_text("It is no longer there.")
    expect(source(page).get_by_role("figure", name="As it was quoted")).to_contain_text("Anna came first.")
    _serve(page, TEXT, "deleted")
    source(page).get_by_role("button", name="Retry").click()
    expect(source(page).locator("mark")).to_have_text("Anna")


def _answer(page: Page, *quotes: str, article_id: str = "anna") -> None:
    """Ask what is answered with a list of quotes of TEXT."""
    citations = [citation(n, TEXT, quote, article_id=article_id) for n, quote in enumerate(quotes, start=1)]
    answers = [
        {"text": quote, "confidence": 0.9, "citations": [n]} for n, quote in enumerate(quotes, start=1)
    ]
    page.route(ASK, replying(reply(*answers, citations=citations, kind="list")))
    ask(page, "who came")


def _serve(page: Page, text: str, article_id: str = "anna", content_hash: str = "0") -> None:
    page.route(f"**/articles/{article_id}", replying({
        "id": article_id, "title": "Visits", "url": None, "published": None, "author": None, "source": None,
        "language": None, "tags": [], "content_hash": content_hash, "text": text,
    }))  # fmt: skip


def _expect_current(page: Page, words: str, place: str) -> None:
    expect(source(page).locator("mark[aria-current]")).to_have_text(words)
    expect(source(page).locator("mark[aria-current]")).to_be_in_viewport()
    expect(source(page).locator("#source-place")).to_have_text(place)


def _open_sokha(page: Page) -> None:
    ask(page, "who visited Sokha")
    last_turn(page).locator(".open-source").first.click()
    panel = page.get_by_role("complementary").or_(page.get_by_role("dialog"))
    expect(panel.locator("mark").first).to_be_visible()
