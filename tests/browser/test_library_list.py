"""The list of articles: shown, searched, filtered, sorted, and what stands there when there is nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import replying, row, rows
from tests.conftest import served


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    return open_page(library, "/library")


@pytest.fixture
def bare(settings: Settings, pipeline: Pipeline) -> Iterator[str]:
    """The address of a service with no articles yet."""
    with served(create_app(settings, pipeline)) as address:
        yield address


def test_it_is_linked_from_the_chat_and_back(library: str, open_page: OpenPage) -> None:
    page = open_page(library)
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Ask")).to_have_attribute("aria-current", "page")
    pages.get_by_role("link", name="Articles").click()
    expect(page.get_by_role("heading", name="Articles", level=1)).to_be_visible()
    expect(pages.get_by_role("link", name="Articles")).to_have_attribute("aria-current", "page")
    pages.get_by_role("link", name="Ask").click()
    expect(page.get_by_label("Your question")).to_be_visible()


def test_all_articles_are_listed_newest_first(page: Page) -> None:
    expect(rows(page)).to_have_count(18)
    expect(page.locator("#total")).to_have_text("18 articles")
    first = rows(page).first
    expect(first.locator(".open")).to_have_text(
        "2024 was hottest year on record and the first above 1.5 degrees"
    )
    expect(first).to_contain_text("Jan 10, 2025 · Ingrid Solberg, The Meridian Post")
    expect(first.get_by_role("list", name="Tags").get_by_role("listitem")).to_have_text(
        ["climate", "weather", "science"]
    )


def test_words_narrow_the_list_and_stay_in_the_address(page: Page) -> None:
    page.get_by_label("Search titles and texts").fill("marathon record")
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#total")).to_have_text("2 articles found")
    expect(page.locator("#announcer")).to_have_text("2 articles found")
    page.reload()
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_label("Search titles and texts")).to_have_value("marathon record")


def test_filters_narrow_it_further_and_can_be_cleared(page: Page) -> None:
    expect(rows(page)).to_have_count(18)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("search").get_by_label("Source").select_option("Harbour Daily")
    expect(page.locator("#total")).to_have_text("4 articles found")
    page.get_by_role("search").get_by_label("Tag").select_option("chicago")
    expect(rows(page)).to_have_count(1)
    page.get_by_role("search").get_by_label("From").fill("2024-01-01")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.get_by_role("button", name="Filter (3)")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows(page)).to_have_count(18)
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_focused()


def test_the_values_to_filter_by_say_how_many_articles_have_them(page: Page) -> None:
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("search").get_by_label("Language").get_by_role("option")).to_have_text(
        ["Any", "en (18)"]
    )


def test_an_address_may_name_what_there_is_not(library: str, open_page: OpenPage) -> None:
    page = open_page(library, "/library?source=Nobody&sort=size")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.get_by_role("search").get_by_label("Source")).to_have_value("Nobody")
    expect(page.get_by_label("Sort by")).to_have_value("")


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("Newest first", "2024 was hottest year"),
        ("Oldest first", "Computer beats Go champion"),
        ("Title, A to Z", "2024 was hottest year"),
        ("Last added or changed", "James Webb telescope leaves Earth"),
    ],
)
def test_it_is_sorted(page: Page, order: str, first: str) -> None:
    page.get_by_label("Sort by").select_option(order)
    expect(rows(page).first).to_contain_text(first)


def test_nothing_found_leads_back_to_all(page: Page) -> None:
    page.get_by_label("Search titles and texts").fill("zeppelin")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("button", name="Show all articles").click()
    expect(rows(page)).to_have_count(18)
    expect(page.get_by_label("Search titles and texts")).to_be_focused()


def test_a_long_list_comes_in_pages(library: str, open_page: OpenPage, pipeline: Pipeline) -> None:
    list(pipeline.ingest(Article(f"note-{n}", f"Note number {n}.", f"Note {n:03}") for n in range(60)))
    page = open_page(library, "/library?sort=title")
    expect(page.locator("#total")).to_have_text("78 articles")
    expect(rows(page)).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(rows(page)).to_have_count(78)
    expect(rows(page).nth(50).locator(".open")).to_be_focused()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_an_empty_index_invites_to_add(bare: str, open_page: OpenPage) -> None:
    page = open_page(bare, "/library")
    expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()
    page.get_by_role("main").get_by_role("button", name="Add articles").last.click()
    expect(page.get_by_role("dialog", name="Add articles")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()


def test_a_failure_says_what_to_do_and_can_be_retried(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.route("**/articles?*", replying({"detail": "Another process is writing."}, status=503))
    page.reload()
    expect(page.get_by_role("heading", name="The service isn’t ready.")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("Another process is writing.")
    page.unroute("**/articles?*")
    page.get_by_role("button", name="Retry").click()
    expect(rows(page)).to_have_count(18)


def test_what_an_article_says_is_never_markup(library: str, open_page: OpenPage, pipeline: Pipeline) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    list(
        pipeline.ingest(
            [Article("../<x>?#", hostile, hostile, "javascript:alert(3)", source=hostile, tags=(hostile,))]
        )
    )
    page = open_page(library, "/library?sort=-added")
    expect(rows(page).first.locator(".open")).to_have_text(hostile)
    rows(page).first.locator(".open").click()
    panel = page.get_by_role("dialog", name=hostile)
    expect(panel.get_by_role("region", name="Article text")).to_have_text(hostile)
    panel.get_by_role("button", name="Passages").click()
    expect(panel.get_by_role("region", name="Article text")).to_contain_text(hostile)
    expect(panel.locator("a, script, img")).to_have_count(0)
    assert row(page, hostile).locator("img, script").count() == 0
