"""Putting articles in: files, folders and addresses, outcomes, and what stops nothing."""

import io
import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import DOCUMENTS, Run, lines
from tests.web import Answer, Web


def test_a_citation_of_a_pdf_names_the_page(run: Run) -> None:
    run("ingest", DOCUMENTS / "water-report.pdf")
    assert (
        "Alder loses a quarter of its water · p. 1"
        in run("ask", "where does Alder draw its water from").output
    )
    reply = json.loads(run("ask", "where does Alder draw its water from", "--json").output)
    assert reply["citations"][0]["page"] == 1


def test_columns_may_be_named(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("kop,verhaal\nFerry,The ferry sails at nine.\n")
    refusal = " ".join(run("ingest", table, status=1).output.split())  # however wide the terminal is
    assert "it has: kop, verhaal" in refusal
    assert "1 added" in run("ingest", table, "--column", "text=verhaal", "--column", "title=kop").output
    assert "Ferry" in run("ask", "what sails").output


@pytest.mark.parametrize("given", ["verhaal", "body=verhaal", "text="])
def test_a_column_that_says_no_field_is_refused(run: Run, tmp_path: Path, given: str) -> None:
    assert (
        "write FIELD=NAME, such as text=body" in run("ingest", tmp_path, "--column", given, status=2).output
    )


class TestIngest:
    def test_a_folder_with_nothing_to_read_says_so(self, run: Run, tmp_path: Path) -> None:
        empty = tmp_path / "empty"
        empty.mkdir()
        (empty / "picture.png").write_bytes(b"png")
        output = " ".join(run("ingest", empty, status=1).output.split())
        assert "has no file that can be read: .txt .md" in output
        assert "1 failed" in output

    def test_says_what_became_of_each_article_and_sums_up(self, run: Run, folder: Path) -> None:
        *outcomes, summary = lines(run("ingest", folder, "--json"))
        assert outcomes == [
            {"kind": "added", "article_id": article_id, "chunks": 1}
            for article_id in ("sokha", "bread", "a/b")
        ]
        assert summary.pop("seconds") >= 0
        assert summary == {
            **{"kind": "summary", "added": 3, "changed": 0, "unchanged": 0, "failed": 0},
            **{"articles": 3, "chunks": 3, "generation": summary["generation"]},
            "changed_at": summary["changed_at"],
        }

    def test_takes_files_and_folders_together_each_file_once(self, run: Run, folder: Path) -> None:
        summary = lines(run("ingest", folder / "wire.jsonl", folder, folder / "sokha.md", "--json"))[-1]
        assert summary["added"] == 3

    def test_an_archive_with_nothing_to_read_says_so(self, run: Run, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "pictures.zip", "w") as archive:
            archive.writestr("a.png", "")
        outcome, summary = lines(run("ingest", tmp_path / "pictures.zip", "--json", status=1))
        assert outcome["kind"] == "failed"
        assert "holds nothing that can be read" in outcome["reason"]
        assert summary["failed"] == 1

    def test_a_second_run_changes_nothing(self, run: Run, filled: Path) -> None:
        *outcomes, summary = lines(run("ingest", filled, "--json"))
        assert {outcome["kind"] for outcome in outcomes} == {"unchanged"}
        assert (summary["unchanged"], summary["added"], summary["changed"]) == (3, 0, 0)

    def test_what_changed_is_replaced(self, run: Run, filled: Path) -> None:
        path = filled / "sokha.md"
        path.write_text(path.read_text(encoding="utf-8").replace("Six", "Seven"), encoding="utf-8")
        summary = lines(run("ingest", filled, "--json"))[-1]
        assert (summary["changed"], summary["unchanged"], summary["articles"]) == (1, 2, 3)
        assert "Seven ambassadors visited" in run("ask", "who visited Kem Sokha").stdout

    def test_a_file_that_can_not_be_read_is_told_and_the_rest_is_in(self, run: Run, folder: Path) -> None:
        (folder / "broken.jsonl").write_text('{"text": "Good."}\n{"text": \n', encoding="utf-8")
        *outcomes, summary = lines(run("ingest", folder, "none.txt", "--json", status=1))
        missing, broken = [outcome for outcome in outcomes if outcome["kind"] == "failed"]
        assert missing["location"] == "none.txt"
        assert broken["location"].endswith("broken.jsonl, line 2")
        assert missing["reason"]
        assert broken["reason"]
        assert (summary["added"], summary["failed"], summary["articles"]) == (4, 2, 4)

    def test_in_a_terminal_one_line_sums_up_and_failures_are_told(self, run: Run, folder: Path) -> None:
        result = run("ingest", folder, "none.txt", status=1)
        assert "3 added, 0 changed, 0 unchanged, 1 failed" in result.stdout
        assert "none.txt" in result.stderr
        assert "does not exist" in result.stderr

    def test_a_name_that_is_no_unicode_is_no_obstacle(self, run: Run, folder: Path) -> None:
        for name in (b"good-\xff.txt", b"bad-\xff.txt"):
            path = os.fsencode(folder) + b"/" + name
            with open(path, "wb") as file:
                file.write(b"Some words." if b"good" in name else b" ")
        assert "4 added, 0 changed, 0 unchanged, 1 failed" in run("ingest", folder, status=1).stdout
        assert lines(run("ingest", folder, "--json", status=1))[-1]["failed"] == 1

    def test_needs_a_path(self, run: Run) -> None:
        assert "Missing argument 'PATH_OR_URL...'" in run("ingest", status=2).stderr


class TestIngestOfAddresses:
    @pytest.fixture(autouse=True)
    def _allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_ALLOW_PRIVATE", "yes")

    def test_pages_feeds_sitemaps_and_files_together(self, run: Run, web: Web, stories: Path) -> None:
        rss = f"<rss version='2.0'><channel><item><link>{web.url('/a')}</link></item></channel></rss>"
        web.pages["/feed"] = Answer(rss.encode(), "application/rss+xml")
        web.pages["/map.xml"] = Answer(
            f"<urlset><url><loc>{web.url('/b')}</loc></url></urlset>".encode(), "text/xml"
        )
        what = (stories, web.url("/"), web.url("/feed"), web.url("/map.xml"))
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

    def test_columns_and_archives(self, run: Run, web: Web) -> None:
        packed = io.BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.writestr("a.csv", "verhaal\nThe ferry sails at nine.\n")
            archive.writestr("b.txt", "The train leaves at ten.")
        web.pages["/news.zip"] = Answer(packed.getvalue(), "application/zip")
        what = (web.url("/news.zip"), "--column", "text=verhaal", "--json")
        assert lines(run("ingest", *what))[-1]["added"] == 2
        assert lines(run("ingest", *what))[-1]["unchanged"] == 2

    def test_a_private_address_is_refused(self, run: Run, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("QA_ALLOW_PRIVATE")
        assert "is refused" in run("ingest", web.url("/a"), status=1).stderr
        assert web.asked == []
