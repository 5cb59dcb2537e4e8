"""Makes the README's pictures of the chat anew: ``python -m tests.browser.pictures``."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, PATIENCE_MS, ROOT, SAMPLES, ingest, serving
from tests.browser.steps import ask

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def main() -> None:
    browser_path = subprocess.check_output([ROOT / "scripts" / "browser"], text=True).strip()
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        ingest(Path(data), SAMPLES)
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        with serving(Path(data)) as address:

            def asked(**options: Any) -> Page:
                page = browser.new_page(color_scheme="light", reduced_motion="reduce", **options)
                page.goto(address)
                ask(page, "who visited Sokha")
                expect(page.get_by_role("list", name="Ask next")).to_be_visible()
                return page

            desk = asked(**DESK)
            desk.locator(".open-source").first.click()
            expect(desk.locator("#source-text mark").first).to_be_in_viewport()
            desk.screenshot(path=ROOT / "docs" / "chat.png")
            phone = asked(**PHONE, device_scale_factor=1.5)
            phone.screenshot(path=ROOT / "docs" / "chat-phone.png")
        browser.close()


if __name__ == "__main__":
    main()
