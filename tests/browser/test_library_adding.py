"""Adding: files that are dropped or chosen, what became of each, addresses and texts that are pasted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, expect

from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.routes import uploads
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import drop, replying, row, rows
from tests.web import Answer, Web
from tests.web import page as web_page

FERRY = "---\ntitle: Ferries return\npublished: 2024-05-01\n---\nThe ferry leaves at nine."


@pytest.fixture
def page(library: str, open_page: OpenPage) -> Page:
    page = open_page(library, "/library")
    expect(rows(page)).to_have_count(18)
    return page


def upload(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Sent").locator("> li").filter(has_text=name)


def test_dropped_files_are_added_and_a_broken_one_says_why(page: Page, watch: Watch) -> None:
    watch.fails = True
    drop(page, ("ferry.md", FERRY), ("broken.md", "---\ntitle: [\n---\nText"))
    expect(page.get_by_role("dialog", name="Add articles")).to_be_visible()
    expect(upload(page, "ferry.md").locator(".status")).to_have_text("Added")
    expect(upload(page, "broken.md").locator(".status")).to_contain_text("broken.md")
    expect(page.locator("#announcer")).to_contain_text("broken.md: broken.md")
    expect(row(page, "Ferries return")).to_be_visible()
    expect(page.locator("#total")).to_have_text("19 articles")
    upload(page, "ferry.md").get_by_role("button", name="Open ferry.md").click()
    expect(page.get_by_role("dialog", name="Ferries return")).to_contain_text("The ferry leaves at nine.")


def test_an_answer_that_is_not_of_the_service_keeps_nothing_waiting(page: Page) -> None:
    sign_in = "<title>Sign in to the network</title>"
    page.route("**/articles", lambda route: route.fulfill(content_type="text/html", body=sign_in))
    drop(page, ("ferry.md", FERRY))
    expect(upload(page, "ferry.md").locator(".status")).to_contain_text("It can’t be added.")
    page.unroute("**/articles")
    upload(page, "ferry.md").get_by_role("button", name="Retry").click()
    expect(upload(page, "ferry.md").locator(".status")).to_have_text("Added")


def test_the_page_says_that_files_can_be_dropped(page: Page) -> None:
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["x"], "a.txt"));
            document.body.dispatchEvent(new DragEvent("dragover", { bubbles: true, dataTransfer }));
        }"""
    )
    expect(page.get_by_text("Drop the files to add them")).to_be_visible()
    page.evaluate("document.dispatchEvent(new DragEvent('dragleave', { relatedTarget: null }))")
    expect(page.get_by_text("Drop the files to add them")).to_be_hidden()


def test_chosen_files_of_several_articles(page: Page, watch: Watch) -> None:
    page.get_by_role("button", name="Add articles").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    lines = '{"text": "One came."}\n{"tex": 1}\n{"text": "Two came."}\n'
    chooser.value.set_files({"name": "wire.jsonl", "mimeType": "text/plain", "buffer": lines.encode()})
    wire = upload(page, "wire.jsonl")
    expect(wire.locator(".status")).to_have_text("2 added, 1 could not be read")
    expect(wire).to_contain_text('wire.jsonl, line 2 must have a "text" that is a string.')
    expect(rows(page)).to_have_count(20)


def test_the_same_file_again_is_known(page: Page) -> None:
    for status in ("Added", "Already here, unchanged"):
        drop(page, ("ferry.md", FERRY))
        expect(upload(page, "ferry.md").first.locator(".status")).to_have_text(status)


def test_a_kind_that_is_not_known(page: Page, watch: Watch) -> None:
    watch.fails = True
    drop(page, ("tool.exe", "MZ"))
    expect(upload(page, "tool.exe").locator(".status")).to_contain_text("use one of .txt .md")
    expect(upload(page, "tool.exe").get_by_role("button", name="Retry")).to_have_count(0)


def test_a_file_that_is_too_large_is_not_even_sent(page: Page, settings: Settings) -> None:
    page.locator("#main").evaluate("main => { main.dataset.maxFileBytes = '10'; }")
    page.route("**/articles", lambda route: pytest.fail("it was sent"))
    drop(page, ("long.txt", "a" * 2_000_000))
    expect(upload(page, "long.txt").locator(".status")).to_contain_text("long.txt has 2 MB")


def test_files_wait_for_each_other_and_a_failed_one_can_be_sent_again(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.route("**/articles", replying({"detail": "Another process is writing."}, status=503))
    drop(page, ("ferry.md", FERRY))
    ferry = upload(page, "ferry.md")
    expect(ferry.locator(".status")).to_contain_text("The service isn’t ready.")
    page.unroute("**/articles")
    with uploads.one_at_a_time:
        ferry.get_by_role("button", name="Retry").click()
        expect(ferry.locator(".status")).to_have_text("Reading and indexing")
        drop(page, ("train.txt", "The train leaves at ten."))
        expect(upload(page, "train.txt").locator(".status")).to_have_text("Waiting")
    expect(upload(page, "train.txt").locator(".status")).to_have_text("Added")


def test_a_folder_brings_its_readable_files(page: Page, tmp_path: Path) -> None:
    """Playwright can't drop a folder, so the walk is given entries of the browser's own file system."""
    found = page.evaluate(
        """async () => {
            const entry = (name, children) => ({
                name, isFile: !children, isDirectory: Boolean(children),
                file: (resolve) => resolve(new File(["x"], name)),
                createReader() {
                    const batches = [...(children ?? []).map((child) => [child]), []];
                    return { readEntries: (resolve) => resolve(batches.shift()) };
                },
            });
            const folder = entry("news", [entry("a.MD"), entry(".hidden.md"), entry("b.png"),
                                          entry("old", [entry("c.txt")]), entry(".git", [entry("d.txt")])]);
            const { filesIn } = await import("/static/articles/drop.js");
            return (await filesIn(folder)).map((file) => file.name);
        }"""
    )
    assert found == ["a.MD", "c.txt"]


def test_a_pasted_text_is_added(page: Page) -> None:
    page.get_by_role("button", name="Add articles").click()
    panel = page.get_by_role("dialog", name="Add articles")
    panel.get_by_label("Title").fill("Ferries return")
    panel.get_by_label("Text", exact=True).fill("The ferry leaves at nine.")
    panel.get_by_label("Date").fill("1 May 2024")
    panel.get_by_text("More details").click()
    panel.get_by_label("Tags").fill("sea, harbour")
    panel.get_by_role("button", name="Add this text").click()
    expect(page.locator("#announcer")).to_have_text("Pasted text: Added")
    expect(panel.get_by_label("Title")).to_have_value("")
    expect(panel.get_by_label("Title")).to_be_focused()
    expect(row(page, "Ferries return")).to_contain_text("May 1, 2024")
    expect(row(page, "Ferries return").get_by_role("list", name="Tags")).to_have_text("seaharbour")


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(page: Page, watch: Watch) -> None:
    watch.fails = True
    page.get_by_role("button", name="Add articles").click()
    panel = page.get_by_role("dialog", name="Add articles")
    panel.get_by_label("Title").fill("Ferries return")
    panel.get_by_label("Date").fill("soon")
    panel.get_by_role("button", name="Add this text").click()
    text = panel.get_by_label("Text", exact=True)
    expect(text).to_be_focused()
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_accessible_description("Give the article's text; this one is empty.")
    expect(panel.get_by_label("Date")).to_have_accessible_description(
        "Such as 2019-11-30, 2019-11 or 2019 Give a date such as 2019-11-30, 2019-11 or 2019."
    )
    expect(panel.get_by_label("Title")).to_have_value("Ferries return")
    text.fill("The ferry leaves at nine.")
    panel.get_by_label("Date").fill("")
    panel.get_by_role("button", name="Add this text").click()
    expect(row(page, "Ferries return")).to_be_visible()


class TestAddresses:
    @pytest.fixture
    def web(self) -> Iterator[Web]:
        with Web({"/ferry": web_page("Ferries return", "The ferry leaves at nine.")}) as web:
            yield web

    @pytest.fixture
    def panel(self, page: Page, pipeline: Pipeline) -> Locator:
        pipeline.settings = replace(pipeline.settings, allow_private=True, fetch_delay=0)
        page.get_by_role("button", name="Add articles").click()
        return page.get_by_role("dialog", name="Add articles")

    def test_a_page_is_fetched_and_added(self, page: Page, panel: Locator, web: Web) -> None:
        panel.get_by_label("Address", exact=True).fill(web.url("/ferry"))
        page.keyboard.press("Enter")
        expect(page.locator("#announcer")).to_have_text(f"{web.url('/ferry')}: Added")
        expect(panel.get_by_label("Address", exact=True)).to_have_value("")
        expect(panel.get_by_label("Address", exact=True)).to_be_focused()
        expect(row(page, "Ferries return")).to_be_visible()
        upload(page, web.url("/ferry")).get_by_role("button", name=f"Open {web.url('/ferry')}").click()
        expect(page.get_by_role("dialog", name="Ferries return")).to_contain_text("The ferry leaves at nine.")

    def test_it_says_that_it_is_fetching(self, page: Page, panel: Locator, web: Web) -> None:
        may_answer = Event()
        body = web_page("Ferries return", "The ferry leaves at nine.").body

        def slow(handler) -> None:
            may_answer.wait()
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)

        web.pages["/slow"] = slow
        panel.get_by_label("Address", exact=True).fill(web.url("/slow"))
        panel.get_by_role("button", name="Fetch and add").click()
        busy = panel.get_by_role("button", name="Fetching…")
        expect(busy).to_have_attribute("aria-disabled", "true")
        may_answer.set()
        expect(row(page, "Ferries return")).to_be_visible()
        expect(panel.get_by_role("button", name="Fetch and add")).to_have_attribute("aria-disabled", "false")

    def test_what_is_wrong_is_said_at_the_field(
        self, page: Page, panel: Locator, web: Web, watch: Watch
    ) -> None:
        watch.fails = True
        web.pages["/closed"] = Answer(status=403)
        field = panel.get_by_label("Address", exact=True)
        for typed, said in (
            ("", "Give an address that begins with http:// or https://."),
            ("example.org/ferry", "Give an address that begins with http:// or https://."),
            (web.url("/none"), f"{web.url('/none')} answers 404 (Not Found). Give another address"),
            (web.url("/closed"), f"{web.url('/closed')} answers 403 (Forbidden). Try again later"),
        ):
            field.fill(typed)
            panel.get_by_role("button", name="Fetch and add").click()
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(panel.locator("#address .error")).to_contain_text(said)
            expect(field).to_be_focused()
            expect(field).to_have_value(typed)
        expect(rows(page)).to_have_count(18)
