"""Plain text, in any encoding."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.loaders import Failure, load
from index.types import clean_text
from tests.loaders.documents import ARTICLES, SENTENCE, article, failure


class TestText:
    def test_the_heading_says_source_title_author_and_date(self):
        market = article(ARTICLES / "night-market.txt")
        assert market.source == "Riverside News Cooperative"
        assert market.title == "Night market moves to the east bank after ten years"
        assert market.author == "Lina Okafor"
        assert market.published == "2019-11-30"

    def test_the_stored_text_is_the_whole_text(self):
        path = ARTICLES / "night-market.txt"
        assert article(path).text == clean_text(path.read_text("utf-8"))

    def test_a_header_of_labelled_lines_gives_the_fields_and_leaves_the_text(self):
        library = article(ARTICLES / "library-hours.txt")
        assert library.title == "Library opens on Sundays"
        assert library.published == "2019-11"
        assert library.author == "Sam Idris"
        assert library.source == "Hill Town Courier"
        assert library.url == "https://courier.example/library-sundays"
        assert library.tags == ("libraries", "opening hours")
        assert library.text == (
            "The town library will open on Sundays from the first week of December.\n"
            "It will close one hour earlier on Mondays instead."
        )

    def test_labelled_lines_that_run_on_into_the_text_stay_in_it(self, write):
        note = article(write("note.txt", f"Title: A bridge\n{SENTENCE}"))
        assert (note.title, note.text) == ("A bridge", f"Title: A bridge\n{SENTENCE}")

    def test_a_date_that_says_no_date_is_left_in_the_text(self, write):
        note = article(write("note.txt", f"Title: A bridge\nDate: yesterday\n\n{SENTENCE}"))
        assert note.published is None
        assert "Date: yesterday" in note.text

    def test_a_lone_heading_is_the_title(self, write):
        note = article(write("note.txt", f"Harbour Gazette\n\n{SENTENCE}"))
        assert (note.title, note.source) == ("Harbour Gazette", None)

    def test_a_question_may_be_a_title(self, write):
        assert article(write("note.txt", f"Who pays for it?\n\n{SENTENCE}")).title == "Who pays for it?"

    def test_a_headline_above_a_caption_is_no_source(self, write):
        note = article(write("note.txt", f"Envoys line up to visit\n\nThe Envoy at Home\n\n{SENTENCE}"))
        assert (note.title, note.source) == ("Envoys line up to visit", None)

    @pytest.mark.parametrize(
        "text",
        [
            SENTENCE,
            "three\n\nshort\n\nlines",
            "The council met on Tuesday and agreed to build\nthe bridge over the river this year.",
            f"By the river there was a bridge.\n\n{SENTENCE}",
        ],
        ids=["a sentence", "no full paragraph", "a paragraph of wrapped lines", "a sentence with by"],
    )
    def test_text_without_a_heading_has_no_title(self, write, text):
        note = article(write("note.txt", text))
        assert (note.title, note.author, note.text) == ("", None, text)

    def test_lines_without_blank_ones_between_them_are_paragraphs_where_they_are_long(self, write):
        note = article(write("note.txt", f"A bridge at last\nBy Jo Reed\n{SENTENCE * 3}\n{SENTENCE}"))
        assert (note.title, note.author) == ("A bridge at last", "Jo Reed")

    def test_right_to_left_text_keeps_its_order(self):
        rain = article(ARTICLES / "rain.txt")
        assert rain.title == "هطول الأمطار يغلق الطريق الجبلي"
        assert rain.text.endswith("وقالت إنه سيفتح خلال ثلاثة أيام.")

    def test_the_time_of_the_file_is_no_date(self, write):
        path = write("note.txt", SENTENCE)
        os.utime(path, (0, 0))
        assert article(path).published is None

    def test_a_line_of_five_megabytes_is_read(self, write):
        long = " ".join([SENTENCE] * 90_000)
        assert article(write("note.txt", long)).text == long

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text())
    def test_any_text_is_stored_as_its_cleaned_self_or_refused(self, tmp_path, text):
        path = tmp_path / "any.txt"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        (loaded,) = load(path)
        assert isinstance(loaded, Failure) or loaded.text == clean_text(text)


class TestEncodings:
    QUOTED = "The mayor said: “We are ready” and the café has a budget of £4 million… The council agreed."
    ACCENTED = "Le café des Amis, à Liège, a rouvert après dix ans. Les habitués étaient très émus."

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
    def test_typographic_quotes_survive_any_encoding(self, write, encoding):
        assert article(write("note.txt", self.QUOTED.encode(encoding))).text == self.QUOTED

    def test_latin_1_is_read(self, write):
        assert article(write("note.txt", self.ACCENTED.encode("latin-1"))).text == self.ACCENTED

    def test_a_short_legacy_text_is_taken_for_western_european(self, write):
        assert article(write("note.txt", "Café fermé.".encode("latin-1"))).text == "Café fermé."

    @pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
    def test_cyrillic_code_pages_are_told_apart(self, write, encoding):
        text = "Мост через реку открыли для пешеходов. Мэр города сказал, что это был прекрасный день."
        assert article(write("note.txt", text.encode(encoding))).text == text

    def test_a_page_says_its_encoding(self, write):
        head, body = (
            '<head><meta charset="windows-1250"></head>',
            f"<body><p>{'Žlutý kůň běžel. ' * 9}</p></body>",
        )
        page = f"<html>{head}{body}</html>"
        assert article(write("kun.html", page.encode("cp1250"))).text.startswith("Žlutý kůň běžel.")

    def test_decomposed_letters_are_composed(self, write):
        assert article(write("note.txt", "Cafe\u0301 open.")).text == "Café open."

    def test_a_nul_becomes_a_space(self, write):
        assert article(write("note.txt", "The bridge\0is open.")).text == "The bridge is open."

    @pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
    def test_binary_data_is_no_text(self, write, suffix):
        reason = failure(write(f"image{suffix}", bytes(range(256)) * 40)).reason
        assert reason == "is not text, or in an unknown encoding; save it as UTF-8"

    @pytest.mark.parametrize("name", ["empty.txt", "empty.md"])
    def test_a_blank_file_has_no_text(self, write, name):
        assert failure(write(name, " ")).reason == "has no text"
