"""verify names what is wrong, whatever is broken by hand."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import faiss
import numpy as np
import pytest

from index import verify
from index.database import Database
from index.encoder import HashingEncoder
from index.errors import IndexLocked
from index.local import LocalIndex
from index.snapshot import Snapshot
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE


@pytest.fixture
def folder(open_index: Callable[[], LocalIndex], encoder: HashingEncoder, articles: list[Article]) -> Path:
    index = open_index()
    for _ in ingest(index, encoder, SIZE, articles):
        pass
    index.compact()
    assert not index.verify()
    index.close()
    return index.folder


def problems(folder: Path) -> str:
    index = LocalIndex.open(folder)
    found = "\n".join(index.verify())
    index.close()
    return found


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE contents SET text = 'Other words.' WHERE title = 'Bread'", "content hash"),
        ("UPDATE contents SET text = replace(text, 'Bread', 'Brood')", "lexical index"),
        ("UPDATE contents SET text = replace(text, 'Bread', 'Brood')", "is not the article's text at"),
        ("UPDATE contents SET title = 'Other' WHERE content_id = 2", "lexical index"),
        ("UPDATE contents SET title = 'Other' WHERE content_id = 2", "'webb' has the content of another"),
        (
            "UPDATE articles SET language = 'fr' WHERE article_id = 'webb'",
            "'webb' has the content of another",
        ),
        ("UPDATE contents SET text = 'Other words.' WHERE title = 'Bread'", "sketch of 'undated'"),
        ("UPDATE contents SET signature = x'00' WHERE content_id = 2", "sketch of 'webb'"),
        ("UPDATE contents SET group_id = 1", "group 1 of contents is not one report"),
        ("UPDATE contents SET group_id = 9 WHERE content_id = 2", "group 9 of contents is not one report"),
        ("DELETE FROM bands WHERE content_id = 2", "Bands of content 2 are missing"),
        ("INSERT INTO bands VALUES (1, 999)", "1 bands belong to contents that are deleted"),
        ("DELETE FROM articles WHERE article_id = 'webb'", "Content 2 belongs to no article"),
        ("UPDATE articles SET tags = 'no json' WHERE article_id = 'webb'", "'webb' can't be read"),
        ("UPDATE chunks SET stop = 9999 WHERE chunk_id = 1", "ends outside"),
        ("UPDATE chunks SET start = start + 1 WHERE chunk_id = 1", "Chunk 1 of 'sokha' is not"),
        ("DELETE FROM chunks WHERE content_id = 2", "'webb' has no chunks"),
        ("DELETE FROM vectors WHERE chunk_id = 1", "Chunk 1 has no vector"),
        ("INSERT INTO vectors SELECT 999, vector FROM vectors LIMIT 1", "Vector 999 belongs to no chunk"),
        ("UPDATE vectors SET vector = zeroblob(128) WHERE chunk_id = 1", "not of unit length"),
        ("UPDATE vectors SET vector = x'00' WHERE chunk_id = 1", "has 1 bytes, not 128"),
        (
            "INSERT INTO chunks VALUES (77, 99, 0, 1, x'00')",
            "belongs to a row of contents that is gone",
        ),
    ],
)
def test_damage_in_the_database_is_named(folder: Path, damage: str, named: str) -> None:
    connection = sqlite3.connect(folder / "articles.db")
    connection.execute(damage)
    connection.commit()
    connection.close()
    assert named in problems(folder)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the lock gives up at once."""
    monkeypatch.setattr("index.database.BUSY_SECONDS", 0.01)


@pytest.mark.usefixtures("soon")
def test_that_another_process_writes_is_no_fault_of_the_index(folder: Path) -> None:
    with closing(LocalIndex.open(folder)) as index, closing(LocalIndex.open(folder)) as other:
        with other.together(), pytest.raises(IndexLocked, match="writing"):
            index.verify()
        assert not index.verify()


@pytest.mark.usefixtures("soon")
def test_others_can_write_while_it_goes_on(folder: Path) -> None:
    connection = sqlite3.connect(folder / "articles.db")
    connection.executescript("DELETE FROM vectors WHERE chunk_id = 1; UPDATE contents SET title = 'Other';")
    connection.close()
    with closing(Database(folder / "articles.db")) as database, closing(LocalIndex.open(folder)) as other:
        found = []
        for problem in verify.problems(database, folder, 64):
            found.append(problem)
            with other.together():  # the lock is to be had
                pass
        assert any("lexical index" in problem for problem in found)


def snapshot(folder: Path) -> Path:
    (path,) = folder.glob("vectors-*.faiss")
    return path


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda index: index.remove_ids(np.array([1])), "FAISS lacks vector 1"),
        (
            lambda index: index.add_with_ids(np.eye(1, 64, dtype=np.float32), np.array([888])),
            "vector 888, which is",
        ),
        (lambda index: index.add_with_ids(np.eye(1, 64, dtype=np.float32), np.array([1])), "twice"),
    ],
)
def test_a_snapshot_that_disagrees_is_named(
    folder: Path, change: Callable[[faiss.IndexIVF], None], named: str
) -> None:
    with closing(LocalIndex.open(folder)) as opened:
        index = faiss.read_index(str(snapshot(folder)))
        change(index)
        snapshot(folder).unlink()
        faiss.write_index(index, str(folder / f"vectors-{opened.status().generation}.faiss"))
        assert named in "\n".join(opened.verify())


def test_a_snapshot_that_disagrees_is_not_used(folder: Path) -> None:
    index = faiss.read_index(str(snapshot(folder)))
    index.remove_ids(np.array([1]))
    faiss.write_index(index, str(snapshot(folder)))
    with closing(LocalIndex.open(folder)) as opened:
        assert 1 in dict(opened.search_dense(np.ones(64, np.float32), 99))
        assert not opened.verify()


def test_a_flipped_bit_in_the_snapshot_is_named(folder: Path) -> None:
    kept = Snapshot(snapshot(folder), faiss.read_index(str(snapshot(folder))))
    content = snapshot(folder).read_bytes()
    place = content.index(next(kept.rows())[1].tobytes())
    snapshot(folder).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert "FAISS holds another vector" in problems(folder)


def test_an_unreadable_snapshot_is_named_with_the_way_to_mend_it(folder: Path) -> None:
    with closing(LocalIndex.open(folder)) as index:
        path = snapshot(folder)
        path.unlink()
        path.write_bytes(b"")
        assert "faiss can't be read; delete it" in "\n".join(index.verify())
        index.save()
        assert not index.verify()


def test_an_id_that_was_erased_without_its_vector_is_named(folder: Path) -> None:
    path = snapshot(folder)
    content = path.read_bytes()
    ids = np.arange(1, 4, dtype=np.int64).tobytes()
    assert content.count(ids) == 1
    with closing(LocalIndex.open(folder)) as index:
        path.unlink()  # it is mapped
        path.write_bytes(content.replace(ids, np.array([-1, 2, 3], np.int64).tobytes()))
        assert "erased an id but not its vector" in "\n".join(index.verify())
