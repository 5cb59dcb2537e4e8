"""A real Chromium on the real service, over an index of a few articles that is built once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from index import loaders
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.conftest import served

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "articles"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The models and the browser share the machine with whatever else runs on it.
PATIENCE_MS = 60_000

ARTICLES = (
    SAMPLES / "kem-sokha-ambassadors.md",
    SAMPLES / "kipchoge-berlin-record.md",
    SAMPLES / "kiptum-chicago-record.md",
    SAMPLES / "ever-given-suez.md",
    Path(__file__).parent / "articles.jsonl",
)


@dataclass
class Watch:
    """What a page does that it should never do; ``fails`` says that the test makes requests fail."""

    origin: str = ""
    fails: bool = False
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("dialog", self._dismiss)
        context.on("request", lambda request: self._locate(request.url))

    def check(self) -> None:
        assert not self.dialogs
        assert not self.strays, "a request left the server's origin"
        assert not self.errors

    def _note(self, kind: str, text: str) -> None:
        is_failed_request = self.fails and text.startswith("Failed to load resource")
        if kind in ("error", "warning") and not is_failed_request:
            self.errors.append(text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _locate(self, url: str) -> None:
        if not url.startswith(self.origin):
            self.strays.append(url)


class OpenPage(Protocol):
    """Opens the chat, or the page at ``path``, in a fresh browser context with these options."""

    def __call__(self, address: str | None = None, path: str = "/", **options: Any) -> Page: ...


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = subprocess.run([ROOT / "scripts" / "browser"], capture_output=True, text=True)
    if found.returncode:
        pytest.fail(found.stderr, pytrace=False)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with a few articles."""
    data = tmp_path_factory.mktemp("data")
    ingest(data, *ARTICLES)
    with serving(data) as address:
        yield address


@pytest.fixture
def library(settings: Settings, pipeline: Pipeline) -> Iterator[str]:
    """The address of a service over the sample articles, without a model; a test may change what it holds.

    Ask for it before ``open_page``, so that the pages are closed before the service is.
    """
    files, _ = loaders.find([SAMPLES])
    list(pipeline.ingest(document for file in files for document in loaders.load(file)))
    with served(create_app(settings, pipeline)) as address:
        yield address


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.check()


@pytest.fixture
def open_page(browser: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []

    def opened(address: str | None = None, path: str = "/", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        watch.origin = address or request.getfixturevalue("site")
        watch.follow(context)
        page = context.new_page()
        page.goto(watch.origin + path)
        return page

    yield opened
    for context in contexts:
        context.unroute_all(behavior="ignoreErrors")
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def ingest(data: Path, *paths: Path) -> None:
    command = [sys.executable, "-m", "qa_service", "ingest", *map(str, paths)]
    subprocess.run(command, cwd=ROOT, env=_environment(data), check=True, capture_output=True)


@contextmanager
def serving(data: Path, port: int = 0) -> Iterator[str]:
    """Serve the index in ``data`` on ``port`` or a free one, as people do, and give the address."""
    command = [sys.executable, "-m", "qa_service", "serve", "--port", str(port), "--json"]
    server = subprocess.Popen(command, cwd=ROOT, env=_environment(data), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield json.loads(server.stdout.readline())["ready"]
    finally:
        server.terminate()
        server.wait()


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "QA_DATA_DIR": str(data)}
