"""What the browser tests do and pretend, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import FloatRect, Locator, Page, Request, Route

ASK = re.compile("/ask(/stream)?$")
"""Where the page asks: by a stream, and without one where no stream comes through."""

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
APPEARANCES: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True},
}

COUNT_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        const nodes = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.nodeName);
        window.shifts.push([entry.value, entry.hadRecentInput, ...nodes]);
    }
}).observe({ type: "layout-shift", buffered: true });
"""

Check = Callable[[str], None]
"""Checks the page in the state of this name."""


def check(page: Page, state: str, full_page: bool = False) -> None:
    """Leave a screenshot of the page in ``state``; it fits its window, and axe finds no fault in it."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{state}.png", full_page=full_page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state} is too wide"
    found = Axe().run(page)
    assert not found.violations_count, f"{state}\n{found.generate_report()}"


def ask(page: Page, question: str) -> None:
    """Type the question and send it; the last turn on the page is then the one that asks it."""
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")


def moved(page: Page) -> list[Any]:
    """What has moved by itself since the page was opened, if ``COUNT_SHIFTS`` runs there."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [shift for shift in page.evaluate("window.shifts") if not shift[1]]


def reload_kept(page: Page) -> None:
    """Reload the chat once the open conversation is kept, so that its address leads back to all of it."""
    page.wait_for_url(re.compile(r"\?c="))
    # Transactions over the same stores run one after the other: this one ends when what was begun is kept.
    page.evaluate(
        """() => new Promise((done) => {
            const opening = indexedDB.open("conversations");
            opening.onsuccess = () => {
                const stores = [...opening.result.objectStoreNames];
                const transaction = opening.result.transaction(stores, "readwrite");
                transaction.oncomplete = () => { opening.result.close(); done(); };
            };
        })"""
    )
    page.reload()


def asked(request: Request) -> dict[str, Any]:
    """What the page sent with a question, but for the day, which it always says."""
    body: dict[str, Any] = dict(request.post_data_json or {})
    date.fromisoformat(body.pop("as_of"))
    return body


def replying(body: dict[str, Any], status: int = 200) -> Callable[[Route], None]:
    """A handler for page.route that answers with ``body`` in place of the service."""

    def handle(route: Route) -> None:
        if status < 400 and route.request.url.endswith("/stream"):
            route.fulfill(content_type="text/event-stream", body=stream(body))
        else:
            kind = "application/json" if status < 400 else "application/problem+json"
            route.fulfill(status=status, content_type=kind, body=json.dumps(body))

    return handle


def stream(body: dict[str, Any]) -> str:
    """What POST /ask/stream sends where POST /ask sends ``body``."""
    found = {"standalone_question": "q", "timeframe": None, "passages": body.get("citations", [])}
    return event("search", found) + event("done", body)


def event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def reply(*answers: dict[str, Any], citations: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    """What POST /ask sends, in the contract's form."""
    return {
        "question": "q",
        "standalone_question": "q",
        "answerable": bool(answers),
        "answer": answers[0]["text"] if answers else None,
        "confidence": answers[0]["confidence"] if answers else 0.1,
        "mode": "extractive",
        "kind": "single",
        "answers": list(answers),
        "citations": citations,
        "timings_ms": {"search": 1.0, "read": 1.0, "total": 2.0},
        **changed,
    }


def list_reply(line: str, members: list[str], *passages: str, unsure: str = "") -> dict[str, Any]:
    """A reply whose ``members`` are each cited from the first passage that names them."""
    answers, citations = [], []
    for number, member in enumerate(members, start=1):
        passage = next(each for each in passages if member in each)
        article = f"article-{passages.index(passage) + 1}"
        confidence = 0.2 if member == unsure else 0.9
        answers.append({"text": member, "confidence": confidence, "citations": [number]})
        citations.append(citation(number, passage, member, article_id=article, title=article.capitalize()))
    return reply(*answers, citations=citations, kind="list", answer=line)


def citation(number: int, passage: str, quote: str, **changed: Any) -> dict[str, Any]:
    """A citation of ``quote`` in ``passage``, which stands at the beginning of its article."""
    start = passage.index(quote)
    return {
        "id": number, "article_id": f"article-{number}", "content_hash": "0", "title": f"Article {number}",
        "url": None, "published": "2019-11-30", "author": None, "source": "The Paper",
        "start": start, "end": start + len(quote), "quote": quote,
        "passage_start": 0, "passage_end": len(passage), "passage": passage, **changed,
    }  # fmt: skip


def rows(page: Page) -> Locator:
    """The articles in the list."""
    return page.get_by_role("list", name="Articles", exact=True).locator("> li")


def row(page: Page, title: str) -> Locator:
    return rows(page).filter(has_text=title)


def drop(page: Page, *files: tuple[str, str]) -> None:
    """Drop files on the page, as if they were dragged from outside the browser."""
    page.evaluate(
        """(files) => {
            const dataTransfer = new DataTransfer();
            for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
            const fire = (kind) => document.body.dispatchEvent(
                new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
            fire("dragover");
            fire("drop");
        }""",
        [list(file) for file in files],
    )


def last_turn(page: Page) -> Locator:
    return page.locator(".turn").last


def kept(page: Page) -> Locator:
    """The conversations in the list."""
    return page.get_by_role("list", name="Conversations").get_by_role("listitem")


def titles(page: Page) -> Locator:
    return kept(page).locator("a")


def unfold(page: Page) -> None:
    """Show what can be done with the first conversation in the list."""
    kept(page).first.hover()
    more = kept(page).first.get_by_role("button", name="More")
    if more.get_attribute("aria-expanded") == "false":
        more.click()


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box, "it is not visible"
    return box


def hold(route: Route) -> None:
    """A handler for page.route that never answers, so that the page goes on waiting."""
