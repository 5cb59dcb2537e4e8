"""Files become articles: what each kind of file says is what the article holds."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.loaders
from index.loaders import Failure, count, find, load
from index.loaders.dates import iso_date
from index.loaders.kinds import KINDS
from index.types import Article, clean_text

ARTICLES = Path(__file__).parent / "data" / "articles"
SENTENCE = "The council met on Tuesday and agreed to build the bridge."


def article(path: Path) -> Article:
    """The one article of a file."""
    (loaded,) = load(path)
    assert isinstance(loaded, Article), loaded
    return loaded


def failure(path: Path) -> Failure:
    """The one reason why a file gave no article."""
    (loaded,) = load(path)
    assert isinstance(loaded, Failure), loaded
    return loaded


def test_the_package_exports_what_it_says():
    assert sorted(index.loaders.__all__) == ["Failure", "count", "find", "load"]


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


class TestHtml:
    def test_the_page_says_its_fields(self):
        ferry = article(ARTICLES / "ferry.html")
        assert ferry.title == "Ferry service returns to the bay"
        assert ferry.author == "Dara Lim"
        assert ferry.source == "Harbour Gazette"
        assert ferry.url == "https://gazette.example/news/ferry-returns"
        assert ferry.published == "2021-05-14T08:30:00+07:00"
        assert ferry.language == "en"
        assert ferry.tags == ("ferries", "transport")

    def test_the_text_is_the_main_text_alone(self):
        assert article(ARTICLES / "ferry.html").text == "\n".join(
            [
                "Passenger ferries crossed the bay on Friday for the first time in six years, ending a gap "
                "that began when a storm closed the old pier.",
                "",
                "The harbour master, Sophea Chan, said the two boats would make twelve crossings a day and "
                "carry up to 180 people each.",
                "",
                "Cheaper than the bridge",
                "",
                "A single ticket costs 2,000 riel, half of what the bus over the bridge costs. "
                "Children travel free.",
                "",
                "First boat: 6 a.m.",
                "Last boat: 9 p.m.",
                "",
                "Stop | Minutes",
                "Old pier | 0",
                "Market | 18",
                "",
                "“We waited a long time for this,” said Maly Oun, a fish seller who took the first boat.",
            ]
        )

    @pytest.mark.parametrize(
        "page", [" ", "<html></html>", "<html><body><script>run()</script></body></html>"]
    )
    def test_a_page_without_text_is_refused(self, write, page):
        assert failure(write("page.html", page)).reason.startswith("has no main text")

    def test_navigation_and_footer_are_no_main_text(self):
        assert failure(ARTICLES / "front-page.html").reason.startswith("has no main text")

    @pytest.mark.parametrize(
        ("head", "top", "published"),
        [
            (
                '<meta property="article:published_time" content="2019-11-30T08:00:00Z">',
                "",
                "2019-11-30T08:00:00+00:00",
            ),
            ('<meta name="date" content="2019-11">', "", "2019-11"),
            ('<script type="application/ld+json">{"datePublished": "2019"}</script>', "", "2019"),
            ("", '<time datetime="2019-11-30">last week</time>', "2019-11-30"),
            ("", '<p class="date">30 November 2019</p>', "2019-11-30"),
            ("", "<time>yesterday</time>", None),
            ('<meta property="article:modified_time" content="2019-11-30">', "", None),
        ],
    )
    def test_a_date_is_what_the_page_says_and_no_more(self, write, head, top, published):
        body = f"<article>{top}<p>{SENTENCE * 5}</p></article><footer>© 2024</footer>"
        page = f"<html><head>{head}</head><body>{body}</body></html>"
        assert article(write("page.html", page)).published == published

    def test_a_repeated_sentence_is_kept_each_time(self, write):
        page = f"<html><body><article><p>{SENTENCE}</p><p>Yes.</p><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).text.count(SENTENCE) == 2

    def test_a_fragment_is_a_page(self, write):
        assert article(write("part.html", f"<p>{SENTENCE}</p>")).text == SENTENCE

    def test_several_authors_are_listed(self, write):
        authors = '[{"@type": "Person", "name": "Ana Diaz"}, {"@type": "Person", "name": "Bo Li"}]'
        about = f'{{"@context": "https://schema.org", "@type": "NewsArticle", "author": {authors}}}'
        script = f'<script type="application/ld+json">{about}</script>'
        page = f"<html><head>{script}</head><body><p>{SENTENCE}</p></body></html>"
        assert article(write("page.html", page)).author == "Ana Diaz, Bo Li"

    def test_elements_a_hundred_thousand_deep_do_no_harm(self, write):
        assert len(list(load(write("deep.html", "<html><body>" + "<div>" * 100_000 + SENTENCE)))) == 1

    def test_xhtml_with_an_xml_declaration_is_read(self, write):
        page = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">'
            f"<head><title>Pont</title></head><body><p>{SENTENCE * 5}</p></body></html>"
        )
        bridge = article(write("pont.xhtml", page))
        assert (bridge.title, bridge.language) == ("Pont", "fr")


class TestJsonLines:
    LOADED = tuple(load(ARTICLES / "wire.jsonl"))

    def test_every_field_of_a_line_is_kept(self):
        assert self.LOADED[0] == Article(
            article_id="wire-1",
            text="The dam is full for the first time since 2011.",
            title="Dam is full",
            url="https://wire.example/1",
            published="2022-03-04",
            author="Wire desk",
            source="Wire",
            language="en",
            tags=("water",),
        )

    def test_other_keys_of_a_single_value_are_fields(self, write):
        other = {
            "section": " Asia\n desk",
            "page": 3,
            "front": True,
            "rating": 4.5,
            "empty": "",
            "none": None,
        }
        line = json.dumps({"text": SENTENCE, "id": "a", **other, "list": [1], "object": {"a": 1}})
        assert article(write("one.jsonl", line)).fields == {
            "section": "Asia desk", "page": "3", "front": "true", "rating": "4.5"
        }  # fmt: skip

    def test_a_bad_line_is_a_failure_and_the_rest_goes_on(self):
        assert [one.text if isinstance(one, Article) else one.reason for one in self.LOADED[1:]] == [
            "The bakery on Mill Street reopened.",
            "is not JSON: Unterminated string starting at at column 30",
            'must have a "text" that is a string',
            'has "tags" that are not a list of strings',
            'is not a JSON object; write {"text": "..."}',
            "A line of nothing but text.",
        ]

    def test_a_failure_names_its_line(self):
        assert isinstance(self.LOADED[2], Failure)
        assert self.LOADED[2].location == f"{ARTICLES / 'wire.jsonl'}, line 4"

    def test_count_is_of_lines_that_are_not_blank(self):
        assert count(ARTICLES / "wire.jsonl") == len(self.LOADED) == 7

    @pytest.mark.parametrize("field", ["id", "title", "url", "published", "author", "source", "language"])
    @pytest.mark.parametrize(("value", "named"), [(5, "a number"), ([], "a list"), (True, "true or false")])
    def test_a_wrong_type_is_named_with_its_field(self, write, field, value, named):
        line = json.dumps({"text": SENTENCE, field: value})
        assert re.search(f'"{field}" that is {named}', failure(write("one.jsonl", line)).reason)

    def test_null_and_empty_fields_are_as_good_as_absent(self, write):
        line = json.dumps({"text": SENTENCE, "title": "", "author": None, "published": "", "tags": None})
        bare = article(write("one.jsonl", line))
        assert (bare.title, bare.author, bare.published, bare.tags) == ("", None, None, ())

    def test_a_date_that_says_no_date_is_refused(self, write):
        line = json.dumps({"text": SENTENCE, "published": "yesterday"})
        assert failure(write("one.jsonl", line)).reason == (
            "has a \"published\" that is no date: 'yesterday'; write it like 2019-11-30"
        )

    def test_a_lone_surrogate_becomes_a_replacement_character(self, write):
        line = r'{"text": "A broken \ud800 sign", "title": "\ud800 and \u0000 line\nbreak"}'
        broken = article(write("one.jsonl", line))
        assert broken.text == "A broken \N{REPLACEMENT CHARACTER} sign"
        assert broken.title == "\N{REPLACEMENT CHARACTER} and line break"

    def test_a_byte_order_mark_is_passed_over(self, write):
        assert (
            article(write("one.jsonl", json.dumps({"text": SENTENCE}).encode("utf-8-sig"))).text == SENTENCE
        )

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b'{"text": "caf\xe9"}', "is not UTF-8: byte 14"),
            (b"[" * 100_000, "is not JSON"),
            (b'{"text": "a", "n": ' + b"1" * 5_000 + b"}", "is not JSON that can be read"),
            (b'{"text": " "}', "has no text"),
        ],
        ids=["latin-1", "too deep", "a number too long", "blank text"],
    )
    def test_lines_that_are_not_json_articles(self, write, line, reason):
        assert failure(write("one.jsonl", line)).reason.startswith(reason)


class TestIds:
    def test_without_an_id_it_is_made_of_the_file_name_and_its_path(self, write):
        path = write("Été à la Ville!.txt", SENTENCE)
        digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
        assert article(path).article_id == f"ete-a-la-ville-{digest}"

    def test_an_address_makes_it_the_same_wherever_the_file_lies(self, write):
        here, there = (write(f"{folder}/a.txt", f"URL: https://x.example/a\n\n{SENTENCE}") for folder in "ab")
        digest = hashlib.sha256(b"https://x.example/a").hexdigest()[:8]
        assert article(here).article_id == article(there).article_id == f"a-{digest}"

    def test_it_is_the_same_through_a_link(self, write, tmp_path):
        (tmp_path / "link.txt").symlink_to(write("real.txt", SENTENCE))
        assert article(tmp_path / "link.txt") == article(tmp_path / "real.txt")

    def test_a_name_without_ascii_letters_still_gives_one(self, write):
        assert article(write("文章.txt", SENTENCE)).article_id.startswith("article-")

    def test_a_long_name_is_cut(self, write):
        assert len(article(write("word-" * 40 + ".txt", SENTENCE)).article_id) <= 60 + len("-01234567")

    def test_a_line_without_id_is_known_by_its_title_and_text(self, write):
        made = article(write("one.jsonl", json.dumps({"text": SENTENCE, "title": "A Bridge"}))).article_id
        assert made == f"a-bridge-{hashlib.sha256(SENTENCE.encode()).hexdigest()[:8]}"

    @pytest.mark.parametrize("said", ["a/b?c=d", "文章 1", "‮rtl", "x" * 200])
    def test_a_given_id_is_kept_as_it_is(self, write, said):
        assert article(write("one.jsonl", json.dumps({"text": SENTENCE, "id": said}))).article_id == said

    @pytest.mark.parametrize("said", ["a\nb", "a\0", "\x7f", "\ud800", "", "  ", "x" * 201])
    def test_an_id_that_could_not_be_used_is_refused(self, write, said):
        assert '"id"' in failure(write("one.jsonl", json.dumps({"text": SENTENCE, "id": said}))).reason


class TestFind:
    def test_a_folder_gives_its_supported_files_sorted(self, write, tmp_path):
        for name in ("b.txt", "a.MD", "sub/c.html", "photo.png", ".hidden.txt", ".git/d.txt"):
            write(name, SENTENCE)
        files, failures = find([tmp_path])
        assert [str(path.relative_to(tmp_path)) for path in files] == ["a.MD", "b.txt", "sub/c.html"]
        assert failures == []

    def test_a_file_comes_once_however_often_it_is_reached(self, write, tmp_path):
        path = write("a.txt", SENTENCE)
        (tmp_path / "b.txt").symlink_to(path)
        assert find([path, tmp_path, tmp_path / "." / "a.txt"]) == ([path], [])

    def test_loops_of_links_do_no_harm(self, write, tmp_path):
        path = write("sub/a.txt", SENTENCE)
        (tmp_path / "sub" / "up").symlink_to(tmp_path)
        (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
        files, failures = find([tmp_path])
        assert files == [path]
        assert [one.location for one in failures] == [str(tmp_path / "self.txt")]

    def test_what_does_not_exist_is_a_failure(self, tmp_path):
        missing = tmp_path / "missing.txt"
        assert find([missing]) == ([], [Failure(str(missing), "does not exist")])

    def test_a_named_file_of_another_kind_is_told_the_supported_ones(self, write):
        files, failures = find([write("photo.png", b"")])
        assert files == []
        assert all(suffix in failures[0].reason for suffix in KINDS)

    def test_a_pipe_and_a_dangling_link_are_failures_not_waits(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.txt")
        (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
        files, failures = find([tmp_path])
        assert files == []
        assert [one.reason for one in failures] == ["is a broken link or not a regular file"] * 2

    def test_every_file_of_the_examples_is_found(self):
        assert {path.name for path in find([ARTICLES])[0]} == {path.name for path in ARTICLES.iterdir()}


class TestNothingRaises:
    @pytest.mark.parametrize("suffix", KINDS)
    def test_a_folder_named_like_a_file_can_not_be_opened(self, tmp_path, suffix):
        path = tmp_path / f"folder{suffix}"
        path.mkdir()
        assert failure(path) == Failure(str(path), "can't be opened: Is a directory")
        assert count(path) == 1

    @pytest.mark.parametrize("suffix", KINDS)
    def test_a_dangling_link_can_not_be_opened(self, tmp_path, suffix):
        path = tmp_path / f"gone{suffix}"
        path.symlink_to(tmp_path / "nowhere")
        assert failure(path).reason == "can't be opened: No such file or directory"

    def test_an_unsupported_file_is_told_the_supported_kinds(self, write):
        path = write("photo.png", b"")
        assert ".jsonl" in failure(path).reason
        assert count(path) == 0

    def test_a_name_that_is_not_utf_8_can_be_reported(self, tmp_path):
        failure(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).location.encode()

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
    @given(suffix=st.sampled_from(sorted(KINDS)), content=st.binary() | st.text().map(str.encode))
    def test_any_bytes_give_articles_or_failures(self, tmp_path, suffix, content):
        path = tmp_path / f"any{suffix}"
        path.write_bytes(content)
        assert all(isinstance(loaded, Article | Failure) for loaded in load(path))


class TestDates:
    @pytest.mark.parametrize(
        ("text", "date"),
        [
            ("2019", "2019"),
            ("2019-11", "2019-11"),
            ("Nov. 2019", "2019-11"),
            ("30 November 2019", "2019-11-30"),
            ("Saturday, November 30th, 2019", "2019-11-30"),
            ("30 novembre 2019", "2019-11-30"),
            ("2019年11月30日", "2019-11-30"),
            ("٣٠ نوفمبر ٢٠١٩", "2019-11-30"),
            ("30.11.2019", "2019-11-30"),
            ("2019/11/30", "2019-11-30"),
            ("30/11/2019", "2019-11-30"),
            ("2019-11-30T10:15", "2019-11-30T10:15"),
            ("2019-11-30T10:15:30.5Z", "2019-11-30T10:15:30+00:00"),
            ("2019-11-30 10:15 +0700", "2019-11-30T10:15+07:00"),
            ("Nov 30, 2019 10:15 PM EST", "2019-11-30T22:15-05:00"),
        ],
    )
    def test_a_date_is_read_as_precisely_as_it_is_said(self, text, date):
        assert iso_date(text) == date

    @pytest.mark.parametrize("text", ["12/11/2019", "Monday 2019", "10:30 2019", "Friday 13, 2019"])
    def test_only_what_is_certain_is_kept(self, text):
        assert iso_date(text) == "2019"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "yesterday",
            "May",
            "30 November",
            "30 Nov 19",
            "Nov 30 10:30",
            "3 days ago",
            "2019-13-01",
            "2019-02-30",
            "2019-W12",
            "2019-11-30T25:00",
            "The 2019 election",
            "Page 3 of 2019",
            "2018-2019",
            "x" * 10_000,
        ],
    )
    def test_what_is_no_absolute_date_gives_none(self, text):
        assert iso_date(text) is None
