"""Groups of copies through the index: one report, however often and wherever it stands."""

import random
import sqlite3
from dataclasses import replace

import pytest

from index.encoder import HashingEncoder
from index.errors import ArticleNotFound
from index.local import LocalIndex
from index.search import Search
from index.sync import ingest
from index.types import Article, Filters, Hit
from tests.conftest import SIZE, AnyIndex, on_both

WORDS = [f"word{number}" for number in range(500)]


def text(seed: int, words: int = 60) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words)).capitalize() + "."


def changed(report: str, *places: int) -> str:
    words = report.split()
    for place in places:
        words[place] = f"changed{place}"
    return " ".join(words)


@pytest.fixture
def search(index: AnyIndex, encoder: HashingEncoder) -> Search:
    return Search(index, encoder, lexical_weight=0.4)


def add(search: Search, *articles: Article) -> None:
    list(ingest(search.index, HashingEncoder(), SIZE, articles))


def reports(search: Search, question: str, filters: Filters | None = None) -> dict[str, set[str]]:
    """For each report that is found the ids of all the articles that have it."""
    found: dict[str, set[str]] = {}
    for hit in search.hits(question, 50, filters):
        ids = {hit.article.article_id, *(copy.article_id for copy in hit.copies)}
        assert found.setdefault(hit.report, ids) == ids, "each hit of a report knows all of its copies"
    return found


@on_both
class TestExactCopies:
    def test_are_got_by_either_id_and_the_embedded_index_stores_them_once(self, search: Search) -> None:
        one = Article("one", text(1), "A title", url="https://a.example", source="A", published="2020-01-02")
        two = replace(one, article_id="two", url="https://b.example", source="B", published="2020-01-01")
        add(search, one)
        chunks = search.index.status().chunks
        add(search, two)
        times = 1 if isinstance(search.index, LocalIndex) else 2
        assert (search.index.status().articles, search.index.status().chunks) == (2, times * chunks)
        assert [search.index.get(name) for name in ("one", "two")] == [one, two]
        assert not search.index.verify()

    def test_are_found_as_the_earliest_that_the_filters_admit(self, search: Search) -> None:
        one = Article("one", text(1), source="A", published="2020-01-02")
        add(search, one, replace(one, article_id="two", source="B", published="2020-01-01"))

        def found(filters: Filters | None = None) -> list[tuple[str, list[str]]]:
            hits = search.hits(text(1), 1, filters)
            return [(hit.article.article_id, [copy.article_id for copy in hit.copies]) for hit in hits]

        assert found() == [("two", ["one"])]
        assert found(Filters(source="A")) == [("one", [])]
        assert found(Filters(source="C")) == []

    def test_stay_until_the_last_is_deleted(self, search: Search) -> None:
        one = Article("one", text(1), "A title")
        add(search, one, replace(one, article_id="two", tags=("x",)))
        search.index.delete("one")
        with pytest.raises(ArticleNotFound):
            search.index.get("one")
        assert [hit.article.article_id for hit in search.hits(text(1), 1)] == ["two"]
        assert search.hits(text(1), 1)[0].copies == ()
        search.index.delete("two")
        assert (search.index.status().articles, search.index.status().chunks) == (0, 0)
        assert not search.index.verify()

    def test_part_when_one_is_changed(self, search: Search) -> None:
        one = Article("one", text(1))
        add(search, one, replace(one, article_id="two"), replace(one, article_id="one", text=text(2)))
        assert search.index.get("two").text == text(1)
        assert reports(search, text(1)) == {"one": {"one"}, "two": {"two"}}
        assert not search.index.verify()

    def test_of_another_title_are_one_report_found_by_either(self, search: Search) -> None:
        add(search, Article("one", text(1), "First title"), Article("two", text(1), "Another headline"))
        assert reports(search, text(1)) == {"one": {"one", "two"}}
        assert search.hits("first title", 1)[0].article.article_id == "one"
        assert search.hits("another headline", 1)[0].article.article_id == "two"


@on_both
class TestNearDuplicates:
    def test_five_copies_are_one_report(self, search: Search) -> None:
        copies = [Article(f"copy-{n}", changed(text(1), n), f"Headline {n}", source="W") for n in range(5)]
        add(search, *copies, Article("other", text(2)))
        assert reports(search, text(1)) == {
            "copy-0": {f"copy-{n}" for n in range(5)},
            "other": {"other"},
        }
        (first, *_) = search.hits(text(1), 1)
        assert len(first.copies) == 4
        assert {copy.source for copy in first.copies} == {"W"}
        assert not search.index.verify()

    def test_the_filters_decide_which_copies_count(self, search: Search) -> None:
        add(search, *(Article(f"copy-{n}", changed(text(1), n), published=f"202{n}") for n in range(5)))
        assert reports(search, text(1), Filters(published_after="2023")) == {"copy-3": {"copy-3", "copy-4"}}

    def test_a_group_falls_apart_with_the_copy_that_held_it_together(self, search: Search) -> None:
        left, right = text(1, 90), text(2, 90)
        both = f"{left} {right}"
        add(search, Article("left", left), Article("right", right))
        assert reports(search, left) == {"left": {"left"}, "right": {"right"}}
        add(search, Article("both", both))
        assert reports(search, left) == {"both": {"left", "right", "both"}}
        search.index.delete("both")
        assert reports(search, left) == {"left": {"left"}, "right": {"right"}}
        assert not search.index.verify()

    def test_groups_do_not_depend_on_the_order_of_arrival(self, search: Search) -> None:
        articles = [
            Article(f"{seed}-{n}", changed(text(seed), *range(n, n + seed)))
            for seed in range(4)
            for n in range(4)
        ]
        expected = None
        for seed in range(4):
            random.Random(seed).shuffle(articles)
            add(search, *articles)
            found = reports(search, text(1))
            assert found == (expected or found)
            expected = found
            for article in articles:
                search.index.delete(article.article_id)
        assert expected
        assert len(expected) == 4


def test_verify_names_copies_that_are_kept_apart(search: Search) -> None:
    add(search, Article("one", text(1)), Article("two", changed(text(1), 3)))
    assert isinstance(search.index, LocalIndex)
    connection = sqlite3.connect(search.index.folder / "articles.db")
    connection.execute("UPDATE contents SET group_id = content_id")
    connection.commit()
    connection.close()
    assert search.index.verify() == ["The contents 1 and 2 are one report in two groups."]


def test_hits_without_copies_are_reports_of_their_own() -> None:
    assert Hit(1, Article("a", "text"), 0, 4, 1.0, 1.0, 1.0).report == "a"
