"""Sources brought in step, watched and interrupted; over real HTTP and files."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.cli.conftest import PATIENCE, Run, ids, lines
from tests.conftest import SAMPLES
from tests.web import Answer, Web, page


class TestSync:
    def test_tells_each_source_what_became_of_it(self, run: Run, stories: Path, web: Web) -> None:
        run("source", "add", stories, "--name", "files")
        run("source", "add", web.url("/"), "--kind", "site", "--allow-private", "--name", "site")
        run("sync")
        (stories / "ada.md").unlink()
        (stories / "bea.md").write_text("---\nid: bea\n---\nAnother story.", encoding="utf-8")
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

    def test_only_those_that_are_named(self, run: Run, stories: Path, web: Web) -> None:
        run("source", "add", stories, "--name", "files")
        run("source", "add", web.url("/a"), "--allow-private", "--name", "page")
        assert {row["source"] for row in lines(run("sync", "page", "--json"))} == {"page"}
        assert "There is no source 'pag'. Registered: files, page." in run("sync", "pag", status=1).stderr

    def test_one_that_is_down_does_not_stop_the_others(self, run: Run, stories: Path) -> None:
        with Web({"/a": page("A", "Words.")}) as web:
            run("source", "add", web.url("/a"), "--allow-private", "--name", "down")
        run("source", "add", stories, "--name", "files")
        result = run("sync", status=1)
        assert f"✗ {web.url('/a')}: can't be reached" in result.stderr
        assert "files: 3 added" in result.stdout

    def test_more_than_half_gone_asks_for_yes(self, run: Run, stories: Path) -> None:
        run("source", "add", stories, "--name", "files")
        run("sync")
        for name in ("ada", "bea"):
            (stories / f"{name}.md").unlink()
        assert "python -m qa_service sync files --yes" in run("sync", status=1).stderr.replace("\n", " ")
        assert len(ids()) == 3
        assert "2 gone" in run("sync", "--yes").stdout
        assert ids() == {"cleo"}

    def test_an_article_can_be_asked_for_until_it_is_gone(self, run: Run, stories: Path) -> None:
        run("source", "add", stories, "--name", "files")
        run("sync")
        assert "ada tells a story" in run("ask", "which story does ada tell").stdout
        (stories / "ada.md").unlink()
        run("sync")
        assert "ada" not in json.dumps(json.loads(run("ask", "who is ada", "--json").stdout)["citations"])


CHILD = """
from qa_service.cli import main
from qa_service.pipeline import Pipeline
from tests.cli.conftest import open_without_models

Pipeline.open = open_without_models
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
        # Not by communicate(), which passes over what line() has read ahead.
        assert self.process.stdout
        assert self.process.stderr
        output, errors = self.process.stdout.read(), self.process.stderr.read()
        self.process.wait(PATIENCE)
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
    def test_a_folder_is_followed_as_it_changes(self, run: Run, stories: Path) -> None:
        run("source", "add", stories, "--name", "files")
        with Child("sync", "--watch", "--json") as child:
            assert {json.loads(child.line())["kind"] for _ in range(4)} == {"added", "summary"}
            (stories / "dora.md").write_text("---\nid: dora\n---\nDora is new.", encoding="utf-8")
            seen = until(child, lambda row: row["kind"] == "added")
            assert seen["article_id"] == "dora"
            (stories / "ada.md").unlink()
            seen = until(child, lambda row: row["kind"] == "gone")
            assert seen["article_id"] == "ada"
            status, _, _ = child.interrupted()
        assert status == 130
        assert ids() == {"bea", "cleo", "dora"}
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
