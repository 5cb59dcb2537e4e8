"""Hostile words in each place that they can come from: nothing runs, loads or leaves, nothing is hidden.

The watch on each page fails where the browser reports a breach of the policy, an error, a dialog or a request
to another site.
"""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import expect

from index.types import Article
from qa_service.pipeline import Pipeline
from tests.browser.conftest import OpenPage, Watch

HOSTILE = "<img src=https://evil.example/x onerror=alert(1)><script>alert(2)</script>"
ARTICLE = Article(
    "../<script>alert(3)</script>",
    f"The harbour was painted by {HOSTILE} Ines Okafor in May.", f"Harbour {HOSTILE}",
    url="javascript:alert(4)", author=HOSTILE, source=HOSTILE, tags=(HOSTILE,),
    fields={HOSTILE: HOSTILE, "onclick": "alert(5)"},
)  # fmt: skip


def test_a_question_and_an_article_are_shown_as_words(
    library: str, pipeline: Pipeline, open_page: OpenPage, watch: Watch
) -> None:
    list(pipeline.ingest([ARTICLE]))
    page = open_page(library, f"/?q={quote(f'who painted the harbour {HOSTILE}')}")
    expect(page.get_by_text("who painted the harbour <img").first).to_be_visible()
    expect(page.get_by_text("<script>alert(2)</script>").first).to_be_visible()
    expect(page.get_by_text("Harbour <img").first).to_be_visible()
    assert page.locator("img[src*=evil], a[href^=javascript]").count() == 0


def test_the_name_of_a_file_is_shown_as_words(library: str, open_page: OpenPage, watch: Watch) -> None:
    watch.fails = True
    page = open_page(library, "/library")
    name = "<img src=x onerror=alert(6)>.txt"
    broken = "<svg onload=alert(7)>.pdf"
    files = [
        {"name": name, "mimeType": "text/plain", "buffer": b"A ferry leaves at nine."},
        {"name": broken, "mimeType": "application/pdf", "buffer": b"no document"},
    ]
    page.locator("input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
    expect(page.get_by_text(broken).first).to_be_visible()
    assert page.locator("svg[onload], img[onerror]").count() == 0
