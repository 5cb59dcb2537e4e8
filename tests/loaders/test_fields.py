"""Ids that files are given."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.loaders.documents import SENTENCE, article, failure


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
