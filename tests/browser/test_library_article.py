"""One article: read, seen in its passages, edited, and deleted with a way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from index.errors import ArticleNotFound
from index.local import LocalIndex
from index.types import Article
from qa_service.pipeline import Pipeline
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import replying, row, rows

SOKHA = "Foreign envoys call on Cambodia's Kem Sokha"
ID = "kem-sokha-ambassadors"
GRACE_MS = 10_000


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    page = open_page(library, "/library?search=envoys+Sokha")
    expect(rows(page)).to_have_count(1)
    return page


def opened(page: Page) -> Page:
    row(page, SOKHA).get_by_role("button", name=SOKHA).first.click()
    expect(page.get_by_role("region", name="Article text")).to_contain_text("PHNOM PENH")
    return page


def test_the_text_is_shown_and_the_focus_comes_back(page: Page) -> None:
    opened(page)
    expect(page.get_by_role("dialog")).to_contain_text("Nov 30, 2019 · Marian Holt, Northgate News Agency")
    expect(page.get_by_role("link", name="Original article")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row(page, SOKHA).locator(".open")).to_be_focused()


def test_passages_show_their_borders_and_what_they_share(page: Page, index: LocalIndex) -> None:
    opened(page)
    toggle = page.get_by_role("button", name="Passages")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    chunks = index.chunks(ID)
    passages = page.locator(".passages li")
    expect(passages).to_have_count(len(chunks))
    for place, chunk in enumerate(chunks[:4]):
        expect(passages.nth(place)).to_contain_text(f"Characters {chunk.start} to {chunk.end}")
    text = index.get(ID).text
    shared = next(place for place in range(1, len(chunks)) if chunks[place].start < chunks[place - 1].end)
    words = text[chunks[shared].start : chunks[shared - 1].end].split()
    assert " ".join(passages.nth(shared).locator("mark").all_inner_texts()).split() == words
    toggle.click()
    expect(page.locator(".passages")).to_have_count(0)


def test_metadata_is_edited_without_sending_the_text(page: Page, index: LocalIndex) -> None:
    opened(page)
    page.get_by_role("button", name="Edit").click()
    title = page.get_by_role("dialog").get_by_label("Title")
    expect(title).to_be_focused()
    title.fill("Envoys of Sokha")
    page.get_by_role("dialog").get_by_label("Tags").fill("cambodia, diplomacy")
    page.get_by_role("dialog").get_by_label("Author").fill("")
    with page.expect_request("**/articles/*") as sent:
        page.get_by_role("button", name="Save").click()
    assert sent.value.post_data_json == {
        "title": "Envoys of Sokha",
        "author": None,
        "tags": ["cambodia", "diplomacy"],
    }
    expect(page.get_by_role("dialog", name="Envoys of Sokha")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Saved.")
    expect(row(page, "Envoys of Sokha")).to_contain_text("diplomacy")
    assert index.get(ID).tags == ("cambodia", "diplomacy")


def test_the_text_is_edited(page: Page, index: LocalIndex) -> None:
    opened(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Text", exact=True).fill("Envoys of nobody came to Sokha.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Article text")).to_have_text("Envoys of nobody came to Sokha.")
    assert index.get(ID).text == "Envoys of nobody came to Sokha."


def test_what_is_not_accepted_stays_in_the_form(page: Page, watch: Watch, index: LocalIndex) -> None:
    watch.fails = True
    opened(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Title").fill("A new title")
    page.get_by_role("dialog").get_by_label("Date").fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_label("Date")).to_be_focused()
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("A new title")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Edit")).to_be_focused()
    assert index.get(ID).published == "2019-11-30"


def test_an_unsaved_form_comes_back(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Title").fill("Half a ti")
    page.keyboard.press("Escape")
    row(page, SOKHA).locator(".open").click()
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("Half a ti")


def test_an_article_that_is_gone(page: Page, watch: Watch, index: LocalIndex) -> None:
    watch.fails = True
    index.delete(ID)
    row(page, SOKHA).locator(".open").click()
    expect(page.get_by_role("dialog")).to_contain_text("It is no longer there.")


class TestDeleting:
    """The clock of the page is ours; what the service holds is real."""

    @pytest.fixture
    def page(self, library: str, open_page: OpenPage) -> Page:
        page = open_page(library)
        page.clock.install()
        page.goto(f"{library}/library")
        expect(rows(page)).to_have_count(18)
        row(page, SOKHA).get_by_role("button", name="Delete").click()
        expect(row(page, SOKHA)).to_contain_text("will be deleted.")
        return page

    def test_undo_has_nothing_to_restore(self, page: Page, index: LocalIndex) -> None:
        undo = row(page, SOKHA).get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        expect(page.locator("#announcer")).to_contain_text("will be deleted. The button Undo keeps it.")
        undo.click()
        expect(row(page, SOKHA).locator(".open")).to_be_focused()
        page.clock.fast_forward(3 * GRACE_MS)
        expect(row(page, SOKHA)).to_contain_text("Nov 30, 2019")
        assert index.get(ID)

    def test_after_some_seconds_it_is_gone(self, page: Page, index: LocalIndex) -> None:
        page.clock.fast_forward(GRACE_MS + 1)
        expect(rows(page)).to_have_count(17)
        expect(page.locator("#announcer")).to_contain_text("is deleted.")
        expect(page.locator("#total")).to_have_text("17 articles")
        with pytest.raises(ArticleNotFound):
            index.get(ID)

    def test_leaving_the_page_finishes_it(self, page: Page, index: LocalIndex, library: str) -> None:
        page.goto(f"{library}/")
        expect(page.locator("#article-count")).to_contain_text("17 articles, changed ")

    def test_it_stays_marked_while_the_list_changes(self, page: Page) -> None:
        page.get_by_label("Search titles and texts").fill("envoys")
        page.clock.fast_forward(1000)
        expect(rows(page)).to_have_count(1)
        expect(row(page, SOKHA)).to_contain_text("will be deleted.")

    def test_with_the_keyboard_there_is_all_the_time_one_needs(self, page: Page, index: LocalIndex) -> None:
        undo = row(page, SOKHA).get_by_role("button", name="Undo")
        undo.press("Tab")
        page.keyboard.press("Shift+Tab")
        expect(undo).to_be_focused()
        page.clock.fast_forward(GRACE_MS + 1)
        page.clock.fast_forward(GRACE_MS + 1)
        expect(row(page, SOKHA)).to_contain_text("will be deleted.")
        page.keyboard.press("Tab")
        page.clock.fast_forward(GRACE_MS + 1)
        expect(rows(page)).to_have_count(17)

    def test_from_the_panel_too(self, page: Page) -> None:
        other = "Computer beats Go champion"
        row(page, other).locator(".open").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(row(page, other).get_by_role("button", name="Undo")).to_be_focused()

    def test_a_failure_leaves_the_article(self, page: Page, watch: Watch, index: LocalIndex) -> None:
        watch.fails = True
        page.route(f"**/articles/{ID}", replying({"detail": "Another process is writing."}, status=503))
        page.clock.fast_forward(GRACE_MS + 1)
        expect(rows(page).filter(has_text="could not be deleted.")).to_contain_text(
            "Another process is writing."
        )
        assert index.get(ID)
        page.unroute(f"**/articles/{ID}")
        page.get_by_role("button", name="Retry").click()
        expect(rows(page)).to_have_count(17)


class TestOtherDetails:
    """Whatever else an article says of itself, under names of its own."""

    @pytest.fixture
    def page(self, library: str, open_page: OpenPage, pipeline: Pipeline) -> Page:
        """One article that says something more, open."""
        more = {"section": "Sea", "desk": "Harbour: north", "edition": "2"}
        ferry = Article("ferry", "The ferry leaves at nine.", "Ferries return", fields=more)
        list(
            pipeline.ingest(
                [ferry, Article("train", "It leaves at ten.", "Trains", fields={"section": "Land"})]
            )
        )
        page = open_page(library, "/library?search=leaves")
        row(page, "Ferries return").locator(".open").click()
        expect(page.get_by_role("region", name="Article text")).to_contain_text("The ferry leaves at nine.")
        return page

    def test_are_shown_and_lead_to_the_articles_that_share_them(self, page: Page) -> None:
        details = page.get_by_role("dialog").locator(".details")
        expect(details.locator("dt")).to_have_text(["section", "desk", "edition"])
        expect(details.locator("dd")).to_have_text(["Sea", "Harbour: north", "2"])
        details.get_by_role("link", name="Harbour: north").click()
        expect(rows(page)).to_have_count(1)
        expect(row(page, "Ferries return")).to_be_visible()
        expect(page.get_by_role("search").get_by_label("Other detail")).to_have_value("desk=Harbour: north")

    def test_narrow_the_list(self, page: Page) -> None:
        page.get_by_role("button", name="Close the article").click()
        page.get_by_role("button", name="Filter").click()
        choice = page.get_by_role("search").get_by_label("Other detail")
        expect(choice.get_by_role("option")).to_have_text(
            ["Any", "desk=Harbour: north (1)", "edition=2 (1)", "section=Land (1)", "section=Sea (1)"]
        )
        choice.select_option("section=Land")
        expect(rows(page)).to_have_count(1)
        expect(row(page, "Trains")).to_be_visible()

    def test_are_edited_a_line_each(self, page: Page, index: LocalIndex) -> None:
        page.get_by_role("button", name="Edit").click()
        field = page.get_by_role("dialog").get_by_label("Other details")
        expect(field).to_have_value("section: Sea\ndesk: Harbour: north\nedition: 2")
        field.fill("section: Coast\n\ndesk: Harbour: north\nprice:free")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog").locator("dd")).to_have_text(["Coast", "Harbour: north", "free"])
        assert index.get("ferry").fields == {"section": "Coast", "desk": "Harbour: north", "price": "free"}

    def test_are_taken_away(self, page: Page, index: LocalIndex) -> None:
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("dialog").get_by_label("Other details").fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name="Edit")).to_be_focused()
        expect(page.get_by_role("dialog").locator(".details")).to_have_count(0)
        assert index.get("ferry").fields == {}

    def test_a_line_without_a_value_is_told(self, page: Page, watch: Watch) -> None:
        watch.fails = True
        page.get_by_role("button", name="Edit").click()
        field = page.get_by_role("dialog").get_by_label("Other details")
        field.fill("section Coast")
        page.get_by_role("button", name="Save").click()
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(
            "One a line, such as section: Asia Give a value, or take the field out."
        )
