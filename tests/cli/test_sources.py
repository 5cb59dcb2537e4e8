"""Sources: registered, listed and removed."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, ids, lines
from tests.web import Answer, Web


class TestSource:
    def test_a_folder_is_added_listed_brought_in_and_removed(self, run: Run, stories: Path) -> None:
        said = run("source", "add", stories).stdout
        assert said.startswith(f"Added my-articles (folder: {stories}).")
        assert "python -m qa_service sync my-articles" in said
        assert run("sync").stdout.startswith(
            "my-articles: 3 added, 0 changed, 0 unchanged, 0 gone, 0 failed in"
        )
        (row,) = json.loads(run("source", "list", "--json").stdout)
        assert (row["name"], row["kind"], row["articles"]) == ("my-articles", "folder", 3)
        assert row["synced"].endswith("+00:00")
        assert "my-articles" in run("source", "list").stdout
        assert (
            run("source", "remove", "my-articles", "--yes").stdout
            == "Removed my-articles; 3 articles were deleted.\n"
        )
        assert ids() == set()
        assert run("source", "list").stdout.startswith("There are no sources.")

    def test_removing_asks_what_becomes_of_the_articles(self, run: Run, stories: Path) -> None:
        run("source", "add", stories)
        run("sync")
        kept = run("source", "remove", "my-articles", typed="keep\n").stdout
        assert "What becomes of its 3 articles in the index? (delete, keep) [delete]" in kept
        assert len(ids()) == 3
        run("source", "add", stories)
        run("sync")
        run("source", "remove", "my-articles", typed="\n")
        assert ids() == set()

    def test_articles_may_be_kept(self, run: Run, stories: Path) -> None:
        run("source", "add", stories, "--name", "mine")
        run("sync", "mine")
        assert json.loads(run("source", "remove", "mine", "--keep", "--json").stdout) == {
            "removed": "mine",
            "deleted": 0,
        }
        assert len(ids()) == 3

    def test_a_source_that_was_never_read_is_removed_without_an_index(self, run: Run, stories: Path) -> None:
        run("source", "add", stories)
        assert "There is no index in instance/index" in run("status", status=1).stderr
        run("source", "remove", "my-articles")

    @pytest.mark.parametrize(
        ("path", "kind"), [("/a", "url"), ("/feed", "feed"), ("/sitemap.xml", "sitemap")]
    )
    def test_what_an_address_is_is_seen(self, run: Run, web: Web, path: str, kind: str) -> None:
        web.pages["/feed"] = Answer(b"<rss version='2.0'><channel></channel></rss>", "application/rss+xml")
        web.pages["/sitemap.xml"] = Answer(b"<urlset></urlset>", "application/xml")
        added = json.loads(run("source", "add", web.url(path), "--allow-private", "--json").stdout)
        assert (added["kind"], added["location"], added["allow_private"]) == (kind, web.url(path), True)

    def test_columns_are_kept_with_the_source(self, run: Run, web: Web, tmp_path: Path) -> None:
        table = tmp_path / "news.csv"
        table.write_text("nr,kop,verhaal\n1,Ferry,The ferry sails at nine.\n", encoding="utf-8")
        web.pages["/wire.jsonl"] = Answer(b'{"verhaal": "The train leaves at ten."}', "application/jsonl")
        columns = ("--column", "text=verhaal")
        run("source", "add", table, "--name", "file", *columns, "--column", "title=kop", "--column", "id=nr")
        run("source", "add", web.url("/wire.jsonl"), "--name", "page", "--allow-private", *columns)
        rows = json.loads(run("source", "list", "--json").stdout)
        assert [row["columns"] for row in rows] == [
            {"text": "verhaal", "title": "kop", "id": "nr"}, {"text": "verhaal"},
        ]  # fmt: skip
        said = run("sync").stdout
        assert "file: 1 added" in said
        assert "page: 1 added" in said
        assert "1" in ids()
        table.write_text("nr,kop,verhaal\n1,Ferry,The ferry sails at ten.\n", encoding="utf-8")
        said = run("sync").stdout
        assert "file: 0 added, 1 changed" in said
        assert "page: 0 added, 0 changed, 1 unchanged" in said

    @pytest.mark.parametrize("kind", ["site", "sitemap", "feed"])
    def test_columns_are_of_files_alone(self, run: Run, web: Web, kind: str) -> None:
        what = (web.url("/"), "--kind", kind, "--allow-private", "--column", "text=body")
        message = run("source", "add", *what, status=2).stderr.replace("\n", " ")
        assert f"--column is for folders, files and single addresses; this is a {kind}." in message

    def test_a_site_is_said_to_be_one_with_its_bounds(self, run: Run, web: Web) -> None:
        bounds = ("--depth", "1", "--count", "2", "--every", "15m")
        run("source", "add", web.url("/"), "--kind", "site", "--allow-private", "--name", "site", *bounds)
        (row,) = json.loads(run("source", "list", "--json").stdout)
        assert (row["depth"], row["count"], row["every"]) == (1, 2, 900)
        assert lines(run("sync", "--json"))[-1]["added"] == 2

    def test_a_private_address_is_refused_unless_it_is_allowed(
        self, run: Run, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        message = run("source", "add", web.url("/a"), status=1).stderr
        assert "is refused: 127.0.0.1 is at 127.0.0.1, which is not an address of the internet" in message
        assert "--allow-private" in message
        assert web.asked == []
        monkeypatch.setenv("QA_ALLOW_PRIVATE", "1")
        run("source", "add", web.url("/a"), "--name", "a")
        monkeypatch.delenv("QA_ALLOW_PRIVATE")
        outcome, _ = lines(run("sync", "--json", status=1))
        assert "is refused" in outcome["reason"]

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (["add", "none"], 1, "none does not exist. An address begins with http"),
            (["add", "."], 0, ""),
            (["add", ".", "--kind", "feed"], 2, "A feed is given by an address"),
            (
                ["add", ".", "--every", "often"],
                2,
                "'often' is no interval; write it like 30s, 15m, 2h or 1d.",
            ),
            (["add", ".", "--every", "0m"], 2, "'0m' is no interval"),
            (["add", ".", "--depth", "-1"], 2, "-1"),
            (["add", "http://127.0.0.1:1/", "--allow-private"], 1, "can't be reached"),
            (["remove", "nobody"], 1, "There are no sources."),
        ],
    )
    def test_what_is_wrong_is_said(self, run: Run, arguments: list[str], status: int, said: str) -> None:
        assert said in run("source", *arguments, status=status).stderr

    def test_looking_leaves_nothing_behind(self, run: Run) -> None:
        assert "Add one: python -m qa_service source add" in run("source", "list", status=1).stderr
        assert "There are no sources." in run("sync", status=1).stderr
        assert not Path("instance").exists()

    @pytest.mark.parametrize("command", ["add", "list", "remove"])
    def test_help_teaches(self, run: Run, command: str) -> None:
        text = run("source", command, "--help").stdout
        assert len(text.split("Options:")[0].split()) > 10
        assert "--json" in text
        assert "QA_DATA_DIR" in text
