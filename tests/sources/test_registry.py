"""The registered sources."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import SourceError
from index.local import LocalIndex
from index.registry import Registry, Source
from tests.sources.follower import Follower


class TestRegistry:
    def test_keeps_what_it_is_given(self, open_index: Callable[[], LocalIndex]) -> None:
        folder = open_index().folder
        columns = {"text": "body"}
        source = Source("news", "site", "https://example.org/", 2, 50, 900, True, None, columns)
        registry = Registry.open(folder)
        registry.add(source)
        registry.synced("news", "2026-11-25T10:00:00+00:00")
        registry.close()
        again = Registry.open(folder)
        assert again.all() == [replace(source, synced="2026-11-25T10:00:00+00:00")]
        again.close()

    def test_one_that_was_made_before_columns_could_be_named_goes_on(
        self, open_index: Callable[[], LocalIndex]
    ) -> None:
        folder = open_index().folder
        registry = Registry.open(folder)
        registry.add(Source("news", "folder", "/news"))
        registry.close()
        with closing(sqlite3.connect(folder / "articles.db")) as connection:
            connection.execute("ALTER TABLE sources DROP COLUMN columns")
        again = Registry.open(folder)
        assert again.all() == [Source("news", "folder", "/news")]
        again.add(Source("wire", "folder", "/wire", columns={"text": "body"}))
        assert again.get("wire").columns == {"text": "body"}
        again.close()

    def test_a_name_is_given_once(self, follower: Follower) -> None:
        follower.add("news", "url", "https://example.org/")
        with pytest.raises(SourceError, match="There is a source 'news' already"):
            follower.add("news", "url", "https://example.org/other")

    def test_an_unknown_name_is_an_error_that_names_the_others(self, follower: Follower) -> None:
        follower.add("news", "url", "https://example.org/")
        with pytest.raises(SourceError, match=r"There is no source 'nws'\. Registered: news\."):
            follower.registry.get("nws")

    def test_does_not_disturb_the_index(self, follower: Follower, folder: Path) -> None:
        follower.add("folder", "folder", folder)
        follower.sync("folder")
        follower.registry.remove("folder")
        assert len(follower.ids()) == 4
        assert not follower.index.verify()
