"""What was deleted is in no file of the data folder, and compact gives its space back."""

import os
import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from index import database, snapshot
from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.search import Search
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE

OpenIndex = Callable[[], LocalIndex]

SECRET = Article(
    "xyl-secret", "The password is qvortzelbink, do not tell. Wujkhamprel knows it.", "Zbrunfeldik speaks",
    url="https://kravolsten.example", author="Yttergamswick", source="Omvlidstaren", tags=("hjaltvesk",),
    fields={"section": "gnorvapelt"},
)  # fmt: skip
TRACES = [
    b"xyl-secret", b"qvortzelbink", b"wujkhamprel", b"zbrunfeldik", b"kravolsten", b"yttergamswick",
    b"omvlidstaren", b"hjaltvesk", b"gnorvapelt", b"password is",
]  # fmt: skip


def text(number: int) -> str:
    rng = random.Random(number)
    return " ".join(f"w{rng.randrange(3000)}" for _ in range(60)) + "."


def others(count: int) -> list[Article]:
    return [Article(f"other-{number}", text(number), f"Title {number}") for number in range(count)]


def add(index: LocalIndex, encoder: HashingEncoder, *articles: Article) -> None:
    list(ingest(index, encoder, SIZE, articles))


def traces(folder: Path, vectors: list[bytes]) -> set[bytes]:
    """What can be read of the secret in the files, as they are at this instant."""
    content = b"\0".join(path.read_bytes() for path in folder.iterdir())
    return {each for each in TRACES if each in content.lower()} | {
        each for each in vectors if each in content
    }


@pytest.fixture
def folder(index: LocalIndex, encoder: HashingEncoder) -> Path:
    add(index, encoder, *others(20), SECRET)
    index.compact()
    return index.folder


@pytest.fixture
def vectors(encoder: HashingEncoder) -> list[bytes]:
    """The secret's own, as they are stored."""
    return [encoder.encode([f"{SECRET.title}\n{SECRET.text}"])[0].astype("<f2").tobytes()]


def test_the_test_would_see_it(folder: Path, vectors: list[bytes]) -> None:
    assert traces(folder, vectors) == {*TRACES, *vectors}


def test_what_was_deleted_is_in_no_file(index: LocalIndex, folder: Path, vectors: list[bytes]) -> None:
    index.delete("xyl-secret")
    index.save()
    assert not traces(folder, vectors)
    assert not index.verify()


def test_what_was_changed_is_in_no_file(
    index: LocalIndex, folder: Path, encoder: HashingEncoder, vectors: list[bytes]
) -> None:
    add(index, encoder, Article("xyl-secret", "Nothing to see."))
    index.save()
    assert traces(folder, vectors) == {b"xyl-secret"}


def test_a_copy_that_remains_keeps_the_text_alone(
    index: LocalIndex, folder: Path, encoder: HashingEncoder, vectors: list[bytes]
) -> None:
    copy = replace(SECRET, article_id="copy", author=None, url=None, source=None, tags=(), fields={})
    add(index, encoder, copy)
    index.delete("xyl-secret")
    index.save()
    of_the_text = {b"password is", b"qvortzelbink", b"wujkhamprel", b"zbrunfeldik", *vectors}
    assert traces(folder, vectors) == of_the_text
    index.delete("copy")
    index.save()
    assert not traces(folder, vectors)


def test_a_crash_between_deleting_and_saving_is_made_up_for_by_the_next_save(
    index: LocalIndex, open_index: OpenIndex, folder: Path, vectors: list[bytes]
) -> None:
    index.delete("xyl-secret")
    index.close()
    again = open_index()
    assert not again.verify(), "opening erases them from the snapshot"
    again.save()
    assert not traces(folder, vectors)


def test_verify_names_a_snapshot_that_holds_a_deleted_vector(index: LocalIndex, folder: Path) -> None:
    (old,) = folder.glob("vectors-*.faiss")
    content = old.read_bytes()
    index.delete("xyl-secret")
    index.save()
    old.write_bytes(content)
    assert any(f"{old.name} still holds vector" in problem for problem in index.verify())
    index.save()
    assert not index.verify()


def test_compact_leaves_nothing_of_it_even_without_a_save(
    index: LocalIndex, folder: Path, vectors: list[bytes]
) -> None:
    index.delete("xyl-secret")
    index.compact()
    assert not traces(folder, vectors)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_compact_shrinks_the_files_to_those_of_an_index_that_never_held_more(
    index: LocalIndex, encoder: HashingEncoder, tmp_path: Path
) -> None:
    articles = others(160)
    add(index, encoder, *articles)
    index.save()
    full = size(index.folder)
    for article in articles[::2]:
        index.delete(article.article_id)
    index.save()
    index.compact()
    assert not index.verify()

    fresh = LocalIndex.open(tmp_path / "fresh", index.manifest)
    add(fresh, encoder, *articles[1::2])
    fresh.compact()
    assert size(index.folder) == pytest.approx(size(fresh.folder), rel=0.1)
    assert size(index.folder) < 0.6 * full
    for question in ("w17 w18 w19", text(3), text(4), "Title 7", "nothing"):
        assert found(index, encoder, question) == pytest.approx(found(fresh, encoder, question))
    fresh.close()


def found(index: LocalIndex, encoder: HashingEncoder, question: str) -> dict[tuple[str, str, int], float]:
    """The scores of dense, lexical and fused search by article and place."""
    vector = encoder.encode([question])[0]
    scores = {}
    for kind, scored in (
        ("dense", index.search_dense(vector, 20)),
        ("lexical", index.search_lexical(question, 20)),
    ):
        passages = index.passages([chunk_id for chunk_id, _ in scored])
        for chunk_id, score in scored:
            scores[kind, passages[chunk_id].article.article_id, passages[chunk_id].chunk.start] = score
    for hit in Search(index, encoder, 0.3).hits(question, 20):
        scores["fused", hit.article.article_id, hit.start] = hit.score
    return scores


def test_others_read_and_write_while_it_is_compacted(
    index: LocalIndex, open_index: OpenIndex, encoder: HashingEncoder
) -> None:
    add(index, encoder, *others(100))
    other, errors, done = open_index(), list[BaseException](), threading.Event()

    def read_and_write() -> None:
        try:
            number = 0
            while not done.is_set():
                number += 1
                add(other, encoder, Article(f"new-{number % 5}", text(1000 + number)))
                assert other.search_lexical("w17", 5)
                assert other.search_dense(np.ones(encoder.dimension, np.float32), 5)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=read_and_write)
    thread.start()
    for number in range(5):
        index.delete(f"other-{number}")
        index.compact()
    done.set()
    thread.join()
    assert not errors
    assert not index.verify()


def test_what_is_deleted_while_a_snapshot_is_written_is_not_in_it(
    index: LocalIndex, open_index: OpenIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, built = open_index(), snapshot._built

    def delete_meanwhile(*arguments: Any) -> faiss.IndexIVFScalarQuantizer:
        new = built(*arguments)
        other.delete("xyl-secret")
        return new

    monkeypatch.setattr(snapshot, "_built", delete_meanwhile)
    index.compact()
    assert not index.verify()


def test_what_a_killed_process_left_of_a_snapshot_goes(index: LocalIndex, folder: Path) -> None:
    abandoned, growing = folder / "vectors-1.unfinished", folder / "vectors-2.unfinished"
    for path in (abandoned, growing):
        path.write_bytes(b"half a snapshot")
    os.utime(abandoned, (1, 1))
    index.delete("xyl-secret")
    index.save()
    assert not abandoned.exists()
    assert growing.exists()


def test_merging_again_and_again_does_not_grow_the_lexical_index(
    index: LocalIndex, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite 3.40 breaks an index of 2,000 levels, and each merge adds to them."""
    monkeypatch.setattr(database, "MERGES", 5)
    sizes = []
    for number, article in enumerate(others(40)):
        add(index, encoder, article)
        index.compact()
        sizes.append(structure(index.folder))
        assert index.search_lexical(article.text.split()[number], 99), "the newest is found"
    assert max(sizes[20:]) <= max(sizes[:20]) < 60
    assert index.verify() == []


def structure(folder: Path) -> int:
    """Bytes of the record in which FTS5 lists its levels and segments."""
    with closing(sqlite3.connect(folder / "articles.db")) as connection:
        ((size,),) = connection.execute("SELECT length(block) FROM chunks_fts_data WHERE id = 10")
    return int(size)
