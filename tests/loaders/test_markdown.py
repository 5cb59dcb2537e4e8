"""Markdown and its front matter."""

from __future__ import annotations

import pytest

from index.loaders import load
from tests.loaders.documents import ARTICLES, SENTENCE, article, failure


class TestMarkdown:
    def test_front_matter_gives_the_fields(self):
        glacier = article(ARTICLES / "glacier.md")
        assert glacier.article_id == "glacier-2020"
        assert glacier.title == "Glacier loses a tenth of its ice"
        assert glacier.published == "2020-08-09"
        assert glacier.author == "Ida Berg, Jon Falk"
        assert glacier.source == "Mountain Weekly"
        assert glacier.url == "https://mountain.example/glacier"
        assert glacier.language == "en"
        assert glacier.tags == ("climate", "mountains")

    def test_whatever_else_it_says_is_kept_as_text(self, write):
        said = "section: Asia\npage: 3\nfront: true\nrating: 4.5\nseen: 2020-01-02\nempty:\nlist: [1]"
        note = article(write("note.md", f"---\n{said}\n---\n{SENTENCE}"))
        assert note.fields == {
            "section": "Asia", "page": "3", "front": "true", "rating": "4.5", "seen": "2020-01-02"
        }  # fmt: skip

    def test_the_text_is_plain(self):
        assert article(ARTICLES / "glacier.md").text == "\n".join(
            [
                "The Stor glacier lost a tenth of its ice in five years, the survey says.",
                "",
                "What was measured",
                "",
                "length, by satellite",
                "thickness, by radar",
                "",
                "Year | Metres",
                "2015 | 210",
                "2020 | 189",
                "",
                "“It will not come back,” said Berg.",
                "",
                "loss = 1 - 189 / 210",
            ]
        )

    def test_an_image_leaves_no_gap(self, write):
        assert article(write("note.md", "A cat ![a cat](cat.png) sat.")).text == "A cat sat."

    def test_the_first_heading_is_the_title_and_not_repeated(self):
        orchard = article(ARTICLES / "orchard.md")
        assert orchard.title == "Orchard wins a prize"
        assert orchard.text == "The school orchard won the regional prize for its old kinds of apples."

    def test_a_heading_under_a_title_stays_in_the_text(self, write):
        note = article(write("note.md", f"---\ntitle: One\n---\n# Another\n\n{SENTENCE}"))
        assert (note.title, note.text) == ("One", f"Another\n\n{SENTENCE}")

    @pytest.mark.parametrize(
        ("written", "published"),
        [
            ("2019", "2019"),
            ("2019-11", "2019-11"),
            ("2019-11-30", "2019-11-30"),
            ("2019-11-30 10:15:00", "2019-11-30T10:15:00"),
            ("2019-11-30T10:15:00+07:00", "2019-11-30T10:15:00+07:00"),
            ("30 November 2019", "2019-11-30"),
        ],
    )
    def test_a_date_is_as_precise_as_it_was_written(self, write, written, published):
        assert article(write("note.md", f"---\ndate: {written}\n---\n{SENTENCE}")).published == published

    def test_broken_front_matter_names_its_line(self):
        assert failure(ARTICLES / "broken-front-matter.md").reason == (
            "has front matter that is not YAML at line 2: mapping values are not allowed in this context"
        )

    @pytest.mark.parametrize("text", [f"---\n\n{SENTENCE}\n\n---\n\nEnd.", f"---\n\n{SENTENCE}"])
    def test_a_rule_at_the_top_is_no_front_matter(self, write, text):
        assert SENTENCE in article(write("note.md", text)).text

    def test_a_nested_field_is_refused_by_name(self, write):
        reason = failure(write("note.md", f"---\ntitle:\n  main: One\n---\n{SENTENCE}")).reason
        assert reason == 'has a "title" that is an object; it must be a string'

    def test_many_levels_of_quotes_do_no_harm(self, write):
        assert len(list(load(write("deep.md", ">" * 5_000 + " deep")))) == 1
