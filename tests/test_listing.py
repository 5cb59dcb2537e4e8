"""Lists of articles: searched, filtered, sorted, counted, and summed up in facets."""

from dataclasses import replace
from typing import Any

import pytest

from index.article_index import Sort
from index.encoder import HashingEncoder
from index.sync import ingest
from index.types import Article, Filters
from tests.conftest import SIZE, AnyIndex, on_both

pytestmark = on_both


@pytest.fixture
def filled(index: AnyIndex, encoder: HashingEncoder, articles: list[Article]) -> AnyIndex:
    """Bread has no date, Écluse no title."""
    more = [
        Article("lock", "The lock gates of Écluse were opened. Ambassadors came to see.", author="Holt"),
        Article(
            "rain",
            "It rained for nine days and nights.",
            "all the rain",
            published="2019",
            source="Northgate",
        ),
    ]
    list(ingest(index, encoder, SIZE, articles + more))
    return index


def listed(index: AnyIndex, words: str = "", sort: Sort = "-published", **filters: Any) -> list[str]:
    found = index.list(10, 0, Filters(**filters), words, sort)
    assert index.count(Filters(**filters), words) == len(found)
    return [article.article_id for article in found]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-published", ["webb", "sokha", "rain", "lock", "undated"]),
        ("published", ["rain", "sokha", "webb", "lock", "undated"]),
        ("title", ["rain", "undated", "sokha", "webb", "lock"]),
        ("-title", ["webb", "sokha", "undated", "rain", "lock"]),
        ("-added", ["rain", "lock", "undated", "webb", "sokha"]),
        ("added", ["sokha", "webb", "undated", "lock", "rain"]),
    ],
)
def test_sorting_puts_what_is_not_known_last(filled: AnyIndex, sort: Sort, expected: list[str]) -> None:
    assert listed(filled, sort=sort) == expected


def test_an_article_that_changes_counts_as_added_last(filled: AnyIndex, encoder: HashingEncoder) -> None:
    list(ingest(filled, encoder, SIZE, [Article("sokha", "The party was founded anew.")]))
    assert listed(filled, sort="-added")[0] == "sokha"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("telescope", {"webb"}),
        ("TELESCOPES", {"webb"}),
        ("ambassador", {"sokha", "lock"}),
        ("ambass", {"sokha", "lock"}),
        ("ambassadors gates", {"lock"}),
        ("ambassadors telescope", set()),
        ("envoys dissolved", {"sokha"}),
        ("ecluse", {"lock"}),
        ("bread", {"undated"}),
        ("kem_sok", {"sokha"}),
        ("_", set()),
        ("", {"sokha", "webb", "undated", "lock", "rain"}),
        ("?!", {"sokha", "webb", "undated", "lock", "rain"}),
        ('" OR title:bread NEAR(', set()),
    ],
)
def test_words_are_all_in_the_title_or_the_text(filled: AnyIndex, words: str, expected: set[str]) -> None:
    assert set(listed(filled, words)) == expected


def test_words_may_stand_in_different_chunks(filled: AnyIndex, encoder: HashingEncoder) -> None:
    text = f"The first sentence says harbour. {'And so on it goes. ' * 30}The last one says lighthouse."
    list(ingest(filled, encoder, SIZE, [Article("long", text)]))
    assert len(filled.chunks("long")) > 2
    assert listed(filled, "harbour lighthouse") == ["long"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"source": "Northgate"}, ["sokha", "rain"]),
        ({"author": "Holt"}, ["sokha", "lock"]),
        ({"author": "Holt", "source": "Northgate"}, ["sokha"]),
        ({"tags": ("politics", "cambodia")}, ["sokha"]),
        ({"published_after": "2019-02", "published_before": "2019"}, ["sokha", "rain"]),
        ({"language": "fr"}, []),
    ],
)
def test_filters(filled: AnyIndex, filters: dict[str, Any], expected: list[str]) -> None:
    assert listed(filled, **filters) == expected


def test_words_and_filters_and_pages_go_together(filled: AnyIndex) -> None:
    assert listed(filled, "ambassadors", source="Northgate") == ["sokha"]
    pages = [filled.list(1, offset, None, "ambassadors", "title") for offset in range(3)]
    assert [[article.article_id for article in page] for page in pages] == [["sokha"], ["lock"], []]


def test_facets_are_counted_and_the_most_frequent_come_first(filled: AnyIndex) -> None:
    facets = filled.facets(limit=10)
    assert facets.sources == [("Northgate", 2), ("Starline", 1)]
    assert facets.authors == [("Holt", 2), ("Ito", 1)]
    assert facets.languages == [("en", 2)]
    assert facets.tags == [("cambodia", 1), ("politics", 1), ("space", 1)]
    assert facets.fields == [("front=true", 1), ("page=3", 1), ("section=Asia", 1)]
    assert filled.facets(limit=1).tags == [("cambodia", 1)]


def test_what_is_deleted_is_in_no_list(filled: AnyIndex) -> None:
    filled.delete("sokha")
    assert listed(filled, "ambassadors") == ["lock"]
    assert filled.facets(10).tags == [("space", 1)]
    assert filled.count() == 4


def test_articles_that_share_their_text_are_listed_one_by_one(
    filled: AnyIndex, encoder: HashingEncoder, articles: list[Article]
) -> None:
    list(ingest(filled, encoder, SIZE, [replace(articles[0], article_id="copy", source="Elsewhere")]))
    assert set(listed(filled, "ambassadors visited")) == {"sokha", "copy"}
    assert listed(filled, "ambassadors visited", source="Elsewhere") == ["copy"]
    assert filled.chunks("copy") == filled.chunks("sokha")
