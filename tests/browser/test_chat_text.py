"""The arithmetic of text.js, in the browser that runs it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.steps import citation

WRAPPED = (
    "The bridge over the river was closed on Monday after the\n"
    "engineers had found cracks in two of its pillars. It opens\n"
    "again in May."
)


def call(page: Page, function: str, *arguments: Any) -> Any:
    script = "async ([name, given]) => (await import('/static/text.js'))[name](...given)"
    return page.evaluate(script, [function, list(arguments)])


@pytest.mark.parametrize("text", ["plain", "😀 then text", "𝔹𝕠𝕝𝕕 🏕️ é e\u0301", "", "👩‍👩‍👧 family"])
def test_offsets_in_code_points_become_offsets_in_utf_16(page: Page, text: str) -> None:
    for offset in range(len(text) + 1):
        units = len(text[:offset].encode("utf-16-le")) // 2
        assert call(page, "utf16Index", text, offset) == units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        ("He met Mr. Kem on Nov. 10 in the U.S. Embassy. Then he left.",
         ["He met Mr. Kem on Nov. 10 in the U.S. Embassy. ", "Then he left."]),
        ("A title\n\nA sentence.", ["A title\n\n", "A sentence."]),
        (WRAPPED, [WRAPPED[:107], WRAPPED[107:]]),
        ("東京は雨です。明日は晴れます。", ["東京は雨です。", "明日は晴れます。"]),
    ],
)  # fmt: skip
def test_sentences(page: Page, text: str, expected: list[str]) -> None:
    found = call(page, "sentences", text)
    assert [text[place["start"] : place["end"]] for place in found] == expected


def test_only_hard_wrapped_lines_are_joined(page: Page) -> None:
    assert call(page, "unwrapped", WRAPPED) == WRAPPED.replace("\n", " ")
    for text in ("- milk\n- eggs", "A title\nby the author", "First paragraph.\n\nSecond paragraph."):
        assert call(page, "unwrapped", text) == text


def excerpt(page: Page, *citations: dict[str, Any]) -> str:
    """What is shown of a passage, with the quotes in brackets."""
    pieces = call(page, "excerpt", citations)["pieces"]
    return "".join(f"[{piece['text']}]" if piece["isQuote"] else piece["text"] for piece in pieces)


def moved(citation: dict[str, Any], by: int) -> dict[str, Any]:
    """The citation in an article that has so many characters in front of it."""
    return citation | {
        offset: citation[offset] + by for offset in ("start", "end", "passage_start", "passage_end")
    }


@pytest.mark.parametrize(
    ("passage", "quote", "shown"),
    [
        ("😀 It rained. 𝔸nna saw a 🚢 leave. It was late.", "a 🚢", "𝔸nna saw [a 🚢] leave."),
        ("It rained. She saw it. It was late.", "She saw it.", "It rained. [She saw it.] It was late."),
        ("One it is.\n\nTwo.\n\nThree.", "Two.", "One it is.\n\n[Two.]\n\nThree."),
        ("Only this", "Only this", "[Only this]"),
        ("Anna saw it. It left.", "saw it. It", "Anna [saw it. It] left."),
    ],
)
def test_an_excerpt_is_the_sentences_around_the_quote(
    page: Page, passage: str, quote: str, shown: str
) -> None:
    assert excerpt(page, citation(1, passage, quote)) == shown


def test_an_excerpt_counts_from_where_its_passage_begins(page: Page) -> None:
    one = moved(citation(1, "One. Two words. Three.", "words"), 1000)
    assert excerpt(page, one) == "Two [words]."


def test_quotes_of_one_sentence_are_marked_together(page: Page) -> None:
    passage = "😀 Rain. 🚢 Anna, 𝔹o and Cy left. Later."
    quotes = [citation(n, passage, name) for n, name in enumerate(("Anna", "𝔹o", "Cy"), start=1)]
    assert excerpt(page, *quotes) == "🚢 [Anna], [𝔹o] and [Cy] left."
    whole = call(page, "stretch", quotes)
    assert whole["quote"] == "Anna, 𝔹o and Cy" == passage[whole["start"] : whole["end"]]


@pytest.mark.parametrize("names", [("Anna", "Anna Bo"), ("Anna Bo", "Bo and Cy"), ("Anna Bo and Cy", "Bo")])
def test_words_that_two_quotes_share_are_shown_once(page: Page, names: tuple[str, str]) -> None:
    quotes = [citation(n, "Anna Bo and Cy left.", name) for n, name in enumerate(names)]
    assert excerpt(page, *quotes).replace("[", "").replace("]", "") == "Anna Bo and Cy left."


def test_citations_are_grouped_by_their_sentence_whichever_passage_they_were_read_in(page: Page) -> None:
    sentence = "𝔸nna and Bo left."
    first = "😀 Rain. " + sentence
    one, two, three = (
        citation(1, first, "Bo", article_id="a"),
        citation(2, first, "Rain", article_id="a"),
        moved(citation(3, sentence + " Snow.", "𝔸nna", article_id="a"), first.index(sentence)),
    )
    other = citation(4, sentence, "Bo", article_id="b")
    groups = call(page, "bySentence", [one, two, three, other])
    assert [[each["id"] for each in group] for group in groups] == [[3, 1], [2], [4]]


def test_a_date_is_written_out_and_anything_else_is_left(page: Page) -> None:
    assert call(page, "readableDate", "2019-11-30") == "Nov 30, 2019"
    assert call(page, "readableDate", "2019-11-30T23:59:00-08:00") == "Nov 30, 2019"
    for odd in ("2019", "2019-11", "last spring", "2019-99-99"):
        assert call(page, "readableDate", odd) == odd
