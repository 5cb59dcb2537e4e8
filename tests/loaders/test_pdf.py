"""PDF: pages, paragraphs and what is no text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from index.loaders import Failure, load
from index.loaders.pdf_layout import Line, joined_pages
from index.sync import ingest
from index.types import Article
from qa_service.types import Citation
from tests.conftest import SIZE
from tests.loaders.documents import ARTICLES, WATER, article


class TestPdf:
    def test_it_says_title_author_date_language_and_keywords(self):
        report = article(WATER)
        assert report.title == "Alder loses a quarter of its water"
        assert report.author == "Office of Works"
        assert report.published == "2000-01-01"
        assert report.language == "en-GB"
        assert report.tags == ("water", "pipes")

    def test_a_citation_names_its_page(self):
        report = article(WATER)
        assert citation(report, "dug in 1911").page == 1
        assert citation(report, "23 per cent").page == 2
        assert citation(report, "the ninth of October").page == 3
        assert [report.text[start:].split("\n")[0] for start in report.pages] == [
            "Where the water comes from",
            "What was found",
            "What it will cost",
        ]

    def test_headings_and_paragraphs_stand_apart(self):
        assert article(WATER).text.startswith(
            "Where the water comes from\n\nThe town of Alder draws its water"
        )

    def test_running_heads_and_page_numbers_are_left_out(self):
        text = article(WATER).text
        assert "Water report" not in text
        assert not text.endswith("3")

    def test_without_a_title_of_its_own_the_name_of_the_file_is_one(self, tmp_path):
        writer = PdfWriter(clone_from=WATER)
        writer.metadata = None
        writer.write(tmp_path / "water_report-2024.pdf")
        assert article(tmp_path / "water_report-2024.pdf").title == "water report 2024"

    @pytest.mark.parametrize("date", ["D:00000101000000Z", "D:20190000", "D:20191332", "yesterday"])
    def test_a_date_that_is_none_keeps_no_article_out(self, tmp_path, date):
        writer = PdfWriter(clone_from=WATER)
        writer.add_metadata({"/CreationDate": date})
        writer.write(tmp_path / "water.pdf")
        assert article(tmp_path / "water.pdf").published is None

    def test_one_that_only_forbids_printing_is_read(self, tmp_path):
        writer = PdfWriter(clone_from=WATER)
        writer.encrypt("", owner_password="owner", algorithm="AES-256")
        writer.write(tmp_path / "forbids.pdf")
        assert article(tmp_path / "forbids.pdf").text == article(WATER).text

    def test_a_page_that_can_not_be_read_is_told_and_the_others_are_kept(self, tmp_path):
        writer = PdfWriter(clone_from=WATER)
        contents: Any = writer.pages[1]["/Contents"].get_object()
        contents._data = b"not what its filter says"
        writer.write(tmp_path / "page.pdf")
        loaded = list(load(tmp_path / "page.pdf"))
        reasons = [one.reason for one in loaded if isinstance(one, Failure)]
        (kept,) = (one for one in loaded if isinstance(one, Article))
        assert [reason[: len("can't be read on page 2")] for reason in reasons] == ["can't be read on page 2"]
        assert citation(kept, "the ninth of October").page == 3

    def test_pages_survive_the_index(self, index, encoder):
        report = article(WATER)
        list(ingest(index, encoder, SIZE, [report]))
        assert index.get(report.article_id) == report


def citation(of: Article, quote: str) -> Citation:
    start = of.text.index(quote)
    return Citation.of(1, of, (start, start + len(quote)), (start, start + len(quote)))


class TestPdfLayout:
    def test_a_word_that_a_hyphen_broke_is_mended_unless_it_is_written_with_one(self):
        page = lines(
            "The river-", "bank of the well-", "known river runs", "past well-known mills on the riverbank"
        )
        assert joined_pages([page])[0].replace("\n", " ") == (
            "The riverbank of the well-known river runs past well-known mills on the riverbank"
        )

    def test_a_sentence_goes_on_from_page_to_page(self):
        text, starts = joined_pages(
            [lines("It rained", "for"), [], lines("three days.", "Then"), lines("Sun.")]
        )
        assert text == "It rained\nfor\nthree days.\nThen\nSun."
        assert [text[start:].split("\n")[0] for start in starts] == ["It rained", "", "three days.", "Sun."]

    def test_what_is_larger_or_farther_away_stands_apart(self):
        heading, first, second, far = (
            Line("Head", 700, 18),
            Line("a", 680, 10),
            Line("b", 668, 10),
            Line("c", 640, 10),
        )
        third = Line("d", 628, 10)
        assert joined_pages([[heading, first, second, far, third]])[0] == "Head\n\na\nb\n\nc\nd"

    def test_a_running_head_is_left_out_but_not_the_title_that_it_repeats(self):
        pages = [
            [Line("Rivers", 790, 8 if n else 24), *lines(words), Line(f"{n}", 20, 8)]
            for n, words in enumerate(["One is here.", "Two is.", "Three too.", "And four."])
        ]
        text, _ = joined_pages(pages)
        assert text.count("Rivers") == 1
        assert text.startswith("Rivers\n\nOne is here.")


def lines(*texts: str) -> list[Line]:
    return [Line(text, 700 - 12 * place, 10) for place, text in enumerate(texts)]


def test_the_examples_were_made_by_real_programs():
    assert PdfReader(WATER).metadata.producer.startswith("ReportLab")  # type: ignore[union-attr]
    assert Path(ARTICLES / "protected.docx").read_bytes().startswith(b"\xd0\xcf\x11\xe0")
