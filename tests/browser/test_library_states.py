"""Every state of the page of articles, light and dark, wide and narrow: it fits, and axe finds no fault."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa_service.routes import uploads
from tests.browser import steps
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import APPEARANCES, drop, replying, row, rows

FERRY = "---\ntitle: Ferries return\n---\nThe ferry leaves at nine."
WIRE = '{"text": "One came."}\n{"tex": 1}\n{"text": "Two came."}\n'


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state(library: str, open_page: OpenPage, watch: Watch, appearance: str) -> None:
    watch.fails = True
    page = open_page(library, "/library", reduced_motion="reduce", **APPEARANCES[appearance])

    def check(state: str) -> None:
        steps.check(page, f"library-{state}-{appearance}")

    expect(rows(page)).to_have_count(18)
    check("list")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("search").get_by_label("Tag").select_option("marathon")
    expect(rows(page)).to_have_count(2)
    check("filtered")
    page.get_by_label("Search titles and texts").fill("zeppelin")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    check("nothing-found")
    page.get_by_role("button", name="Show all articles").click()
    page.get_by_role("button", name="Filter").click()
    _open_sokha(page)
    check("article")
    page.get_by_role("button", name="Passages").click()
    expect(page.locator(".passages li").first).to_be_visible()
    check("passages")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Date").fill("soon")
    check("edit")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_label("Date")).to_be_focused()
    check("edit-wrong")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Close the article").click()
    page.get_by_role("button", name="Add articles").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    check("adding")
    drop(page, ("ferry.md", FERRY), ("wire.jsonl", WIRE), ("tool.exe", "MZ"), ("a" * 60 + ".txt", " "))
    expect(page.locator(".upload.failed")).to_have_count(2)
    with uploads.one_at_a_time:
        drop(page, ("train.txt", "The train leaves at ten."), ("bus.txt", "The bus leaves at ten."))
        expect(page.get_by_text("Reading and indexing")).to_be_visible()
        check("uploads")
    page.keyboard.press("Escape")
    row(page, "Ferries return").get_by_role("button", name="Delete").click()
    row(page, "2024 was hottest").get_by_role("button", name="Delete").click()
    expect(rows(page).filter(has_text="will be deleted.")).to_have_count(2)
    check("deleting")
    page.locator("#drop").evaluate("sign => { sign.hidden = false; }")
    check("dropping")
    page.locator("#drop").evaluate("sign => { sign.hidden = true; }")
    page.route(re.compile(r"/articles\?"), replying({"detail": "Look at the service's log."}, status=500))
    page.get_by_label("Sort by").select_option("Title, A to Z")
    expect(page.get_by_role("heading", name="The service failed.")).to_be_visible()
    check("failed")
    page.route(re.compile(r"/articles\?"), replying({"total": 0, "articles": []}))
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
    check("empty")


def test_all_of_it_with_the_keyboard_alone(library: str, open_page: OpenPage) -> None:
    page = open_page(library, "/library?search=envoys+Sokha")
    expect(rows(page)).to_have_count(1)
    _tab_to(page, page.get_by_role("link", name="Skip to the list"))
    page.keyboard.press("Enter")
    _tab_to(page, rows(page).first.locator(".open"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Article text")).to_be_focused()
    expect(page.get_by_role("region", name="Article text")).to_contain_text("PHNOM PENH")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Close the article")).to_be_focused()
    _tab_to(page, page.get_by_role("button", name="Edit"), backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Title")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Envoys of Sokha")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Edit")).to_be_focused()
    expect(rows(page).first).to_contain_text("Envoys of Sokha")
    page.keyboard.press("Escape")
    expect(rows(page).first.locator(".open")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows(page).first).to_contain_text("Envoys of Sokha will be deleted.")
    page.keyboard.press("Enter")
    expect(rows(page).first.locator(".open")).to_be_focused()


def test_headings_landmarks_and_live_region(library: str, open_page: OpenPage) -> None:
    page = open_page(library, "/library")
    for role in ("banner", "main", "search", "navigation", "status"):
        expect(page.get_by_role(role).first).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_have_text("Articles")
    expect(page.locator("#announcer")).to_have_text("18 articles")


def _open_sokha(page: Page) -> None:
    row(page, "Kem Sokha").locator(".open").click()
    expect(page.get_by_role("region", name="Article text")).to_contain_text("PHNOM PENH")


def _tab_to(page: Page, target: Any, backwards: bool = False) -> None:
    for _ in range(12):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    pytest.fail(f"the Tab key does not lead to {target}")
