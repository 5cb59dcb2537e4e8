"""Signing in with a key: the pages lead to it, and it needs no script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from qa_service.config import Settings
from qa_service.keys import KeyStore
from tests.browser.conftest import SCREENSHOTS, OpenPage, Watch
from tests.browser.test_chat_states import APPEARANCES


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_a_key_opens_the_pages(
    settings: Settings, library: str, open_page: OpenPage, watch: Watch, appearance: str
) -> None:
    key = KeyStore(settings.keys_file).create("the archive", "write")
    watch.fails = True
    page = open_page(library, "/library", reduced_motion="reduce", **APPEARANCES[appearance])

    def check(state: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{state}-{appearance}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state} is too wide"
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()

    expect(page.get_by_label("Key")).to_be_focused()
    check("sign-in")
    page.keyboard.type("qa_1_2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This key is not valid, or was revoked.")
    check("sign-in-wrong")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/library$"))
    expect(page.get_by_role("button", name="Foreign envoys").first).to_be_visible()
    assert key not in page.evaluate("document.cookie")
    page.goto(f"{library}/sign-in")
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    check("signed-in")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{library}/")
    expect(page.get_by_label("Key")).to_be_visible()


def test_it_works_without_scripts(settings: Settings, library: str, open_page: OpenPage) -> None:
    key = KeyStore(settings.keys_file).create("the archive", "read")
    page = open_page(library, "/sign-in", java_script_enabled=False)
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(library + "/")
