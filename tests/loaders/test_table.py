"""Tables: one article a row."""

from __future__ import annotations

import pytest

from index.loaders import Failure, count, load
from index.loaders.records import FIELDS
from index.types import Article
from tests.loaders.documents import article, failure


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
