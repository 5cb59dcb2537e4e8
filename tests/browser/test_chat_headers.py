"""The headers under which a browser shows the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page


@pytest.mark.parametrize("path", ["/", "/static/chat.js", "/articles", "/no-such-page"])
def test_every_response_carries_the_security_headers(page: Page, site: str, path: str) -> None:
    headers = page.request.get(site + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_static_files_are_checked_for_changes(page: Page, site: str) -> None:
    first = page.request.get(f"{site}/static/chat.js")
    assert first.headers["cache-control"] == "no-cache"
    again = page.request.get(f"{site}/static/chat.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304


def test_the_policy_stops_what_the_page_never_does(browser: Browser, site: str) -> None:
    """Should article text ever become markup by mistake, it still can't run or fetch anything."""
    page = browser.new_page()
    page.goto(site)
    blocked = page.evaluate(
        """async () => {
            const blocked = [];
            const note = (event) => blocked.push(event.effectiveDirective);
            document.addEventListener("securitypolicyviolation", note);
            document.body.insertAdjacentHTML("beforeend",
                `<img src="https://example.org/x.png"><p style="color: red" onclick="alert(1)"></p>`);
            await fetch("https://example.org/").catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 200));
            return blocked;
        }"""
    )
    page.close()
    assert {"img-src", "style-src-attr", "script-src-attr", "connect-src"} <= set(blocked)
