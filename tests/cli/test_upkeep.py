"""Looking after the index."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run, lines


class TestLookingAfterTheIndex:
    def test_status_tells_sizes_and_what_the_index_was_made_with(self, run: Run, filled: Path) -> None:
        table = json.loads(run("status", "--json").stdout)
        assert (table["articles"], table["chunks"]) == (3, 3)
        assert (table["encoder"], table["dimension"], table["chunk_tokens"]) == ("hashing", 64, 160)
        assert table["folder"] == "instance/index"
        assert "chunk tokens" in run("status").stdout

    def test_status_shows_a_folder_as_it_is_named(self, run: Run, folder: Path) -> None:
        run("ingest", folder, "--data-dir", "of [bold] print")
        assert "of [bold] print" in run("status", "--data-dir", "of [bold] print").stdout

    def test_verify_proves_a_sound_index(self, run: Run, filled: Path) -> None:
        assert run("verify").stdout.startswith("Sound: 3 articles, 3 chunks, generation ")
        assert json.loads(run("verify", "--json").stdout) == {"sound": True, "problems": []}

    def test_verify_names_damage(self, run: Run, filled: Path) -> None:
        with sqlite3.connect("instance/index/articles.db") as connection:
            connection.execute("UPDATE contents SET text = 'Other words.' WHERE title = 'Envoys visit Sokha'")
        report = json.loads(run("verify", "--json", status=1).stdout)
        assert report["sound"] is False
        assert any("'sokha'" in problem for problem in report["problems"])
        assert "✗" in run("verify", status=1).stdout

    def test_a_file_that_is_no_database_is_an_error(self, run: Run, filled: Path) -> None:
        Path("instance/index/articles.db").write_bytes(b"no database at all" * 1000)
        for verb in (["verify"], ["status"], ["ask", "who"]):
            assert "articles.db is not a usable index" in run(*verb, status=1).stderr

    def test_delete_removes_an_article_for_good(self, run: Run, filled: Path) -> None:
        assert json.loads(run("delete", "a/b", "--json").stdout) == {"deleted": "a/b"}
        assert run("delete", "bread").stdout == "Deleted bread.\n"
        reply = json.loads(run("ask", "bread needs flour rain falls", "--json").stdout)
        assert {citation["article_id"] for citation in reply["citations"]} == {"sokha"}
        run("verify")

    @pytest.mark.parametrize("article_id", ["nobody", "", os.fsdecode(b"\xff")])
    def test_delete_of_an_unknown_article_is_an_error(self, run: Run, filled: Path, article_id: str) -> None:
        assert "There is no article" in run("delete", article_id, status=1).stderr

    def test_compact_tells_what_it_gave_back(self, run: Run, filled: Path) -> None:
        run("compact")  # from here on there is a snapshot
        run("delete", "bread")
        sizes = json.loads(run("compact", "--json").stdout)
        assert sizes["bytes_after"] <= sizes["bytes_before"]
        assert "MB → " in run("compact").stdout
        assert json.loads(run("verify", "--json").stdout)["sound"]

    def test_reindex_follows_the_settings(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QA_CHUNK_TOKENS", "16")
        message = run("ask", "who visited Kem Sokha", status=1).stderr
        assert "chunk_tokens: 160 → 16" in message
        assert "python -m qa_service reindex" in message
        summary = lines(run("reindex", "--json"))[-1]
        assert (summary["changed"], summary["articles"]) == (3, 3)
        assert "Six ambassadors" in run("ask", "who visited Kem Sokha").stdout
        assert "3 changed" in run("reindex").stdout
        run("verify")

    @pytest.mark.parametrize("arguments", [["status"], ["verify"], ["delete", "x"], ["compact"], ["reindex"]])
    def test_without_an_index_each_says_how_to_begin_one(self, run: Run, arguments: list[str]) -> None:
        message = run(*arguments, status=1).stderr
        assert "There is no index in instance/index." in message
        assert "python -m qa_service ingest" in message
        assert not Path("instance").exists(), "looking must not leave anything behind"
