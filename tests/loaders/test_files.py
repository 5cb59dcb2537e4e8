"""Which files are found, and that nothing raises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.loaders
from index.loaders import Failure, count, find, load
from index.loaders.kinds import KINDS
from index.types import Article
from tests.loaders.documents import ARTICLES, SENTENCE, failure


def test_the_package_exports_what_it_says():
    assert sorted(index.loaders.__all__) == [
        "Failure", "anything", "count", "find", "load", "load_bytes", "load_file",
    ]  # fmt: skip


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
