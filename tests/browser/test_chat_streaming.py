"""While an answer is on its way: what is found is named, Stop stops, and nothing on the page moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from index import loaders
from index.types import Hit
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests.browser import steps
from tests.browser.conftest import SAMPLES, OpenPage, Watch
from tests.browser.steps import APPEARANCES, ASK, COUNT_SHIFTS, ask, event, last_turn, moved, reply, replying
from tests.conftest import FirstSentence, served

QUESTION = "who visited Kem Sokha"
TITLE = "Foreign envoys call on Cambodia's Kem Sokha"
PATIENCE = 60


class HeldReader(FirstSentence):
    """Reads when it is let."""

    def __init__(self) -> None:
        self.reads = threading.Event()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        assert self.reads.wait(PATIENCE)
        return super().read(question, hits)


@pytest.fixture
def reader() -> Iterator[HeldReader]:
    reader = HeldReader()
    yield reader
    reader.reads.set()


@pytest.fixture
def slow(settings: Settings, pipeline: Pipeline, reader: HeldReader) -> Iterator[str]:
    """The address of a service that finds passages at once, and reads them when ``reader`` is let."""
    files, _ = loaders.find([SAMPLES])
    list(pipeline.ingest(document for file in files for document in loaders.load(file)))
    pipeline.reader = reader
    with served(create_app(settings, pipeline)) as address:
        yield address
        reader.reads.set()


def test_what_is_found_is_named_before_it_is_read(slow: str, reader: HeldReader, open_page: OpenPage) -> None:
    page = open_page(slow)
    ask(page, QUESTION)
    expect(last_turn(page)).to_contain_text("Reading 10 passages")
    expect(last_turn(page).get_by_role("list", name="Articles that are read")).to_contain_text(TITLE)
    expect(last_turn(page).locator(".answer")).to_have_count(0)
    reader.reads.set()
    expect(last_turn(page).locator(".answer")).to_be_visible()
    expect(last_turn(page)).not_to_contain_text("Reading 10 passages")


def test_stop_says_so_and_retry_tries_again(slow: str, reader: HeldReader, open_page: OpenPage) -> None:
    page = open_page(slow)
    ask(page, QUESTION)
    expect(last_turn(page)).to_contain_text("Reading 10 passages")
    with page.expect_event("requestfailed") as failed:
        page.get_by_role("button", name="Stop").click()
    assert failed.value.url.endswith("/ask/stream")
    expect(last_turn(page)).to_contain_text("Stopped.")
    reader.reads.set()
    last_turn(page).get_by_role("button", name="Retry").click()
    expect(last_turn(page).locator(".answer")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_state_and_nothing_moves(
    slow: str, reader: HeldReader, open_page: OpenPage, appearance: str
) -> None:
    page = open_page(slow, **APPEARANCES[appearance])
    page.evaluate(COUNT_SHIFTS)
    ask(page, QUESTION)
    expect(last_turn(page)).to_contain_text("Reading 10 passages")
    steps.check(page, f"reading-{appearance}")
    reader.reads.set()
    expect(last_turn(page).locator(".answer")).to_be_visible()
    assert not moved(page)
    ask(page, "who is Lulla")
    expect(last_turn(page).get_by_role("button", name="who is Lula")).to_be_visible()
    steps.check(page, f"did-you-mean-{appearance}")


class InTwoPieces:
    """A service on a slow line: its pages stop for a while where the question box begins."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        body = b"".join(self._app(environ, start_response))
        start, box, rest = body.partition(b'<div class="dock"')
        yield start
        if box:
            time.sleep(1)
            yield box + rest


def test_nothing_moves_while_the_page_comes_in(
    settings: Settings, pipeline: Pipeline, open_page: OpenPage
) -> None:
    app = create_app(settings, pipeline)
    app.wsgi_app = InTwoPieces(app.wsgi_app)  # type: ignore[method-assign]
    with served(app) as address:
        page = open_page(address, **APPEARANCES["phone"])
        page.evaluate(COUNT_SHIFTS)
        expect(page.get_by_role("heading", name="No articles yet")).to_be_visible()
        assert not moved(page)


@pytest.mark.parametrize("width", [640, 320, 180])
def test_it_works_at_twice_and_four_times_the_size(
    slow: str, reader: HeldReader, open_page: OpenPage, width: int
) -> None:
    """The windows that zoom makes: 200 % and 400 % of one of 1280 pixels, 200 % of a phone's."""
    reader.reads.set()
    page = open_page(slow, viewport={"width": width, "height": 430}, device_scale_factor=2)
    ask(page, QUESTION)
    expect(last_turn(page).locator(".answer")).to_be_visible()
    steps.check(page, f"zoomed-{width}")
    page.get_by_role("button", name="Filters and settings").click()
    expect(page.get_by_role("dialog").get_by_label("Source")).to_be_visible()
    steps.check(page, f"zoomed-scope-{width}")


def test_motion_is_reduced_while_it_reads(slow: str, open_page: OpenPage) -> None:
    page = open_page(slow, reduced_motion="reduce")
    ask(page, QUESTION)
    expect(last_turn(page)).to_contain_text("Reading 10 passages")
    assert page.evaluate("document.getAnimations().length") == 0


class TestWithoutAStream:
    """Proxies, old services and broken lines: the page asks again without a stream."""

    ANSWER = {"text": "The envoys", "confidence": 0.9, "citations": []}

    def _answers(self, page: Page) -> None:
        page.route("**/ask", replying(reply(self.ANSWER, citations=[])))
        ask(page, "q")
        expect(last_turn(page).locator(".answer")).to_have_text("The envoys")

    def test_one_that_is_not_there(self, page: Page, watch: Watch) -> None:
        watch.fails = True
        page.route("**/ask/stream", replying({"detail": "There is nothing at /ask/stream."}, status=404))
        self._answers(page)

    def test_one_that_is_something_else(self, page: Page) -> None:
        page.route("**/ask/stream", lambda route: route.fulfill(content_type="text/html", body="<p>Hello"))
        self._answers(page)

    def test_one_that_breaks_off(self, page: Page) -> None:
        start = event("search", {"passages": []}) + "event: done\ndata: {"
        page.route("**/ask/stream", lambda route: route.fulfill(content_type="text/event-stream", body=start))
        self._answers(page)

    def test_a_problem_in_the_stream_is_shown(self, page: Page) -> None:
        problem = {"title": "Service Unavailable", "status": 503, "detail": "The disk is gone."}
        body = event("search", {"passages": []}) + event("error", problem)
        asked: list[str] = []

        def handle(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(content_type="text/event-stream", body=body)

        page.route(ASK, handle)
        ask(page, "q")
        expect(last_turn(page)).to_contain_text("The disk is gone.")
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event: a\ndata: 1\n\n", [["a", "1"]]),
        ("event: a\r\ndata: 1\r\n\r\nevent:b\r\ndata:2\r\n\r\n", [["a", "1"], ["b", "2"]]),
        ("data: x\rdata: y\r\rdata: z\r\r ", [["message", "x\ny"], ["message", "z"]]),
        (": comment\nid: 7\nretry: 3\ndata\ndata:  two\n\n", [["message", "\n two"]]),
        ("event: empty\n\ndata: next\n\n", [["message", "next"]]),
        ("event: a\ndata: 👩‍🚀 Đà Nẵng\u2028\n\n", [["a", "👩‍🚀 Đà Nẵng\u2028"]]),
        ("data: whole\n\ndata: broken off", [["message", "whole"]]),
        ("", []),
    ],
)
def test_events_are_read_however_they_are_cut(page: Page, text: str, expected: list[list[str]]) -> None:
    for size in (1, 2, 3, 7, 1000):
        assert _events(page, text, size) == expected


def _events(page: Page, text: str, size: int) -> Any:
    """What the page makes of ``text`` that comes in pieces of so many bytes."""
    return page.evaluate(
        """async ([text, size]) => {
            const { eventsOf } = await import("/static/events.js");
            const bytes = new TextEncoder().encode(text);
            const body = new ReadableStream({
                start(controller) {
                    for (let at = 0; at < bytes.length; at += size) {
                        controller.enqueue(bytes.slice(at, at + size));
                    }
                    controller.close();
                },
            });
            const found = [];
            for await (const { name, data } of eventsOf(body)) found.push([name, data]);
            return found;
        }""",
        [text, size],
    )
