"""The widget on a page of another origin: a button, and behind it the chat in a frame, if allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, FrameLocator, Page, expect

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.browser.steps import APPEARANCES, SCREENSHOTS
from tests.conftest import served

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>button {{ background: red !important; font-size: 40px }} iframe {{ display: none }}</style>
</head><body><main><h1>Another site</h1><p>Its own text.</p></main>
<script src="{service}/widget.js" defer></script></body></html>"""


@contextmanager
def another_site(service: list[str]) -> Iterator[str]:
    """A site on another origin, whose page includes the widget of ``service[0]``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", f"style-src 'unsafe-inline'; script-src {service[0]}")
            self.end_headers()
            self.wfile.write(PAGE.format(service=service[0]).encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def open_site(
    browser: Browser, settings: Settings, pipeline: Pipeline, articles: list[Article]
) -> Iterator[Any]:
    """Opens the other site, which may frame the chat or may not."""
    list(pipeline.ingest(articles))
    service: list[str] = []
    contexts = []
    with another_site(service) as site:
        allowed = Settings(
            data_dir=settings.data_dir, chunk_tokens=settings.chunk_tokens,
            chunk_overlap=settings.chunk_overlap, frame_ancestors=f"https://www.example.org {site}",
        )  # fmt: skip
        with served(create_app(allowed, pipeline)) as open_, served(create_app(settings, pipeline)) as shut:

            def opened(is_allowed: bool = True, **options: Any) -> Page:
                service[:] = [open_ if is_allowed else shut]
                context = browser.new_context(**options)
                contexts.append(context)
                page = context.new_page()
                page.goto(site)
                return page

            yield opened
            for context in contexts:
                context.close()


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("articles-widget iframe")


def ask_in(page: Page) -> None:
    expect(chat(page).locator("#article-count")).to_contain_text("3 articles")  # its scripts have run
    box = chat(page).get_by_label("Your question")
    box.fill("who visited Kem Sokha")
    box.press("Enter")


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_a_question_is_asked_and_answered_in_it(open_site: Any, appearance: str) -> None:
    page = open_site(reduced_motion="reduce", **APPEARANCES[appearance])
    opener = page.get_by_role("button", name="Ask the articles")
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(opener).not_to_have_css("background-color", "rgb(255, 0, 0)")
    page.screenshot(path=SCREENSHOTS / f"widget-closed-{appearance}.png")
    opener.click()
    ask_in(page)
    expect(chat(page).locator(".answer").first).to_contain_text("Six ambassadors visited Kem Sokha")
    expect(chat(page).get_by_role("link", name="Articles", exact=True)).to_have_count(0)
    page.screenshot(path=SCREENSHOTS / f"widget-open-{appearance}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert not found.violations_count, found.generate_report()
    page.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(chat(page).locator(".answer").first).to_contain_text("Six ambassadors")


def test_all_of_it_with_the_keyboard_alone(open_site: Any) -> None:
    page = open_site()
    opener = page.get_by_role("button", name="Ask the articles")
    expect(opener).to_be_visible()
    page.keyboard.press("Tab")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat(page).locator("#article-count")).to_contain_text("3 articles")  # its scripts have run
    chat(page).get_by_label("Your question").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_where_the_frame_may_keep_nothing_no_notice_covers_the_answer(open_site: Any) -> None:
    page = open_site()
    page.context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); }"
    )
    page.reload()
    page.get_by_role("button", name="Ask the articles").click()
    ask_in(page)
    expect(chat(page).locator(".reply-tools")).to_be_visible()  # the reply was to be kept by then
    expect(chat(page).locator("#storage-notice")).to_be_hidden()


def test_where_it_is_not_allowed_it_says_how_to_allow_it(open_site: Any) -> None:
    page = open_site(is_allowed=False)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.get_by_role("button", name="Ask the articles").click()
    origin = page.evaluate("location.origin")
    expect(page.get_by_role("dialog")).to_contain_text(f"QA_FRAME_ANCESTORS={origin}")
    assert any("may not show the chat" in each for each in complaints)
    assert len(page.frames) == 1


def test_a_frame_without_leave_stays_empty(open_site: Any) -> None:
    page = open_site(is_allowed=False)
    page.get_by_role("button", name="Ask the articles").wait_for()
    with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        page.evaluate(
            """() => {
                const frame = document.createElement("iframe");
                frame.src = new URL("/widget", document.querySelector("script").src).href;
                document.body.append(frame);
            }"""
        )


def test_only_the_widget_may_be_framed(settings: Settings, pipeline: Pipeline) -> None:
    allowed = Settings(
        data_dir=settings.data_dir, chunk_tokens=settings.chunk_tokens,
        chunk_overlap=settings.chunk_overlap, frame_ancestors="https://a.example https://b.example:8443",
    )  # fmt: skip
    client = create_app(allowed, pipeline).test_client()
    policies = {
        path: client.get(path).headers["Content-Security-Policy"] for path in ("/", "/library", "/widget")
    }
    assert policies["/widget"].endswith("frame-ancestors https://a.example https://b.example:8443")
    assert policies["/"].endswith("frame-ancestors 'none'")
    assert policies["/library"].endswith("frame-ancestors 'none'")
