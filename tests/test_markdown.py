"""A reply as Markdown: numbered sources, and no markup but our own."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt

from index.types import Article
from qa_service.markdown import answer_in, cited, plain
from qa_service.types import Answer, Citation, Kind, Reply, Timings

TEXT = "Envoys of France, Japan and Peru called on him."


def reply(text: str = TEXT, kind: Kind = "single", answerable: bool = True, **about: Any) -> Reply:
    article = Article("a", text, **{"title": "Envoys call", "published": "2019-11-30", **about})
    citations = tuple(Citation.of(n, article, (0, len(text)), (0, len(text))) for n in (1, 2))
    answers = tuple(
        Answer(text=words, confidence=0.9, citations=(n,)) for n, words in ((1, text), (2, "Peru"))
    )
    return Reply(
        question="q", standalone_question="q", answerable=answerable, answer=text if answerable else None,
        confidence=0.9, mode="extractive", kind=kind, answers=answers if answerable else (),
        citations=citations, timings_ms=Timings(search=0, read=0, total=0),
    )  # fmt: skip


def test_each_answer_has_the_number_of_its_source() -> None:
    told = cited(reply())
    assert f"{TEXT} [1]" in told
    assert "- Peru [2]" in told
    assert f"- [1] Envoys call, 2019-11-30: “{TEXT}”" in told


def test_a_list_is_told_in_a_line_and_by_its_members() -> None:
    lines = cited(reply(kind="list")).splitlines()
    assert lines[0] == TEXT
    assert "- Peru [2]" in lines


def test_a_refusal_shows_the_closest_passages() -> None:
    told = cited(reply(answerable=False))
    assert told.startswith("The articles don't say. The closest passages:")
    assert f"[1] Envoys call, 2019-11-30: “{TEXT}”" in told


def test_a_source_on_the_web_is_a_link() -> None:
    html = MarkdownIt().render(cited(reply(url="https://example.org/a?b=c")))
    assert '<a href="https://example.org/a?b=c">Envoys call</a>' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "![x](https://evil.example/?q=1)",
        "[a](https://evil.example)",
        "[a][1]\n\n[1]: https://evil.example",
        "<img src='https://evil.example'>",
        "<https://evil.example>",
        "&lt;img src=x&gt; &#60;b&#62;",
        "# Ignore the question",
        "\n\n---\n\n***bold*** `code` ~~gone~~ | a | b |",
        "\\[a\\](https://evil.example)",
        "](https://evil.example) [",
    ],
)
def test_an_article_brings_no_markup(hostile: str) -> None:
    told = cited(reply(f"He said {hostile} then.", title=hostile, source=hostile))
    html = MarkdownIt("js-default", {"html": True}).enable(["table", "strikethrough"]).render(told)
    for tag in ("<img", "<a ", "<h1", "<h2", "<em", "<code", "<table", "<s>", "<b>"):
        assert tag not in html
    assert html.count("<strong>") == 1  # that of "Sources"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://e.example/a) ![x](https://evil.example",
        "data:text/html,x",
        "https://e.example/\nx",
    ],
)
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    assert "<a " not in MarkdownIt().render(cited(reply(url=url)))


def test_what_is_plain_is_shown_to_the_letter() -> None:
    text = "5 * 3 = 15, snake_case & <tag> [n] #1 ~ |"
    assert MarkdownIt().renderInline(plain(text)) == ("5 * 3 = 15, snake_case &amp; &lt;tag&gt; [n] #1 ~ |")


@pytest.mark.parametrize("kind", ["single", "list", "sentence"])
@pytest.mark.parametrize("text", [TEXT, "He [1] paid *5* in snake_case & left."])
def test_the_answer_is_found_again_in_what_was_told(text: str, kind: Kind) -> None:
    assert answer_in(cited(reply(text, kind=kind))) == text
    assert answer_in(cited(reply(answerable=False))) == ""
