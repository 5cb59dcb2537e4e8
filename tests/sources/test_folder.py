"""Folders and single files."""

from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources.fetch import Fetcher
from tests.sources.reader import Reader


class TestFolder:
    def test_finds_what_is_new_changed_same_and_gone(self, tmp_path: Path, fetcher: Fetcher) -> None:
        for name in ("a", "b", "c"):
            (tmp_path / f"{name}.txt").write_text(f"{name} says something.", encoding="utf-8")
        reader = Reader(fetcher, "folder", str(tmp_path))
        assert len(reader.read().articles) == reader.total == 3
        (tmp_path / "a.txt").write_text("a says something else.", encoding="utf-8")
        (tmp_path / "b.txt").unlink()
        (tmp_path / "d.txt").write_text("d is new.", encoding="utf-8")
        seen = reader.read()
        assert [article.text for article in seen.articles] == ["a says something else.", "d is new."]
        assert {key.rsplit("/", 1)[1] for key in seen.same} == {"c.txt"}
        assert {key.rsplit("/", 1)[1] for key in seen.gone} == {"b.txt"}

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path, fetcher: Fetcher) -> None:
        with pytest.raises(SourceError, match="does not exist"):
            Reader(fetcher, "folder", str(tmp_path / "none")).read()

    def test_one_file_is_a_source_too(self, tmp_path: Path, fetcher: Fetcher) -> None:
        (tmp_path / "wire.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n', encoding="utf-8")
        reader = Reader(fetcher, "folder", str(tmp_path / "wire.jsonl"))
        assert len(reader.read().articles) == reader.total == 2
        assert len(reader.read().same) == 1
