"""Backups and exported articles on the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from index.local import LocalIndex
from tests.cli.conftest import Run, ids, lines


class TestBackup:
    def test_it_is_restored_beside_what_was_there(self, run: Run, filled: Path) -> None:
        with closing(sqlite3.connect("instance/feedback.db")) as connection:
            connection.execute("CREATE TABLE feedback (words TEXT)")
        made = json.loads(run("backup", "all.backup", "--json").stdout)
        assert made["sha256"].keys() == {"articles.db", "feedback.db"}
        run("delete", "sokha")
        Path("instance/feedback.db").unlink()
        told = json.loads(run("restore", "all.backup", "--json").stdout)
        assert told["articles"] == 3
        assert ids() == {"sokha", "bread", "a/b"}
        assert Path("instance/feedback.db").exists()
        (kept,) = told["kept"]
        with closing(LocalIndex.open(Path(kept))) as before:
            assert {article.article_id for article in before.all()} == {"bread", "a/b"}
        run("verify")

    def test_it_can_be_restored_where_nothing_is(self, run: Run, filled: Path) -> None:
        assert "Backed up articles.db to all.backup" in run("backup", "all.backup").stdout
        said = run("restore", "all.backup", "--data-dir", "elsewhere").stdout
        assert said.startswith("Restored 3 articles as of ")
        assert "kept" not in said
        assert [path.name for path in Path("elsewhere").iterdir()] == ["index"]
        assert "Six ambassadors" in run("ask", "who visited Sokha", "--data-dir", "elsewhere").stdout

    def test_a_damaged_one_changes_nothing(self, run: Run, filled: Path) -> None:
        run("backup", "all.backup")
        data = bytearray(Path("all.backup").read_bytes())
        data[len(data) // 2] ^= 1
        Path("all.backup").write_bytes(data)
        assert "damaged" in run("restore", "all.backup", status=1).stderr
        assert ids() == {"sokha", "bread", "a/b"}
        assert [path.name for path in Path("instance").iterdir()] == ["index"]

    def test_while_another_process_is_at_work_nothing_is_restored(self, run: Run, filled: Path) -> None:
        run("backup", "all.backup")
        with closing(LocalIndex.open(Path("instance/index"))):
            assert "Stop the server" in run("restore", "all.backup", status=1).stderr
        assert [path.name for path in Path("instance").iterdir()] == ["index"]
        run("restore", "all.backup")

    def test_none_is_overwritten(self, run: Run, filled: Path) -> None:
        run("backup", "all.backup")
        assert "Give another name" in run("backup", "all.backup", status=1).stderr

    def test_without_an_index_it_says_how_to_begin(self, run: Run) -> None:
        assert "python -m qa_service ingest" in run("backup", "all.backup", status=1).stderr
        assert not Path("all.backup").exists()


class TestExport:
    def test_it_comes_back_in_another_index(self, run: Run, filled: Path) -> None:
        assert run("export", "all.jsonl").stdout == "Exported 3 articles to all.jsonl.\n"
        summary = lines(run("import", "all.jsonl", "--json", "--data-dir", "elsewhere"))[-1]
        assert (summary["added"], summary["articles"]) == (3, 3)
        assert lines(run("export", "--data-dir", "elsewhere")) == lines(run("export"))
        assert lines(run("import", "all.jsonl", "--json"))[-1]["unchanged"] == 3

    def test_no_file_is_overwritten(self, run: Run, filled: Path) -> None:
        Path("all.jsonl").write_text("mine", encoding="utf-8")
        assert "all.jsonl" in run("export", "all.jsonl", status=1).stderr
        assert Path("all.jsonl").read_text(encoding="utf-8") == "mine"

    def test_a_line_that_can_not_be_read_stops_nothing(self, run: Run, filled: Path) -> None:
        Path("some.jsonl").write_text('{"id": "x"}\n{"id": "y", "text": "Yes."}\n', encoding="utf-8")
        outcomes = lines(run("import", "some.jsonl", "--json", status=1))
        assert "it has no 'text'" in outcomes[0]["reason"]
        assert "y" in ids()
