"""Formats: real documents of each kind give their text and what they say of themselves."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from index.loaders import Failure, count, load
from index.loaders.pdf_layout import Line, joined_pages
from index.loaders.records import FIELDS
from index.sync import ingest
from index.types import Article
from qa_service.types import Citation
from tests.conftest import SIZE
from tests.test_loaders import ARTICLES, SENTENCE, article, failure

WATER = ARTICLES / "water-report.pdf"


def citation(of: Article, quote: str) -> Citation:
    start = of.text.index(quote)
    return Citation.of(1, of, (start, start + len(quote)), (start, start + len(quote)))


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


class TestOfficeDocuments:
    def test_word_says_its_fields(self):
        market = article(ARTICLES / "market.docx")
        assert market.title == "Covered market opens in Vila"
        assert (market.author, market.published, market.language) == ("Rosa Tavares", "2022-05-07", "en")
        assert market.tags == ("markets", "Vila")

    def test_word_gives_paragraphs_lists_and_tables_with_all_changes_accepted(self):
        assert article(ARTICLES / "market.docx").text == (
            "Covered market opens in Vila\n\n"
            "The covered market of Vila opened on Saturday with sixty-two stalls under a roof of glass.\n\n"
            "What is sold\n\n"
            "Fish from the harbour\nBread and cheese\n\n"
            "Day | Hours\nSaturday | 7 to 14\n\n"
            "The roof took three years to build."
        )

    def test_opendocument_says_its_fields(self):
        light = article(ARTICLES / "lighthouse.odt")
        assert light.title == "Lighthouse of Skarv goes dark"
        assert (light.author, light.published, light.language) == ("Nils Aune", "2021-02-14", "en-GB")
        assert light.tags == ("lighthouses",)

    def test_opendocument_gives_its_words_without_notes_and_comments(self):
        assert article(ARTICLES / "lighthouse.odt").text == (
            "Lighthouse of Skarv goes dark\n\n"
            "The lighthouse of Skarv was switched off on Sunday after 131 years.\n\n"
            "Height: 28 metres\nKeepers: none since 1987\n\n"
            "Year | Ships\n1960 | 412\n\n"
            "Ships now find their way by satellite."
        )

    def test_rich_text_knows_code_pages_and_characters_by_number(self):
        cafe = article(ARTICLES / "cafe.rtf")
        assert cafe.title == "Café on the bridge reopens"
        assert (cafe.author, cafe.published, cafe.language) == ("Tom Åkesson", "2023-04-09", "en-GB")
        assert cafe.tags == ("cafés", "bridges")
        assert cafe.text == (
            "Café on the bridge reopens\n\n"
            "The café on the old bridge opened its doors again on Sunday — two years after the flood 😀.\n\n"
            "It is called Мост, which is Russian for bridge.\n\n"
            "Day | Hours\nSunday | 10 to 18\n\n"
            "The owner, Tom Åkesson, bakes the bread himself."
        )


class TestBooksAndMail:
    def test_a_book_says_its_fields(self):
        valley = article(ARTICLES / "valley.epub")
        assert valley.title == "Walks in the Orla Valley"
        assert (valley.author, valley.published, valley.language) == (
            "Ida Lund, Per Holm",
            "2018-03-01",
            "en",
        )
        assert (valley.source, valley.tags) == ("Hill Press", ("walking",))

    def test_its_chapters_come_in_the_order_of_reading_without_the_contents(self):
        assert article(ARTICLES / "valley.epub").text == (
            "The spring\n\nThe river begins at a spring,\nwhich never freezes.\n\n"
            "Height: 940 m\nSteps: 212\n\n"
            "The mill\n\nThe mill at Orla ground its last corn in 1954.\n\nIt is a school now."
        )

    def test_a_protected_book_is_told(self, tmp_path):
        path = tmp_path / "drm.epub"
        path.write_bytes((ARTICLES / "valley.epub").read_bytes())
        with zipfile.ZipFile(path, "a") as book:
            book.writestr(
                "META-INF/encryption.xml",
                '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><x><CipherReference '
                'xmlns="http://www.w3.org/2001/04/xmlenc#" URI="OEBPS/text/two.xhtml"/></x></encryption>',
            )
        assert failure(path).reason == "is protected against copying (DRM), and can't be read"

    def test_a_message_is_an_article_by_its_sender(self):
        letter = article(ARTICLES / "timetable.eml")
        assert letter.title == "Winter timetable — fewer boats"
        assert (letter.author, letter.published) == ("Zoë Marchand", "2020-11-06T07:45+01:00")
        assert (letter.language, letter.tags) == ("en", ("ferries", "timetable"))
        assert letter.text == "From Monday on, four boats a day cross the sound instead of nine.\n\nZoë"

    def test_a_message_of_html_alone_gives_its_words(self, write):
        head = "Subject: Boats\nContent-Type: text/html; charset=latin-1\n\n"
        body = "<html><head><title>x</title></head><body><p>Caf\xe9</p><ul><li>a<li>b</ul></body></html>"
        assert article(write("boats.eml", (head + body).encode("latin-1"))).text == "Café\n\na\nb"

    def test_what_is_no_message_is_told(self, write):
        assert failure(write("note.eml", SENTENCE)).reason.startswith("is no e-mail")


class TestTables:
    def test_usual_names_are_known(self, write):
        table = "Headline,Date,Body,Authors,Keywords,Link\nFerry,30 Nov. 2019,It sails.,Jo Reed,boats; sea,https://x.example/a\n"
        ferry = article(write("news.csv", table))
        assert (ferry.title, ferry.published, ferry.text) == ("Ferry", "2019-11-30", "It sails.")
        assert (ferry.author, ferry.tags, ferry.url) == ("Jo Reed", ("boats", "sea"), "https://x.example/a")

    def test_other_names_are_told(self, write):
        path = write("news.csv", "kop,verhaal\nFerry,It sails.\n")
        assert failure(path).reason == (
            'has no column "text"; say which one holds it: --column text=NAME (it has: kop, verhaal)'
        )
        (ferry,) = load(path, {"text": "verhaal", "title": "kop"})
        assert isinstance(ferry, Article)
        assert (ferry.title, ferry.text) == ("Ferry", "It sails.")

    def test_a_column_that_is_not_there_is_told(self, write):
        path = write("news.csv", "title,text\nFerry,It sails.\n")
        assert [one.reason for one in load(path, {"title": "kop"}) if isinstance(one, Failure)] == [
            'has no column "kop"; it has: title, text'
        ]

    def test_the_keys_of_json_lines_may_be_told_too(self, write):
        path = write("news.jsonl", '{"kop": "Ferry", "verhaal": "It sails."}\n{"kop": "Ferry"}')
        ferry, bad = load(path, {"text": "verhaal", "title": "kop"})
        assert isinstance(ferry, Article)
        assert isinstance(bad, Failure)
        assert (ferry.title, bad.reason) == ("Ferry", 'must have a "verhaal" that is a string')

    def test_usual_names_in_json_lines_are_taken_where_they_fit(self, write):
        line = '{"body": "It sails.", "authors": ["A", "B"], "date": "last week", "keywords": [1], "site": 5}'
        ferry = article(write("news.jsonl", line))
        assert (ferry.text, ferry.author, ferry.published, ferry.tags, ferry.source) == (
            *("It sails.", "A, B", None, (), None),
        )

    def test_what_is_no_field_of_ours_is_kept_beside_them(self, write):
        table = "text,headline,title,desk,date\nIt sails.,Boats,Ferry,Harbour,last week\n"
        ferry = article(write("news.csv", table))
        assert (ferry.title, ferry.published) == ("Ferry", None)
        assert ferry.fields == {"headline": "Boats", "desk": "Harbour", "date": "last week"}

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_usual_delimiter_is_seen(self, write, delimiter):
        rows = [["title", "text"], ["Ferry", f'"It sails{delimiter} and ""how"".\nFar."']]
        path = write("news.csv", "\n".join(delimiter.join(row) for row in rows))
        assert article(path).text == f'It sails{delimiter} and "how".\nFar.'

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_any_encoding_is_read(self, write, encoding):
        table = "title;text\nGrüße;Viele Grüße aus Köln, schöne Straßen.\n"
        assert article(write("news.csv", table.encode(encoding))).title == "Grüße"

    def test_rows_in_different_encodings_are_each_read_as_what_they_are(self, write):
        rows = [b"text", "Un café à Paris.".encode(), "Un café à Lyon.".encode("cp1252")]
        assert [
            one.text for one in load(write("news.csv", b"\n".join(rows))) if isinstance(one, Article)
        ] == [
            *("Un café à Paris.", "Un café à Lyon."),
        ]

    def test_bad_rows_are_told_with_their_lines_and_the_rest_goes_on(self, write):
        rows = ["title,text", "A,one", "B,two,three", "C,", '"D"x,four', 'E,"five\nfive"', 'F,"six']
        outcomes = [
            one.text if isinstance(one, Article) else f"{one.location[-6:]} {one.reason}"
            for one in load(write("news.csv", "\n".join(rows)))
        ]
        assert outcomes == [
            "one",
            "line 3 has 3 cells, but the header names 2; quote what has commas",
            'line 4 must have a "text" that is a string',
            "line 5 is not CSV: ',' expected after '\"'",
            "five\nfive",
            "line 8 is not CSV: unexpected end of data",
        ]

    def test_count_is_of_rows(self, write):
        assert count(write("news.csv", 'text\n"a\nb"\n\nc\n')) == 2

    def test_tab_separated_values_are_a_table(self, write):
        assert article(write("news.tsv", "title\ttext\nFerry\tIt sails.")).title == "Ferry"

    def test_the_fields_are_those_of_an_article(self):
        assert set(FIELDS) == {
            *("text", "id", "title", "url", "published", "author", "source", "language", "tags")
        }


def zipped(members: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode) as file:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return archive.getvalue()


MEMBERS = {
    "news/2019/a.txt": SENTENCE.encode(),
    "b.jsonl": b'{"id": "one", "text": "First."}\n{"id": "two", "text": "Second."}\n',
    "photo.png": b"\x89PNG",
    ".hidden.txt": b"x",
    "__MACOSX/._a.txt": b"x",
    "water.pdf": WATER.read_bytes(),
    "bad.pdf": b"not one",
}


class TestArchives:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("all.zip", zipped(MEMBERS)),
            ("all.tar.gz", tarred(MEMBERS)),
            ("all.tgz", tarred(MEMBERS)),
            ("all.tar", tarred(MEMBERS, "w")),
        ],
        ids=["zip", "tar.gz", "tgz", "tar"],
    )
    def test_every_document_in_one_is_read_and_bad_ones_are_told(self, write, name, content):
        path = write(name, content)
        text, one, two, water, bad = load(path)
        assert isinstance(text, Article)
        assert text.text == SENTENCE
        assert text.article_id.startswith("a-")
        assert [one.article_id, two.article_id] == ["one", "two"]  # type: ignore[union-attr]
        assert isinstance(water, Article)
        assert water.pages
        assert isinstance(bad, Failure)
        assert bad.location == f"{path}/bad.pdf"
        assert count(path) == 5

    def test_the_same_name_in_two_folders_is_two_articles(self, write):
        path = write("all.zip", zipped({"x/a.txt": b"One.", "y/a.txt": b"Two."}))
        assert len({one.article_id for one in load(path) if isinstance(one, Article)}) == 2

    def test_columns_are_those_of_the_tables_in_it(self, write):
        (ferry,) = load(write("all.zip", zipped({"a.csv": b"verhaal\nIt sails.\n"})), {"text": "verhaal"})
        assert isinstance(ferry, Article)


class TestWebPages:
    @pytest.mark.parametrize(
        ("head", "language"),
        [
            ('<meta http-equiv="Content-Language" content="de">', "de"),
            ('<meta property="og:locale" content="fr_FR">', "fr-FR"),
            ('<meta name="DC.language" content="nl">', "nl"),
            ('<script type="application/ld+json">{"inLanguage": "es"}</script>', "es"),
            ('<meta property="og:locale" content="not a language">', None),
        ],
    )
    def test_a_page_may_say_its_language_in_many_places(self, write, head, language):
        page = f"<html><head>{head}</head><body><article><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).language == language

    @pytest.mark.parametrize(
        ("head", "url"),
        [
            ('<link rel="canonical" href="https://x.example/a">', "https://x.example/a"),
            ('<meta property="og:url" content="https://x.example/b">', "https://x.example/b"),
        ],
    )
    def test_a_page_says_its_address(self, write, head, url):
        page = f"<html><head>{head}</head><body><article><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).url == url

    @pytest.mark.parametrize("kind", ["ad", "box advertisement", "sponsored"])
    def test_adverts_are_no_main_text(self, write, kind):
        page = (
            f'<body><article><p>{SENTENCE}</p><div class="{kind}"><p>Buy our shoes now!</p></div></article>'
        )
        assert article(write("page.html", f"<html>{page}</html>")).text == SENTENCE


def test_the_examples_were_made_by_real_programs():
    assert PdfReader(WATER).metadata.producer.startswith("ReportLab")  # type: ignore[union-attr]
    assert Path(ARTICLES / "protected.docx").read_bytes().startswith(b"\xd0\xcf\x11\xe0")
