"""Signing in with a key: the pages lead to it, and it needs no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from qa_service.config import Settings
from qa_service.keys import KeyStore
from tests.browser.conftest import OpenPage, Watch
from tests.browser.steps import APPEARANCES, check


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_a_key_opens_the_pages(
    settings: Settings, library: str, open_page: OpenPage, watch: Watch, appearance: str
) -> None:
    key = KeyStore(settings.keys_file).create("the archive", "write")
    watch.fails = True
    page = open_page(library, "/library", reduced_motion="reduce", **APPEARANCES[appearance])

    expect(page.get_by_label("Key")).to_be_focused()
    check(page, f"sign-in-{appearance}")
    page.keyboard.type("qa_1_2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This key is not valid, or was revoked.")
    check(page, f"sign-in-wrong-{appearance}")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/library$"))
    expect(page.get_by_role("button", name="Foreign envoys").first).to_be_visible()
    assert key not in page.evaluate("document.cookie")
    page.get_by_role("link", name="Key").click()
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    check(page, f"signed-in-{appearance}")
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
