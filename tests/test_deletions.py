"""Deletions are forgotten in time, and nobody finds what is gone for that."""

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from index.database import Database
from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.snapshot_writer import SnapshotWriter
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE

OpenIndex = Callable[[], LocalIndex]
KEPT = 4


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.deletions.KEPT", KEPT)


@pytest.fixture
def database(index: LocalIndex) -> Iterator[Database]:
    with closing(Database(index.folder / "articles.db")) as database:
        yield database


def add(index: LocalIndex, encoder: HashingEncoder, *names: str) -> None:
    list(ingest(index, encoder, SIZE, [Article(name, f"Words of {name}.") for name in names]))


def delete(index: LocalIndex, *names: str) -> None:
    for name in names:
        index.delete(name)
    index.save()


def known(database: Database) -> int:
    return int(database.read("SELECT count(*) FROM deletions")[0][0])


def found(index: LocalIndex) -> list[str]:
    """The articles of all that dense search finds; a chunk that is gone would have none."""
    chunk_ids = [chunk_id for chunk_id, _ in index.search_dense(np.ones(64, np.float32), 99)]
    passages = index.passages(chunk_ids)
    return sorted(passages[chunk_id].article.article_id for chunk_id in chunk_ids)


NAMES = [f"a{number}" for number in range(12)]


def test_articles_that_come_and_go_leave_few_behind(
    index: LocalIndex, encoder: HashingEncoder, database: Database
) -> None:
    for name in NAMES:
        add(index, encoder, name)
        delete(index, name)
        assert known(database) <= KEPT
        assert found(index) == []
    assert not index.verify()


@pytest.mark.parametrize("has_file", [True, False])
def test_a_process_that_was_idle_finds_nothing_that_is_gone(
    index: LocalIndex, open_index: OpenIndex, encoder: HashingEncoder, database: Database, has_file: bool
) -> None:
    add(index, encoder, *NAMES[:6])
    if has_file:
        index.compact()  # writes a snapshot
    add(index, encoder, *NAMES[6:])
    idle = open_index()
    assert found(idle) == sorted(NAMES)
    delete(index, *NAMES[:3], *NAMES[6:10])
    assert known(database) == KEPT
    remaining = sorted([*NAMES[3:6], *NAMES[10:]])
    for each in (idle, open_index(), index):
        assert found(each) == remaining
        assert not each.verify()


def test_one_that_missed_little_reads_nothing_anew(
    index: LocalIndex, open_index: OpenIndex, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, encoder, *NAMES)
    delete(index, *NAMES[:6])
    other = open_index()
    delete(index, *NAMES[6:8])
    monkeypatch.setattr("index.local.Vectors.open", None)
    assert found(other) == sorted(NAMES[8:])


def test_none_is_forgotten_while_a_snapshot_is_written(
    index: LocalIndex, encoder: HashingEncoder, database: Database
) -> None:
    add(index, encoder, *NAMES)
    with SnapshotWriter(index.folder, database)._lock(wait=False):
        delete(index, *NAMES[:8])
    assert known(database) == 8
    index.save()
    assert known(database) == KEPT


def test_one_change_of_many_chunks_is_forgotten_as_a_whole(
    index: LocalIndex, encoder: HashingEncoder, database: Database
) -> None:
    add(index, encoder, *NAMES)
    idle_generation = index.status().generation
    with index.together():
        for name in NAMES[:8]:
            index.delete(name)
    index.save()
    assert known(database) == 0
    assert index.status().generation == idle_generation + 1
    assert found(index) == sorted(NAMES[8:])
