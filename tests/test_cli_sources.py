"""The command line of sources: registered, brought in step, watched, interrupted; over real HTTP and files.

Only the loading of the models is replaced.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from index.encoder import HashingEncoder
from index.local import LocalIndex
from qa_service.cli import cli
from qa_service.config import Settings
from qa_service.pipeline import Pipeline, manifest
from tests.conftest import BY_MARGIN, SAMPLES, FirstSentence
from tests.web import Answer, Web, page

PATIENCE = 300
"""Seconds that a child process may take on a machine that is busy with other things."""

Run: TypeAlias = Callable[..., Result]


@pytest.fixture(autouse=True)
def _without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(settings: Settings) -> Pipeline:
        encoder = HashingEncoder()
        index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
        return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)

    monkeypatch.setattr(Pipeline, "open", open_)
    monkeypatch.setenv("QA_FETCH_DELAY", "0")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run() -> Run:
    def run_(*arguments: str | Path, status: int = 0, typed: str = "") -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], input=typed)
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run_


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"/": page("Front", "News.", links=("/a", "/b"))}) as web:
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "ab"}
        yield web


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my articles"
    folder.mkdir()
    for name in ("ada", "bea", "cleo"):
        (folder / f"{name}.md").write_text(f"---\nid: {name}\n---\n{name} tells a story.", encoding="utf-8")
    return folder


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def ids(run: Run) -> set[str]:
    index = LocalIndex.open(Path("instance/index"))
    found = {article.article_id for article in index.list(1000)}
    index.close()
    return found


class TestSource:
    def test_a_folder_is_added_listed_brought_in_and_removed(self, run: Run, folder: Path) -> None:
        said = run("source", "add", folder).stdout
        assert said.startswith(f"Added my-articles (folder: {folder}).")
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
        assert ids(run) == set()
        assert run("source", "list").stdout.startswith("There are no sources.")

    def test_removing_asks_what_becomes_of_the_articles(self, run: Run, folder: Path) -> None:
        run("source", "add", folder)
        run("sync")
        kept = run("source", "remove", "my-articles", typed="keep\n").stdout
        assert "What becomes of its 3 articles in the index? (delete, keep) [delete]" in kept
        assert len(ids(run)) == 3
        run("source", "add", folder)
        run("sync")
        run("source", "remove", "my-articles", typed="\n")
        assert ids(run) == set()

    def test_articles_may_be_kept(self, run: Run, folder: Path) -> None:
        run("source", "add", folder, "--name", "mine")
        run("sync", "mine")
        assert json.loads(run("source", "remove", "mine", "--keep", "--json").stdout) == {
            "removed": "mine",
            "deleted": 0,
        }
        assert len(ids(run)) == 3

    def test_a_source_that_was_never_read_is_removed_without_an_index(self, run: Run, folder: Path) -> None:
        run("source", "add", folder)
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


class TestSync:
    def test_tells_each_source_what_became_of_it(self, run: Run, folder: Path, web: Web) -> None:
        run("source", "add", folder, "--name", "files")
        run("source", "add", web.url("/"), "--kind", "site", "--allow-private", "--name", "site")
        run("sync")
        (folder / "ada.md").unlink()
        (folder / "bea.md").write_text("---\nid: bea\n---\nAnother story.", encoding="utf-8")
        del web.pages["/b"]
        rows = lines(run("sync", "--json"))
        summaries = {row["source"]: row for row in rows if row["kind"] == "summary"}
        counts = {
            name: [row[kind] for kind in ("added", "changed", "unchanged", "gone", "failed")]
            for name, row in summaries.items()
        }
        assert counts == {"files": [0, 1, 1, 1, 0], "site": [0, 0, 2, 1, 0]}
        assert {"source": "files", "kind": "gone", "article_id": "ada", "chunks": 0} in rows
        run("verify")

    def test_only_those_that_are_named(self, run: Run, folder: Path, web: Web) -> None:
        run("source", "add", folder, "--name", "files")
        run("source", "add", web.url("/a"), "--allow-private", "--name", "page")
        assert {row["source"] for row in lines(run("sync", "page", "--json"))} == {"page"}
        assert "There is no source 'pag'. Registered: files, page." in run("sync", "pag", status=1).stderr

    def test_one_that_is_down_does_not_stop_the_others(self, run: Run, folder: Path) -> None:
        with Web({"/a": page("A", "Words.")}) as web:
            run("source", "add", web.url("/a"), "--allow-private", "--name", "down")
        run("source", "add", folder, "--name", "files")
        result = run("sync", status=1)
        assert f"✗ {web.url('/a')}: can't be reached" in result.stderr
        assert "files: 3 added" in result.stdout

    def test_more_than_half_gone_asks_for_yes(self, run: Run, folder: Path) -> None:
        run("source", "add", folder, "--name", "files")
        run("sync")
        for name in ("ada", "bea"):
            (folder / f"{name}.md").unlink()
        assert "python -m qa_service sync files --yes" in run("sync", status=1).stderr.replace("\n", " ")
        assert len(ids(run)) == 3
        assert "2 gone" in run("sync", "--yes").stdout
        assert ids(run) == {"cleo"}

    def test_an_article_can_be_asked_for_until_it_is_gone(self, run: Run, folder: Path) -> None:
        run("source", "add", folder, "--name", "files")
        run("sync")
        assert "ada tells a story" in run("ask", "which story does ada tell").stdout
        (folder / "ada.md").unlink()
        run("sync")
        assert "ada" not in json.dumps(json.loads(run("ask", "who is ada", "--json").stdout)["citations"])


class TestIngestOfAddresses:
    @pytest.fixture(autouse=True)
    def _allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_ALLOW_PRIVATE", "yes")

    def test_pages_feeds_sitemaps_and_files_together(self, run: Run, web: Web, folder: Path) -> None:
        rss = f"<rss version='2.0'><channel><item><link>{web.url('/a')}</link></item></channel></rss>"
        web.pages["/feed"] = Answer(rss.encode(), "application/rss+xml")
        web.pages["/map.xml"] = Answer(
            f"<urlset><url><loc>{web.url('/b')}</loc></url></urlset>".encode(), "text/xml"
        )
        what = (folder, web.url("/"), web.url("/feed"), web.url("/map.xml"))
        assert lines(run("ingest", *what, "--json"))[-1]["added"] == 6
        assert lines(run("ingest", *what, "--json"))[-1]["unchanged"] == 6
        assert "There are no sources" in run("sync", status=1).stderr

    def test_a_page_is_asked_for_once(self, run: Run, web: Web) -> None:
        run("ingest", web.url("/a"))
        assert len(web.asked) == 1

    def test_an_address_that_gives_nothing_is_told_and_the_rest_goes_on(self, run: Run, web: Web) -> None:
        web.pages["/picture"] = Answer(b"\x89PNG", "image/png")
        result = run("ingest", web.url("/none"), web.url("/picture"), web.url("/a"), status=1)
        assert "1 added, 0 changed, 0 unchanged, 2 failed" in result.stdout
        said = result.stderr.replace("\n", "")
        assert f"✗ {web.url('/none')}: answers 404" in said
        assert "is image/png, which can't be read as an article" in said

    def test_a_private_address_is_refused(self, run: Run, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("QA_ALLOW_PRIVATE")
        assert "is refused" in run("ingest", web.url("/a"), status=1).stderr
        assert web.asked == []


CHILD = """
import sys
from index.encoder import HashingEncoder
from index.local import LocalIndex
from qa_service.cli import main
from qa_service.pipeline import Pipeline, manifest
from tests.conftest import BY_MARGIN, FirstSentence

def open_(settings):
    encoder = HashingEncoder()
    index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
    return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)

Pipeline.open = open_
main()
"""


class Child:
    """The command line in a process of its own, so that it can be interrupted as a person would."""

    def __init__(self, *arguments: str | Path) -> None:
        environment = {**os.environ, "QA_DATA_DIR": str(Path("instance").resolve()), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, *map(str, arguments)], cwd=SAMPLES.parent, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def interrupted(self) -> tuple[int, str, str]:
        """Exit status, output and errors after a Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=PATIENCE)
        assert "Traceback" not in errors
        return self.process.returncode, output, errors


class TestInterruption:
    def test_sync_finishes_what_is_in_hand_and_goes_on_there(self, run: Run, web: Web) -> None:
        names = [f"/{number}" for number in range(9)]
        web.pages |= {name: page(name, f"The story of {name[1:]}.") for name in names}
        web.pages["/"] = page("Front", "News.", links=tuple(names))
        reached, released = threading.Event(), threading.Event()

        def wait(handler: BaseHTTPRequestHandler) -> None:
            reached.set()
            released.wait(PATIENCE)
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nThe story of 5.")

        web.pages["/5"] = wait
        run("source", "add", web.url("/"), "--kind", "site", "--allow-private", "--name", "site")
        with Child("sync") as child:
            assert reached.wait(PATIENCE)
            threading.Timer(0.5, released.set).start()
            status, output, errors = child.interrupted()
        assert status == 130
        assert "site: 7 added, 0 changed, 0 unchanged, 0 gone, 0 failed" in output
        assert "Finishing what is in hand." in errors
        assert "The same command goes on from here." in errors
        web.pages["/5"] = Answer(b"The story of 5.", "text/plain")
        web.take_asked()
        summary = lines(run("sync", "--json"))[-1]
        assert (summary["added"], summary["unchanged"], summary["articles"]) == (3, 7, 10)
        assert [path for path, code in web.take_asked().items() if code == 200] == ["/5", "/6", "/7", "/8"]

    def test_ingest_finishes_what_is_in_hand_and_goes_on_there(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "wire.jsonl"
        rows = [json.dumps({"id": f"a{number:05}", "text": f"Story {number}."}) for number in range(1_000)]
        path.write_text("\n".join(rows), encoding="utf-8")
        with Child("ingest", "--json", path) as child:
            first = json.loads(child.line())
            status, output, errors = child.interrupted()
        *outcomes, summary = map(json.loads, output.splitlines())
        assert status == 130
        assert "The same command goes on from here." in errors
        done = {first["article_id"], *(outcome["article_id"] for outcome in outcomes)}
        assert summary["articles"] == len(done) < len(rows), "all that was told is in, and no more"
        again = lines(run("ingest", path, "--json"))[-1]
        assert (again["unchanged"], again["articles"]) == (len(done), len(rows))


class TestWatch:
    def test_a_folder_is_followed_as_it_changes(self, run: Run, folder: Path) -> None:
        run("source", "add", folder, "--name", "files")
        with Child("sync", "--watch", "--json") as child:
            assert {json.loads(child.line())["kind"] for _ in range(4)} == {"added", "summary"}
            (folder / "dora.md").write_text("---\nid: dora\n---\nDora is new.", encoding="utf-8")
            seen = until(child, lambda row: row["kind"] == "added")
            assert seen["article_id"] == "dora"
            (folder / "ada.md").unlink()
            seen = until(child, lambda row: row["kind"] == "gone")
            assert seen["article_id"] == "ada"
            status, _, _ = child.interrupted()
        assert status == 130
        assert ids(run) == {"bea", "cleo", "dora"}
        run("verify")

    def test_a_feed_is_polled_at_its_interval(self, run: Run, web: Web) -> None:
        def feed(*paths: str) -> Answer:
            items = "".join(
                f"<item><title>{path}</title><link>{web.url(path)}</link></item>" for path in paths
            )
            return Answer(
                f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "application/rss+xml"
            )

        web.pages["/feed"] = feed("/a")
        run("source", "add", web.url("/feed"), "--allow-private", "--every", "1s", "--name", "feed")
        with Child("sync", "--watch", "--json") as child:
            assert until(child, lambda row: row["kind"] == "added")
            web.pages["/feed"] = feed("/a", "/b")
            assert until(child, lambda row: row["kind"] == "added")["article_id"].startswith("b-")
            child.interrupted()


def until(child: Child, is_it: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
    """The first line of which it is true; fails when none comes in time."""
    alarm = threading.Timer(seconds, child.process.kill)
    alarm.start()
    try:
        while line := child.line():
            row: dict[str, Any] = json.loads(line)
            if is_it(row):
                return row
    finally:
        alarm.cancel()
    raise AssertionError(f"it did not come within {seconds} seconds")
