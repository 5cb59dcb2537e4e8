"""A full disk: one clear error, nothing lost and nothing half-made, and it goes on once there is room."""

import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from index.encoder import HashingEncoder
from index.errors import DiskFull
from index.follow import Run, follow
from index.local import LocalIndex
from index.registry import Registry, Source
from index.sources.folder import Folder
from index.sync import Change, ingest
from index.types import Article
from qa_service import create_app
from qa_service.cli import cli
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.cli.conftest import open_without_models
from tests.conftest import BY_MARGIN, SIZE, FirstSentence, manifest

MEGABYTE = 2**20
ARTICLES = [
    Article(
        f"a{number}", " ".join(f"Word{number}x{place} stands here." for place in range(60)), f"Title {number}"
    )
    for number in range(60)
]


class Disk:
    """A real file system of a few megabytes, which can be filled up and given room again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, leaving: int) -> None:
        """Fill it up but for so many bytes."""
        free = os.statvfs(self.folder)
        with self._ballast.open("ab") as file:
            file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - leaving))

    def make_room(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a file system can't be mounted here, which takes root: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(autouse=True)
def several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise all of these articles would be committed as one."""
    monkeypatch.setattr("index.sync.ENCODE_AT_ONCE", 8)


@pytest.fixture
def open_on_disk(disk: Disk, encoder: HashingEncoder) -> Iterator[Callable[[], LocalIndex]]:
    opened: list[LocalIndex] = []

    def open_() -> LocalIndex:
        opened.append(LocalIndex.open(disk.folder / "index", manifest(encoder)))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The articles as files, on another disk."""
    folder = tmp_path / "files"
    folder.mkdir()
    for article in ARTICLES:
        row = {"id": article.article_id, "text": article.text, "title": article.title}
        (folder / f"{article.article_id}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return folder


def ids(index: LocalIndex) -> set[str]:
    return {article.article_id for article in index.list(1000)}


def until_full(outcomes: Iterator[object]) -> set[str]:
    """What was reported before there was no room any more."""
    reported = set()
    try:
        for outcome in outcomes:
            assert isinstance(outcome, Change), outcome
            reported.add(outcome.article_id)
    except DiskFull as error:
        assert "Make room, or move the folder to a larger disk" in str(error)  # noqa: PT017
        return reported
    pytest.fail("there was room for all")


def test_what_was_reported_is_in_and_the_rest_comes_when_there_is_room(
    disk: Disk, encoder: HashingEncoder, open_on_disk: Callable[[], LocalIndex]
) -> None:
    index = open_on_disk()
    list(ingest(index, encoder, SIZE, ARTICLES[:5]))
    disk.fill(leaving=MEGABYTE)
    reported = until_full(ingest(index, encoder, SIZE, ARTICLES[5:]))
    assert 0 < len(reported) < len(ARTICLES) - 5
    stored = {article.article_id for article in ARTICLES[:5]} | reported
    assert ids(index) == stored
    assert not index.verify(), "even while the disk is full"

    disk.make_room()
    index.close()
    again = open_on_disk()
    assert ids(again) == stored
    assert not again.verify()
    outcomes = list(ingest(again, encoder, SIZE, ARTICLES))
    kinds = {each.article_id: each.kind for each in outcomes if isinstance(each, Change)}
    assert {article_id for article_id, kind in kinds.items() if kind == "unchanged"} == stored
    again.save()
    assert ids(again) == {article.article_id for article in ARTICLES}
    assert not again.verify()


def test_nothing_is_half_replaced_or_half_deleted(
    disk: Disk, encoder: HashingEncoder, open_on_disk: Callable[[], LocalIndex]
) -> None:
    index = open_on_disk()
    list(ingest(index, encoder, SIZE, ARTICLES[:5]))
    disk.fill(leaving=0)
    longer = [Article(each.article_id, each.text * 20) for each in ARTICLES[:5]]
    assert until_full(ingest(index, encoder, SIZE, longer)) == set()
    with pytest.raises(DiskFull):
        index.delete("a0")
    assert [index.get(each.article_id) for each in ARTICLES[:5]] == ARTICLES[:5]
    assert not index.verify()
    disk.make_room()
    list(ingest(index, encoder, SIZE, longer))
    index.delete("a0")
    index.save()
    assert index.get("a1") == longer[1]
    assert ids(index) == {"a1", "a2", "a3", "a4"}
    assert not index.verify()


def test_a_source_is_in_step_once_there_is_room(
    disk: Disk, encoder: HashingEncoder, open_on_disk: Callable[[], LocalIndex], files: Path
) -> None:
    index = open_on_disk()
    registry = Registry.open(index.folder)
    registry.add(Source("files", "folder", str(files)))

    def run() -> Iterator[object]:
        return follow(index, encoder, SIZE, registry, "files", Folder(files, {}), Run(Event(), approved=True))

    disk.fill(leaving=MEGABYTE)
    reported = until_full(run())
    assert reported <= ids(index)
    assert not index.verify()
    disk.make_room()
    (files / "a0.jsonl").unlink()
    assert all(isinstance(outcome, Change) for outcome in run())
    assert ids(index) == {article.article_id for article in ARTICLES[1:]}
    assert {getattr(outcome, "kind", "") for outcome in run()} == {"unchanged"}
    assert not index.verify()
    registry.close()


def test_a_snapshot_that_finds_no_room_is_not_there(
    disk: Disk, encoder: HashingEncoder, open_on_disk: Callable[[], LocalIndex]
) -> None:
    index = open_on_disk()
    list(ingest(index, encoder, SIZE, ARTICLES[:20]))
    index.compact()
    (older,) = index.folder.glob("vectors-*.faiss")
    list(ingest(index, encoder, SIZE, ARTICLES[20:40]))
    disk.fill(leaving=8192)
    with pytest.raises(DiskFull):
        index.compact()
    assert [path.name for path in index.folder.glob("vectors-*.faiss")] == [older.name]
    assert not index.verify()
    disk.make_room()
    index.compact()
    (newer,) = index.folder.glob("vectors-*.faiss")
    assert newer.name != older.name
    assert not index.verify()


def test_the_command_line_says_what_came_in_and_what_to_do(
    disk: Disk, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pipeline, "open", open_without_models)

    def run(*arguments: str, status: int) -> str:
        result = CliRunner().invoke(cli, [*arguments, "--data-dir", str(disk.folder)])
        assert result.exit_code == status, result.output
        assert "Traceback" not in result.output
        return " ".join(result.output.split())

    run("source", "add", str(files), status=0)
    disk.fill(leaving=MEGABYTE)
    for command in (["ingest", str(files)], ["sync"]):
        said = run(*command, status=1)
        assert "There is no room left on the disk of" in said
        assert "Make room, or move the folder to a larger disk, then do the same again." in said
        assert "1 failed" in said
    disk.make_room()
    assert "0 failed" in run("ingest", str(files), status=0)
    assert f"{len(ARTICLES)} unchanged" in run("sync", status=0)
    run("verify", status=0)


def test_over_http_it_is_insufficient_storage(
    disk: Disk, encoder: HashingEncoder, open_on_disk: Callable[[], LocalIndex]
) -> None:
    settings = Settings(data_dir=disk.folder, chunk_tokens=SIZE.tokens, chunk_overlap=SIZE.overlap)
    pipeline = Pipeline(settings, open_on_disk(), encoder, FirstSentence(), BY_MARGIN)
    client = create_app(settings, pipeline).test_client()
    text = " ".join(article.text for article in ARTICLES)
    disk.fill(leaving=0)
    for response in (
        client.post("/articles", json={"text": text}),
        client.post("/articles", data={"files": [(io.BytesIO(text.encode()), "long.txt")]}),
    ):
        assert response.status_code == 507, response.text
        assert response.content_type == "application/problem+json"
        assert "There is no room left" in response.get_json()["detail"]
    assert not list(disk.folder.glob("upload-*"))
    disk.make_room()
    assert client.post("/articles", json={"text": text}).status_code == 201
    assert not pipeline.index.verify()


def test_a_limit_on_the_database_alone(index: LocalIndex, encoder: HashingEncoder) -> None:
    """As on a full disk, where no file system can be mounted."""
    list(ingest(index, encoder, SIZE, ARTICLES[:5]))
    connection = index._database.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 40}")
    reported = until_full(ingest(index, encoder, SIZE, ARTICLES[5:]))
    assert ids(index) == {article.article_id for article in ARTICLES[:5]} | reported
    assert not index.verify()
    connection.execute("PRAGMA max_page_count = 1000000")
    list(ingest(index, encoder, SIZE, ARTICLES))
    assert ids(index) == {article.article_id for article in ARTICLES}
    assert not index.verify()
