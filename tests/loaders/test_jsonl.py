"""JSON Lines: one article a line."""

from __future__ import annotations

import json
import re

import pytest

from index.loaders import Failure, count, load
from index.types import Article
from tests.loaders.documents import ARTICLES, SENTENCE, article, failure


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
