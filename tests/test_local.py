"""What every index does, on SQLite and FAISS files and on Milvus; then what the embedded one does."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from index.article_index import Manifest
from index.encoder import HashingEncoder
from index.errors import ArticleNotFound, IndexCorrupt, ManifestMismatch, StoreError
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article, Chunk, Filters, FloatArray
from tests.conftest import SIZE, AnyIndex, on_both

OpenIndex = Callable[[], LocalIndex]
BeginIndex = Callable[[Manifest], AnyIndex]
DIMENSION = 64


def add(index: AnyIndex, encoder: HashingEncoder, *articles: Article) -> None:
    for _ in ingest(index, encoder, SIZE, articles):
        pass


def padded(values: list[float]) -> FloatArray:
    return np.array(values + [0.0] * (DIMENSION - len(values)), np.float32)


def exact_index(begin_index: BeginIndex) -> AnyIndex:
    """Three articles of a chunk each, whose vectors are known to the last bit."""
    index = begin_index(Manifest("by hand", "1", DIMENSION, 16, 0))
    for name, vector in {"a": [1.0], "b": [0.6, 0.8], "c": [0.0, 0.0, 1.0]}.items():
        index.upsert(Article(name, f"article {name}"), [Chunk(0, 9)], padded(vector)[None])
    return index


@on_both
@pytest.mark.parametrize(
    ("query", "k", "expected"),
    [
        ([1, 0, 0], 2, [("a", 1.0), ("b", 0.6)]),
        ([5, 0, 0], 2, [("a", 1.0), ("b", 0.6)]),  # not normalised
        ([0, 0, -2], 3, [("a", 0.0), ("b", 0.0), ("c", -1.0)]),
        ([1, 0, 0], 99, [("a", 1.0), ("b", 0.6), ("c", 0.0)]),  # k beyond the size
        ([0, 0, 0], 3, [("a", 0.0), ("b", 0.0), ("c", 0.0)]),
    ],
)
def test_dense_scores_are_cosines_higher_first(
    begin_index: BeginIndex, query: list[float], k: int, expected: list[tuple[str, float]]
) -> None:
    index = exact_index(begin_index)
    found = index.search_dense(padded(query), k)
    # Equal scores are in the order of chunk ids, which Milvus does not give by counting.
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=2e-4)
    passages = index.passages([chunk_id for chunk_id, _ in found])
    scores = {passages[chunk_id].article.article_id: score for chunk_id, score in found}
    assert scores == pytest.approx(dict(expected), abs=2e-4)  # stored as float16


@on_both
def test_an_article_comes_back_as_it_went_in(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    add(index, encoder, *articles)
    assert [index.get(article.article_id) for article in articles] == articles
    assert [article.article_id for article in index.list(10)] == ["webb", "sokha", "undated"]
    assert [article.article_id for article in index.list(1, offset=1)] == ["sokha"]


@on_both
def test_a_new_version_takes_the_place_of_the_old_one_everywhere(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    add(index, encoder, *articles)
    old = [chunk_id for chunk_id, _ in index.search_lexical("flour", 10)]
    add(index, encoder, replace(articles[2], text="Rice needs water."))
    assert not index.search_lexical("flour", 10)
    assert not index.passages(old)
    assert {chunk_id for chunk_id, _ in index.search_dense(encoder.encode(["flour"])[0], 99)}.isdisjoint(old)
    assert [p.article.text for p in index.passages([index.search_lexical("rice", 1)[0][0]]).values()] == [
        "Rice needs water."
    ]
    assert not index.verify()


@on_both
def test_deleted_is_gone_from_every_answer_and_an_id_is_never_given_again(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    add(index, encoder, *articles)
    given = {chunk_id for chunk_id, _ in index.search_dense(encoder.encode(["x"])[0], 99)}
    index.delete("undated")
    with pytest.raises(ArticleNotFound, match="'undated'"):
        index.get("undated")
    with pytest.raises(ArticleNotFound, match="'undated'"):
        index.delete("undated")
    assert not index.search_lexical("flour bread", 10)
    add(index, encoder, replace(articles[2], article_id="again"), articles[2])
    assert given.isdisjoint(chunk_id for chunk_id, _ in index.search_lexical("flour", 10))
    assert not index.verify()


def test_deleted_sentences_are_not_left_in_the_files(
    open_index: OpenIndex, encoder: HashingEncoder, tmp_path: Path
) -> None:
    index = open_index()
    add(index, encoder, Article("secret", "The password is xylophonequartz, do not tell."))
    index.delete("secret")
    index.close()
    # The last connection to close folds the write-ahead log into the database.
    assert all(
        b"password is xylophonequartz" not in path.read_bytes() for path in (tmp_path / "index").iterdir()
    )


@on_both
@pytest.mark.parametrize(
    "query",
    [
        '"',
        "' OR 1=1 --",
        "NEAR(ab cd)",
        "sokha*",
        "title:sokha",
        "xy OR",
        "(",
        "{}",
        "^",
        "\0",
        "😀",
        "-",
        "sokha\x00",
    ],
)
def test_no_character_of_a_question_is_search_syntax(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article], query: str
) -> None:
    add(index, encoder, *articles)
    found = index.search_lexical(query, 10)
    assert bool(found) == ("sokha" in query)


@on_both
def test_lexical_search_finds_other_forms_of_a_word_accents_or_not(
    index: AnyIndex, encoder: HashingEncoder
) -> None:
    add(index, encoder, Article("a", "Visits to São Paulo."))
    assert index.search_lexical("who visited sao paulo", 1)


@on_both
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"sokha", "webb", "undated"}),
        (Filters(published_after="2020"), {"webb"}),
        (Filters(published_before="2019-11"), {"sokha"}),
        (Filters(published_before="2021-12-25"), {"sokha", "webb"}),
        (Filters(published_after="2019-11-30", published_before="2019-11-30"), {"sokha"}),
        (Filters(source="Starline"), {"webb"}),
        (Filters(author="Holt", language="en"), {"sokha"}),
        (Filters(tags=("politics", "cambodia")), {"sokha"}),
        (Filters(tags=("politics", "space")), set()),
    ],
)
def test_filters_are_applied_before_ranking_in_both_searches(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article], filters: Filters, expected: set[str]
) -> None:
    add(index, encoder, *articles)

    def found(scored: object) -> set[str]:
        return {p.article.article_id for p in index.passages([i for i, _ in scored]).values()}  # type: ignore[attr-defined]

    # k is the number of chunks that pass, so a filter that came after ranking would lose some.
    every_word = " ".join(article.text for article in articles)
    admitted = sum(
        len(list(index.search_dense(encoder.encode([a.text])[0], 99, filters))) for a in articles[:1]
    )
    assert found(index.search_dense(encoder.encode(["flour"])[0], admitted, filters)) == expected
    assert found(index.search_lexical(every_word, admitted or 1, filters)) == expected


@on_both
def test_another_process_sees_what_was_committed(
    open_index: Callable[[], AnyIndex], encoder: HashingEncoder, articles: list[Article]
) -> None:
    writer, reader = open_index(), open_index()
    add(writer, encoder, *articles)
    query = encoder.encode([articles[0].text])[0]
    assert reader.status().articles == 3
    assert len(reader.search_dense(query, 99)) == reader.status().chunks
    writer.delete("sokha")
    assert len(reader.search_dense(query, 99)) == reader.status().chunks
    assert reader.status().articles == 2


def test_the_snapshot_is_only_a_short_cut(
    open_index: OpenIndex, encoder: HashingEncoder, articles: list[Article], tmp_path: Path
) -> None:
    index = open_index()
    add(index, encoder, *articles)
    query = encoder.encode(["Webb telescope"])[0]
    expected = index.search_dense(query, 99)
    assert open_index().search_dense(query, 99) == expected, "without a snapshot"
    index.compact()
    assert open_index().search_dense(query, 99) == expected, "with a snapshot"
    index.delete("sokha")
    add(index, encoder, articles[0])
    later = index.search_dense(query, 99)
    assert later != expected, "ids are new"
    assert open_index().search_dense(query, 99) == later, "with a snapshot that is behind"
    (snapshot,) = (tmp_path / "index").glob("vectors-*.faiss")
    content = snapshot.read_bytes()
    snapshot.unlink()  # others have it mapped
    for size in (100, len(content) - 100):
        snapshot.write_bytes(content[:size])
        assert open_index().search_dense(query, 99) == later, f"with a snapshot that ends after {size} bytes"


def test_one_snapshot_is_kept(index: LocalIndex, encoder: HashingEncoder, articles: list[Article]) -> None:
    for article in articles:
        add(index, encoder, article)
        index.compact()
    assert [path.name for path in index.folder.glob("vectors-*.faiss")] == [
        f"vectors-{index.status().generation}.faiss"
    ]


@on_both
def test_another_encoder_is_refused_with_both_names(
    open_index: Callable[[], AnyIndex], begin_index: BeginIndex
) -> None:
    other = replace(open_index().manifest, encoder="other-model", dimension=128)
    with pytest.raises(
        ManifestMismatch, match=r"encoder: hashing → other-model; dimension: 64 → 128.*reindex"
    ):
        begin_index(other)


def test_an_index_of_another_version_says_what_to_do(open_index: OpenIndex, tmp_path: Path) -> None:
    manifest = open_index().manifest
    connection = sqlite3.connect(tmp_path / "index" / "articles.db")
    connection.execute(
        "UPDATE meta SET value = json_set(value, '$.schema_version', 1) WHERE key = 'manifest'"
    )
    connection.commit()
    connection.close()
    for wanted in (None, manifest):
        with pytest.raises(ManifestMismatch, match=r"version 1, not \d.* ingest PATH"):
            LocalIndex.open(tmp_path / "index", wanted)


def test_a_folder_without_an_index_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match="ingest PATH"):
        LocalIndex.open(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(IndexCorrupt, match=r"articles\.db"):
        LocalIndex.open(tmp_path)


def test_damage_that_is_met_while_reading_is_named(
    index: LocalIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    add(index, encoder, *articles)
    connection = sqlite3.connect(index.folder / "articles.db")
    connection.executescript(
        "DROP VIEW chunk_texts; DROP TABLE vectors; DROP TABLE chunks; DROP TABLE articles"
    )
    connection.close()
    for read in (index.status, lambda: index.get("webb"), lambda: index.list(5), lambda: index.passages([1])):
        with pytest.raises(StoreError, match=r"articles\.db"):
            read()


@on_both
def test_vectors_that_do_not_fit_the_chunks_are_refused(index: AnyIndex) -> None:
    with pytest.raises(ValueError, match=r"\(1, 64\), not \(2, 64\)"):
        index.upsert(Article("a", "text"), [Chunk(0, 4)], np.zeros((2, 64), np.float32))
    assert index.status().articles == 0


def test_the_chunks_of_an_article_come_with_their_vectors(open_index: OpenIndex) -> None:
    index = open_index()
    chunks, vectors = [Chunk(0, 4), Chunk(5, 9)], np.array([padded([0.0, 1.0]), padded([0.6, 0.8])])
    index.upsert(Article("other", "text"), [Chunk(0, 4)], padded([1.0])[None])
    index.upsert(Article("two", "text more"), chunks[::-1], vectors[::-1])
    found = index.encoded("two")
    assert [chunk for chunk, _ in found] == index.chunks("two") == chunks
    np.testing.assert_allclose([vector for _, vector in found], vectors, atol=1e-3)
    for ask in (index.encoded, index.chunks):
        with pytest.raises(ArticleNotFound, match="'nothing'"):
            ask("nothing")


def test_a_folder_within_folders_that_are_not_there_yet_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with pytest.raises(StoreError, match=str(folder)):
        LocalIndex.open(folder)
    LocalIndex.open(folder, Manifest("by hand", "1", DIMENSION, 16, 0)).close()
    assert LocalIndex.open(folder).manifest.dimension == DIMENSION


@on_both
def test_a_filter_finds_what_it_leaves_however_far_it_is(begin_index: BeginIndex) -> None:
    index = begin_index(Manifest("by hand", "1", DIMENSION, 16, 0))
    for number in range(40):
        article = Article(f"a{number}", f"text {number}", source="far" if number > 36 else None)
        index.upsert(article, [Chunk(0, 4)], padded([np.cos(number / 40), np.sin(number / 40)])[None])
    query, far = padded([1.0]), Filters(source="far")
    everything = index.search_dense(query, 40)
    found = index.search_dense(query, 2, far)
    assert np.array(found) == pytest.approx(np.array(everything[37:39]))
    named = [index.passages([chunk_id])[chunk_id].article.article_id for chunk_id, _ in found]
    assert named == ["a37", "a38"]
    assert len(index.search_dense(query, 9, far)) == 3


@on_both
def test_threads_search_while_one_writes(index: AnyIndex, encoder: HashingEncoder) -> None:
    errors: list[BaseException] = []
    done = threading.Event()
    query = encoder.encode(["number"])[0]

    def search() -> None:
        try:
            while not done.is_set():
                ids = [chunk_id for chunk_id, _ in index.search_dense(query, 5)]
                assert len(index.passages(ids)) <= len(ids)
                index.search_lexical("number", 5)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(60 if isinstance(index, LocalIndex) else 30):
        add(index, encoder, Article(f"{number % 20}", f"This is number {number}."))
    done.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert index.status().articles == 20
    assert not index.verify()


@on_both
def test_the_status_tells_when_an_article_was_changed_last(index: AnyIndex, encoder: HashingEncoder) -> None:
    assert index.status().changed_at is None
    add(index, encoder, Article("a", "alpha"))
    added = datetime.fromisoformat(index.status().changed_at or "")
    assert datetime.now(timezone.utc) - added < timedelta(minutes=10)
    index.delete("a")
    assert datetime.fromisoformat(index.status().changed_at or "") >= added
