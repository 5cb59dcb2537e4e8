"""What is of Milvus alone: limits of its strings and pages, and what it holds that should not be there."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from index.encoder import HashingEncoder
from index.errors import StoreError
from index.milvus import MilvusIndex
from index.milvus.schema import ARTICLES, CHUNKS
from index.milvus.terms import Analyzer
from index.sync import ingest
from index.types import Article, Chunk, Filters
from tests.conftest import SIZE
from tests.milvus_server import Milvus
from tests.mortal_cluster import Killed, MortalCluster

HOSTILE = [
    *('say "x"', "back\\slash", "new\nline", "' or 1 == 1 --", "%", '" or article_id != "', "😀", "é"),
    "a\x01b",
]


@pytest.fixture
def back_end() -> str:
    return "milvus"


@pytest.fixture
def filled(index: MilvusIndex, encoder: HashingEncoder, articles: list[Article]) -> MilvusIndex:
    list(ingest(index, encoder, SIZE, articles))
    return index


def test_no_character_of_an_article_is_syntax(
    index: MilvusIndex, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.cluster.AT_ONCE", 2)  # so that pages end at each of the ids
    stored = [
        Article(name, f"A text of {name}.", name, source=name, author=name, tags=(name,), fields={name: name})
        for name in HOSTILE
    ]
    list(ingest(index, encoder, SIZE, stored))
    assert {each.article_id: each for each in index.all()} == {each.article_id: each for each in stored}
    for article in stored:
        name = article.article_id
        assert index.get(name) == article
        for filters in (Filters(source=name), Filters(tags=(name,)), Filters(fields={name: name})):
            assert [each.article_id for each in index.list(10, filters=filters)] == [name]
    assert index.verify() == []
    for name in HOSTILE:
        index.delete(name)
    assert index.count() == 0


def test_a_text_may_be_longer_than_a_string_of_milvus(index: MilvusIndex, encoder: HashingEncoder) -> None:
    text = "The harbour of Đà Nẵng is 😀 open. " * 6000 + "The last sentence names a lighthouse."
    list(ingest(index, encoder, SIZE, [Article("long", text)]))
    assert index.get("long").text == text
    ((chunk_id, _),) = index.search_lexical("lighthouse", 1)
    passage = index.passages([chunk_id])[chunk_id]
    assert "lighthouse" in text[passage.chunk.start : passage.chunk.end]
    assert index.verify() == []


def test_what_milvus_can_not_hold_is_refused_before_anything_is_written(index: MilvusIndex) -> None:
    vector = np.eye(1, 64, dtype=np.float32)
    for article in (Article("a", "text", author="x" * 70_000), Article("a", "text", tags=("x",) * 5000)):
        with pytest.raises(StoreError, match=r"'a' has more than .* Milvus can't hold"):
            index.upsert(article, [Chunk(0, 4)], vector)
    assert (index.status().articles, index.status().chunks) == (0, 0)


def test_terms_are_those_of_the_embedded_index() -> None:
    analyzer = Analyzer()
    assert analyzer.terms(["Visits to São Paulo's", "", "NEAR(running) x_y"]) == [
        ["visit", "to", "sao", "paulo", "s"], [], ["near", "run", "x", "y"],
    ]  # fmt: skip
    analyzer.close()


@pytest.mark.parametrize(
    ("collection", "change", "said"),
    [
        (CHUNKS, {"stop": 9999}, "ends outside it"),
        (CHUNKS, {"start": 1}, "is not the article's text"),
        (CHUNKS, {"source": "Elsewhere"}, "is filtered by other values"),
        (CHUNKS, {"vector": [0.5] + [0.0] * 63}, "not of unit length"),
        (ARTICLES, {"chunks": 7}, "has 1 chunks, not 7"),
        (ARTICLES, {"title": "Another"}, "The title of article"),
        (ARTICLES, {"article": ["{}"]}, "can't be read"),
        (ARTICLES, {"content_hash": "0"}, "not what its content hash says"),
    ],
)
def test_verify_names_what_does_not_agree(
    filled: MilvusIndex, milvus: Milvus, collection: str, change: dict[str, object], said: str
) -> None:
    assert filled.verify() == []
    columns = [
        field["name"]
        for field in milvus.client.describe_collection(collection)["fields"]
        if field["name"] != "sparse"
    ]
    (row,) = milvus.client.query(collection, filter='article_id == "webb"', output_fields=columns)
    milvus.client.upsert(collection, [{**row, **change}])
    assert any(said in problem for problem in filled.verify())


@pytest.mark.parametrize("writes", range(6))
def test_whoever_is_killed_between_two_writes_leaves_the_old_or_the_new(
    filled: MilvusIndex, encoder: HashingEncoder, articles: list[Article], writes: int
) -> None:
    before = {each.article_id: each for each in articles}
    changed = replace(articles[1], text="The telescope has landed. It was a short flight.")
    added = Article("new", "A wholly new text about a lighthouse.")
    changes: list[tuple[str, Article | None, Callable[[MilvusIndex], object]]] = [
        ("webb", changed, lambda index: list(ingest(index, encoder, SIZE, [changed]))),
        ("new", added, lambda index: list(ingest(index, encoder, SIZE, [added]))),
        ("sokha", None, lambda index: index.delete("sokha")),
    ]
    for article_id, after, change in changes:
        mortal = MortalCluster.index(filled.place, filled.manifest, writes)
        with suppress(Killed):
            change(mortal)
        mortal.close()
        assert filled.verify() == []
        stored = {each.article_id: each for each in filled.all()}
        assert stored.get(article_id) in (before.get(article_id), after)
        found = filled.passages([chunk for chunk, _ in filled.search_dense(encoder.encode(["a"])[0], 99)])
        assert {passage.article.article_id for passage in found.values()} == stored.keys()


def test_what_an_interrupted_change_left_is_told_and_removed(
    filled: MilvusIndex, milvus: Milvus, encoder: HashingEncoder
) -> None:
    found = filled.search_lexical("telescope", 10)
    milvus.client.delete(ARTICLES, filter='article_id == "webb"')  # and killed before its chunks were deleted
    assert filled.search_lexical("telescope", 10) == []
    hybrid = filled.search_hybrid("telescope", encoder.encode(["telescope"])[0], 0.3, 10)
    assert {chunk_id for chunk_id, *_ in hybrid}.isdisjoint(chunk_id for chunk_id, _ in found)
    assert not filled.has_word("telescope")
    assert filled.passages([chunk_id for chunk_id, _ in found]) == {}
    assert filled.verify() == [], "it may be going on"
    before = filled.status().chunks
    filled.compact()
    assert filled.status().chunks == before
    filled.compact(left_after=0)
    assert filled.status().chunks < before


def test_what_is_left_does_not_take_the_place_of_what_counts(
    filled: MilvusIndex, milvus: Milvus, encoder: HashingEncoder
) -> None:
    columns = ["chunk_id", "article_id", "version", "start", "stop", "tags", "fields", "terms", "vector"]
    (row,) = milvus.client.query(CHUNKS, filter='article_id == "webb"', output_fields=columns)
    left = [{**row, "chunk_id": number, "version": 1} for number in range(1, 30)]
    milvus.client.upsert(CHUNKS, left)
    ((best, _),) = filled.search_dense(encoder.encode(["Webb telescope"])[0], 1)
    assert best == row["chunk_id"]
    hybrid = filled.search_hybrid("telescope", encoder.encode(["Webb telescope"])[0], 0.3, 1)
    assert (hybrid[0].chunk_id, hybrid[0].lexical) == (row["chunk_id"], 1)
    assert filled.has_word("telescope")
    assert "29 chunks are left of changes that were interrupted" in filled.verify()[0]
    filled.compact()
    assert filled.verify() == []


def test_an_index_of_another_version_says_what_to_do(filled: MilvusIndex, milvus: Milvus) -> None:
    kept = json.dumps({**filled.manifest.__dict__, "schema_version": 1})
    for value, error, said in (
        (kept, "ManifestMismatch", "of version 1, not"),
        ("nothing", "IndexCorrupt", "There is no index"),
    ):
        milvus.client.upsert("qa_meta", [{"key": "manifest", "value": value, "no_vector": [0, 0]}])
        with pytest.raises(StoreError, match=said) as raised:
            Milvus(filled.place, milvus.client).open()
        assert type(raised.value).__name__ == error
