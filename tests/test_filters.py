"""Filters come before ranking: what is found is what a search of the admitted articles alone would find."""

import itertools
import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article_index import Manifest
from index.local import LocalIndex
from index.types import Article, Chunk, Filters, FloatArray
from qa_service.timeframe import Timeframe

DIMENSION = 8
WORDS = ["bridge", "coast", "debt", "envoy", "flood", "grain", "harbour", "inquest"]
DATES = [None, "2018", "2019", "2019-02", "2019-11", "2019-11-30", "2019-12-01T10:15", "2020-02-29", "2020"]
SOURCES, AUTHORS, LANGUAGES = [None, "A", "B"], [None, "Ann", "Bo"], [None, "en", "fr"]
TAGS, SECTIONS = ["x", "y", "z"], ["Asia", "Europe"]


def fill(index: LocalIndex, articles: list[Article], vectors: FloatArray) -> None:
    """Each article is one chunk, under its place from 1 as id; all in one transaction, which is quick."""
    with index.rebuilding(index.manifest):
        for article, vector in zip(articles, vectors, strict=True):
            index.upsert(article, [Chunk(0, len(article.text))], vector[None])


def unit_vectors(count: int) -> FloatArray:
    vectors = np.random.default_rng(1).standard_normal((count, DIMENSION), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def made(number: int, rng: random.Random) -> Article:
    return Article(
        f"a{number}", f"Number{number} " + " ".join(rng.choices(WORDS, k=6)), published=rng.choice(DATES),
        author=rng.choice(AUTHORS), source=rng.choice(SOURCES), language=rng.choice(LANGUAGES),
        tags=tuple(rng.sample(TAGS, rng.randrange(3))),
        fields={"section": rng.choice(SECTIONS), "page": str(rng.randrange(3))} if rng.random() < 0.7 else {},
    )  # fmt: skip


ARTICLES = [made(number, random.Random(number)) for number in range(120)]
VECTORS = unit_vectors(len(ARTICLES))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalIndex]:
    index = LocalIndex.open(tmp_path_factory.mktemp("index"), Manifest("by hand", "1", DIMENSION, 16, 0))
    fill(index, ARTICLES, VECTORS)
    yield index
    index.close()


def moments(date: str) -> tuple[datetime, datetime]:
    """The first and the last minute of a date."""
    year, month, day = (int(date[a:b] or 0) for a, b in ((0, 4), (5, 7), (8, 10)))
    hour, minute = (int(date[11:13]), int(date[14:16])) if "T" in date else (None, None)
    last_month, last_day = month or 12, day or monthrange(year, month or 12)[1]
    first = datetime(year, month or 1, day or 1, hour or 0, minute or 0)
    return first, datetime(
        year, last_month, last_day, 23 if hour is None else hour, 59 if minute is None else minute
    )


def admits(filters: Filters, article: Article) -> bool:
    """The rule once more, in plain Python."""
    if filters.published_after or filters.published_before:
        if article.published is None:
            return False
        first, last = moments(article.published)
        if filters.published_after and last < moments(filters.published_after)[0]:
            return False
        if filters.published_before and first > moments(filters.published_before)[1]:
            return False
    for name in ("source", "author", "language"):
        wanted = getattr(filters, name)
        if wanted is not None and getattr(article, name) != wanted:
            return False
    return set(filters.tags) <= set(article.tags) and filters.fields.items() <= article.fields.items()


any_filters = st.builds(
    Filters,
    published_after=st.sampled_from(DATES),
    published_before=st.sampled_from(DATES),
    source=st.sampled_from([*SOURCES, "none such"]),
    author=st.sampled_from(AUTHORS),
    language=st.sampled_from(LANGUAGES),
    tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
    fields=st.dictionaries(
        st.sampled_from(["section", "page"]), st.sampled_from([*SECTIONS, "1"]), max_size=2
    ),
)
few_filters = st.sampled_from([Filters(), Filters(language="en"), Filters(published_before="2020")])


@settings(deadline=None)
@given(filters=any_filters | few_filters, k=st.integers(1, 130), seed=st.integers(0, 99))
def test_both_searches_find_what_brute_force_over_the_admitted_finds(
    filled: LocalIndex, filters: Filters, k: int, seed: int
) -> None:
    admitted = [number for number, article in enumerate(ARTICLES, start=1) if admits(filters, article)]
    vector = unit_vectors(100)[seed]
    cosines = {number: float(VECTORS[number - 1] @ vector) for number in admitted}
    dense = filled.search_dense(vector, k, filters)
    # Of two cosines that differ in the last digit alone, either may come first.
    best = sorted(cosines.values(), reverse=True)[:k]
    assert [score for _, score in dense] == pytest.approx(best, abs=1e-6)
    assert dict(dense) == pytest.approx({number: cosines[number] for number, _ in dense}, abs=1e-6)

    query = " ".join(random.Random(seed).sample(WORDS, 3))
    ranking = filled.search_lexical(query, len(ARTICLES))
    expected = [(chunk_id, score) for chunk_id, score in ranking if chunk_id in set(admitted)]
    assert filled.search_lexical(query, k, filters) == expected[:k]
    assert {p.article.article_id for p in filled.passages([i for i, _ in dense], filters).values()} == {
        f"a{number - 1}" for number, _ in dense
    }


def test_one_article_of_ten_thousand_is_found_by_whatever_is_known_of_it(tmp_path: Path) -> None:
    articles = [
        Article(f"a{number}", f"{number}a flood {number}b grain {number}c", published="2019", source="A")
        for number in range(10_000)
    ]
    only = Article(
        "only", "Nothing like the others but a flood.", published="2021-05", author="Ann", source="B",
        language="en", tags=("x",), fields={"section": "Asia"},
    )  # fmt: skip
    articles[4321] = only
    vectors = unit_vectors(len(articles))
    vectors[4321] = -vectors[0]
    index = LocalIndex.open(tmp_path, Manifest("by hand", "1", DIMENSION, 16, 0))
    fill(index, articles, vectors)
    for filters in (
        Filters(published_after="2020"), Filters(author="Ann"), Filters(source="B"), Filters(language="en"),
        Filters(tags=("x",)), Filters(fields={"section": "Asia"}),
    ):  # fmt: skip
        # Of the whole index it is the last by cosine, and thousands have the word more often.
        ((chunk_id, cosine),) = index.search_dense(vectors[0], 1, filters)
        assert (chunk_id, round(cosine, 4)) == (4322, -1)
        assert [chunk_id for chunk_id, _ in index.search_lexical("flood grain", 1, filters)] == [4322]
    index.close()


@pytest.mark.parametrize(
    ("after", "before", "passes"),
    [
        ("2019-11", None, {"2019", "2019-11", "2019-11-30", "2019-12-01T10:15", "2020-02-29", "2020"}),
        (None, "2019-02", {"2018", "2019", "2019-02"}),
        ("2019-03", "2019-10", {"2019"}),
        ("2019-12-01T10:16", "2019-12-31", {"2019"}),
        ("2019-11-30", "2019-11-30", {"2019", "2019-11", "2019-11-30"}),
    ],
)
def test_a_date_is_as_wide_as_it_is_written(
    filled: LocalIndex, after: str | None, before: str | None, passes: set[str]
) -> None:
    filters = Filters(published_after=after, published_before=before)
    found = filled.passages([chunk_id for chunk_id, _ in filled.search_dense(VECTORS[0], 999, filters)])
    assert {passage.article.published for passage in found.values()} == passes


def test_what_a_question_says_of_time_admits_what_the_same_filter_admits(filled: LocalIndex) -> None:
    for after, before in itertools.product(DATES, DATES):
        if after is None and before is None:
            continue
        passed = filled.list(1000, filters=Filters(published_after=after, published_before=before))
        timeframe = Timeframe(words="then", kind="around", after=after, before=before)
        admitted = {article.article_id for article in ARTICLES if timeframe.admits(article.published)}
        assert {article.article_id for article in passed} == admitted, (after, before)
