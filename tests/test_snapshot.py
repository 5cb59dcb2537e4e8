"""Large indexes: some lists of the snapshot are searched, and common words are left out."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.article_index import Manifest
from index.local import LocalIndex
from index.snapshot import Snapshot
from index.types import Article, Chunk, Filters, FloatArray

DIMENSION = 32
CLUSTERS, EACH = 60, 50
SOURCES = ("east", *["west"] * 11)


def clustered() -> FloatArray:
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((CLUSTERS, 1, DIMENSION), np.float32)
    rows = centres + 0.8 * rng.standard_normal((CLUSTERS, EACH, DIMENSION), np.float32)
    rows = rng.permutation(rows.reshape(-1, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


VECTORS = clustered()


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    """Of so many rows that not all are searched, in twelve articles."""
    monkeypatch.setattr("index.snapshot.EXACT_ROWS", 1000)
    monkeypatch.setattr("index.snapshot.PROBES", 24)
    index = LocalIndex.open(tmp_path, Manifest("by hand", "1", DIMENSION, 16, 0))
    for number, vectors in enumerate(np.split(VECTORS, len(SOURCES))):
        words = f"the{number} " * len(vectors)
        chunks = [Chunk(5 * place, 5 * place + 4) for place in range(len(vectors))]
        index.upsert(Article(f"a{number}", words.strip(), source=SOURCES[number]), chunks, vectors)
    index.compact()
    yield index
    index.close()


def recall(index: LocalIndex, filters: Filters | None, admitted: slice) -> float:
    rng = np.random.default_rng(2)
    shares = []
    for row in VECTORS[rng.choice(len(VECTORS), 100)]:
        query = row + 0.1 * rng.standard_normal(DIMENSION).astype(np.float32)
        cosines = VECTORS[admitted] @ query
        nearest = set((np.argsort(-cosines)[:10] + admitted.start + 1).tolist())
        shares.append(len(nearest & {i for i, _ in index.search_dense(query, 10, filters)}) / 10)
    return float(np.mean(shares))


def test_nearly_all_that_is_nearest_is_found_with_and_without_filters(large: LocalIndex) -> None:
    (path,) = large.folder.glob("vectors-*.faiss")
    snapshot = Snapshot.read(path)
    assert snapshot is not None
    assert len(list(snapshot.rows())) == round(len(VECTORS) ** 0.5), "it has lists"
    assert recall(large, None, slice(0, len(VECTORS))) >= 0.99
    twelfth = len(VECTORS) // len(SOURCES)
    assert recall(large, Filters(source="east"), slice(0, twelfth)) >= 0.99
    assert recall(large, Filters(source="west"), slice(twelfth, len(VECTORS))) >= 0.99


def test_what_was_deleted_is_erased_in_the_file_and_found_by_nobody(large: LocalIndex) -> None:
    twelfth = len(VECTORS) // len(SOURCES)
    traces = [row.tobytes() for row in VECTORS[:twelfth].astype("<f2")]
    other = LocalIndex.open(large.folder)
    (path,) = large.folder.glob("vectors-*.faiss")
    assert all(trace in path.read_bytes() for trace in traces[:5])
    large.delete("a0")
    large.save()
    content = path.read_bytes()
    assert not any(trace in content for trace in traces)
    for index in (large, other):
        found = index.search_dense(VECTORS[0], len(VECTORS))
        assert {chunk_id for chunk_id, _ in found}.isdisjoint(range(1, twelfth + 1))
        assert len(index.search_dense(VECTORS[0], 10)) == 10
        assert not index.verify()
    large.compact()
    assert len(path.read_bytes() if path.exists() else b"") == 0, "another snapshot took its place"
    assert len(other.search_dense(VECTORS[0], 10)) == 10
    other.close()


@pytest.fixture
def words(tmp_path: Path) -> Iterator[LocalIndex]:
    index = LocalIndex.open(tmp_path, Manifest("by hand", "1", 2, 16, 0))
    for number in range(30):
        text = f"common words{' rare' if number in (3, 6) else ''} {'often ' * (number % 4)}number{number}"
        index.upsert(Article(f"a{number}", text), [Chunk(0, len(text))], np.array([[1, 0]], np.float32))
    yield index
    index.close()


def limited(index: LocalIndex, monkeypatch: pytest.MonkeyPatch, ranked: int, weighed: int) -> LocalIndex:
    """The same index as a process opens it that ranks no more than so many passages."""
    monkeypatch.setattr("index.lexical.RANKED_ROWS", ranked)
    monkeypatch.setattr("index.lexical.WEIGHED_ROWS", weighed)
    monkeypatch.setattr("index.lexical.WEIGHED_SHARE", 1)
    return LocalIndex.open(index.folder)


def test_common_words_are_left_out_where_there_are_rarer_ones(
    words: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = words.search_lexical("the common rare number6", 99)
    assert len(everything) == 30
    with closing(limited(words, monkeypatch, ranked=5, weighed=8)) as index:
        ranked = index.search_lexical("the common rare number6", 99)
    assert [chunk_id for chunk_id, _ in ranked] == [chunk_id for chunk_id, _ in everything[:2]] == [7, 4]


def test_words_that_choose_nothing_still_order_what_the_rarest_chose(
    words: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = words.search_lexical("rare often", 99)
    with closing(limited(words, monkeypatch, ranked=5, weighed=100)) as index:
        found = index.search_lexical("rare often", 99)
    assert [chunk_id for chunk_id, _ in found] == [chunk_id for chunk_id, _ in everything[:2]]
    assert found[0][1] / found[1][1] == pytest.approx(everything[0][1] / everything[1][1])
    assert found[0][1] > found[1][1], "by a word that did not choose"


def test_a_filter_finds_what_has_common_words_alone(
    words: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.upsert(replace(words.get("a9"), source="B"), [Chunk(0, 6)], np.array([[1, 0]], np.float32))
    with closing(limited(words, monkeypatch, ranked=5, weighed=8)) as index:
        ((_, score),) = index.search_lexical("rare common", 99, Filters(source="B"))
        assert score > 0


def test_a_filter_finds_by_words_that_are_weighed_what_the_rare_ones_leave_out(
    words: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.upsert(
        replace(words.get("a9"), source="B", text="often"), [Chunk(0, 5)], np.array([[1, 0]], np.float32)
    )
    with closing(limited(words, monkeypatch, ranked=5, weighed=100)) as index:
        ((chunk_id, _),) = index.search_lexical("rare often", 99, Filters(source="B"))
    assert chunk_id == 31


def test_where_all_words_are_common_the_newest_passages_are_ranked(
    words: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(limited(words, monkeypatch, ranked=5, weighed=8)) as index:
        found = index.search_lexical("common words", 99)
        assert {chunk_id for chunk_id, _ in found} == set(range(26, 31))
        text = replace(index.get("a0"), text="common", source="B")
        index.upsert(text, [Chunk(0, 6)], np.array([[1, 0]], np.float32))
        assert [chunk_id for chunk_id, _ in index.search_lexical("common", 99, Filters(source="B"))] == [31]
