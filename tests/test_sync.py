"""Sync: what becomes of each document, and that only whole articles are ever kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from index import sync
from index.chunking import ChunkSize
from index.encoder import HashingEncoder
from index.errors import ManifestMismatch
from index.loaders import Failure
from index.local import LocalIndex
from index.sync import Change, ingest, reindex
from index.types import Article, FloatArray
from tests.conftest import SIZE, AnyIndex, manifest, on_both


def kinds(outcomes: Iterator[Change | Failure]) -> list[tuple[str, str]]:
    return [(change.kind, change.article_id) for change in outcomes if isinstance(change, Change)]


@on_both
def test_the_first_run_adds_the_second_changes_nothing(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    ids = [article.article_id for article in articles]
    assert kinds(ingest(index, encoder, SIZE, articles)) == [("added", each) for each in ids]
    before = index.status()
    assert kinds(ingest(index, encoder, SIZE, articles)) == [("unchanged", each) for each in ids]
    assert index.status() == before, "a run without news writes nothing"


@on_both
@pytest.mark.parametrize(
    "news",
    [
        {"text": "Bread needs time."}, {"title": "Loaf"}, {"url": "https://bread.example"},
        {"published": "2020"}, {"author": "Baker"}, {"source": "Mill"}, {"language": "en"},
        {"tags": ("food",)},
    ],
    ids=lambda news: next(iter(news)),
)  # fmt: skip
def test_any_field_that_differs_is_a_change(
    index: AnyIndex, encoder: HashingEncoder, articles: list[Article], news: dict[str, Any]
) -> None:
    list(ingest(index, encoder, SIZE, articles))
    changed = replace(articles[2], **news)
    assert kinds(ingest(index, encoder, SIZE, [changed])) == [("changed", "undated")]
    assert index.get("undated") == changed
    assert index.status().articles == len(articles)
    assert not index.verify()


@on_both
def test_the_last_of_several_with_one_id_stays(index: AnyIndex, encoder: HashingEncoder) -> None:
    versions = [Article("a", f"Version {number}.") for number in range(3)]
    outcomes = kinds(ingest(index, encoder, SIZE, [*versions, versions[-1]]))
    assert outcomes == [("added", "a"), ("changed", "a"), ("changed", "a"), ("unchanged", "a")]
    assert index.get("a").text == "Version 2."
    assert index.status().chunks == 1


def test_a_failure_passes_through_and_the_rest_goes_on(
    index: LocalIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    failure = Failure("broken.txt", "has no text")
    outcomes = list(ingest(index, encoder, SIZE, [articles[0], failure, articles[1]]))
    assert failure in outcomes
    assert index.status().articles == 2


class Counting(HashingEncoder):
    """Remembers how many texts each call had."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str]) -> FloatArray:
        self.calls.append(len(texts))
        return super().encode(texts)


def many(count: int, sentences: int = 1) -> list[Article]:
    return [
        Article(
            f"a{number:03}",
            " ".join(f"Sentence {n} of article {number} says little." for n in range(sentences)),
        )
        for number in range(count)
    ]


def test_articles_are_encoded_together_but_never_too_many_at_once(index: LocalIndex) -> None:
    encoder, articles, before = Counting(), many(300), index.status().generation
    outcomes = kinds(ingest(index, encoder, SIZE, articles))
    assert outcomes == [("added", article.article_id) for article in articles]
    assert encoder.calls == [128, 128, 44]
    assert index.status().generation == before + 3, "and committed together"
    assert not index.verify()


def test_an_article_larger_than_one_call_is_committed_whole(index: LocalIndex) -> None:
    encoder = Counting()
    (article,) = many(1, sentences=1200)
    (change,) = ingest(index, encoder, SIZE, [article])
    assert isinstance(change, Change)
    assert change.chunks == index.status().chunks > sync.ENCODE_AT_ONCE
    assert not index.verify()


def test_vectors_belong_to_their_own_chunks(index: LocalIndex, encoder: HashingEncoder) -> None:
    """Articles with different numbers of chunks share a call, and none gets another's vectors."""
    articles = [
        replace(article, text=f"{article.text} Zebra{n}.") for n, article in enumerate(many(5, sentences=9))
    ]
    articles += many(20)[5:]
    list(ingest(index, encoder, ChunkSize(16, 0), articles))
    for number in range(5):
        (chunk_id, _), *_ = index.search_dense(encoder.encode([f"Zebra{number}."])[0], 1)
        assert index.passages([chunk_id])[chunk_id].article.article_id == f"a{number:03}"


def test_documents_are_taken_one_by_one(index: LocalIndex, encoder: HashingEncoder) -> None:
    """A source without end can be read, and what was reported is in."""

    def endless() -> Iterator[Article]:
        number = 0
        while True:
            number += 1
            yield Article(f"n{number}", f"Number {number}.")

    outcomes = list(islice(ingest(index, encoder, SIZE, endless()), 10))
    assert index.status().articles >= len(outcomes) == 10


@pytest.mark.parametrize("seen", [1, 5, 128, 129])
def test_a_consumer_that_stops_leaves_only_whole_articles(
    index: LocalIndex, encoder: HashingEncoder, seen: int
) -> None:
    articles = many(300, sentences=2)
    outcomes = ingest(index, encoder, SIZE, articles)
    reported = [change.article_id for change in islice(outcomes, seen) if isinstance(change, Change)]
    outcomes.close()  # type: ignore[attr-defined]  # what happens when a loop over it is left
    assert reported == [article.article_id for article in articles[:seen]]
    for article in articles[:seen]:
        assert index.get(article.article_id) == article
    assert not index.verify()
    assert kinds(ingest(index, encoder, SIZE, articles))[-1] == ("added", "a299")
    assert index.status().articles == 300


class TestReindex:
    SMALLER = ChunkSize(16, 0)

    def test_cuts_all_articles_anew_and_keeps_them(self, index: LocalIndex, encoder: HashingEncoder) -> None:
        articles = many(10, sentences=6)
        list(ingest(index, encoder, SIZE, articles))
        before = index.status().chunks
        wanted = replace(manifest(encoder), chunk_tokens=16, chunk_overlap=0)
        changes = list(reindex(index, encoder, self.SMALLER, wanted))
        assert [(change.kind, change.article_id) for change in changes] == [
            ("changed", article.article_id) for article in articles
        ]
        assert index.manifest == wanted
        assert index.status().chunks > before
        assert [index.get(article.article_id) for article in articles] == articles
        assert not index.verify()

    def test_that_is_given_up_leaves_the_old_index(self, index: LocalIndex, encoder: HashingEncoder) -> None:
        list(ingest(index, encoder, SIZE, many(200)))
        before, wanted = index.status(), replace(manifest(encoder), chunk_tokens=16)
        changes = reindex(index, encoder, self.SMALLER, wanted)
        next(changes)
        changes.close()  # type: ignore[attr-defined]
        assert index.status() == before
        assert index.manifest == manifest(encoder)
        assert not index.verify()
        with pytest.raises(ManifestMismatch, match="chunk_tokens: 32 → 16"):
            LocalIndex.open(index.folder, wanted)
