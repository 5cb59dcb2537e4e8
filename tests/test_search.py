"""Search: dense and lexical scores become one order of passages."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from index.encoder import HashingEncoder
from index.errors import ArticleNotFound, EmptyIndex
from index.fusion import fuse
from index.question_words import without_question_words
from index.search import COVERAGE_WEIGHT, Search
from index.sync import ingest
from index.types import Article, Filters, FloatArray, Fused
from tests.conftest import SIZE, AnyIndex, on_both


def rows(*expected: tuple[int, float, float, float]) -> Any:
    """Chunk id, fused score, cosine, BM25 over the best; equal to what is as good as equal."""
    return pytest.approx(np.array(expected))


class TestFuse:
    def test_is_the_weighted_sum_of_cosine_and_bm25_over_the_best(self) -> None:
        fused = fuse(dense=[(1, 0.8), (2, 0.6)], lexical=[(2, 10.0), (1, 5.0)], lexical_weight=0.4)
        # 0.6 * 0.6 + 0.4 * 10 / 10 and 0.6 * 0.8 + 0.4 * 5 / 10
        assert np.array(fused) == rows((2, 0.76, 0.6, 1.0), (1, 0.68, 0.8, 0.5))

    def test_counts_a_score_that_is_missing_as_zero(self) -> None:
        fused = fuse(dense=[(1, 0.8), (2, -0.3)], lexical=[(3, 7.0)], lexical_weight=0.5)
        assert np.array(fused) == rows((3, 0.5, 0.0, 1.0), (1, 0.4, 0.8, 0.0), (2, -0.15, -0.3, 0.0))

    def test_orders_equal_scores_by_id(self) -> None:
        assert [chunk_id for chunk_id, *_ in fuse([(9, 0.5), (3, 0.5), (5, 0.5)], [], 0.4)] == [3, 5, 9]

    @pytest.mark.parametrize(("weight", "order"), [(0.0, [1, 2]), (1.0, [2, 1])])
    def test_at_the_ends_of_the_weight_only_one_search_counts(self, weight: float, order: list[int]) -> None:
        fused = fuse(dense=[(1, 0.9), (2, 0.1)], lexical=[(2, 3.0), (1, 1.0)], lexical_weight=weight)
        assert [chunk_id for chunk_id, *_ in fused] == order

    def test_takes_one_search_that_found_nothing_or_both(self) -> None:
        assert fuse([], [], 0.4) == []
        assert np.array(fuse([(1, 0.5)], [], 0.4)) == rows((1, 0.3, 0.5, 0.0))
        assert np.array(fuse([], [(1, 2.0)], 0.4)) == rows((1, 0.4, 0.0, 1.0))

    def test_keeps_scores_finite_when_no_bm25_score_is_above_zero(self) -> None:
        assert np.array(fuse([(1, -0.5)], [(1, 0.0)], 0.4)) == rows((1, -0.3, -0.5, 0.0))


@pytest.fixture
def filled(index: AnyIndex, encoder: HashingEncoder, articles: list[Article]) -> AnyIndex:
    list(ingest(index, encoder, SIZE, articles))
    return index


@pytest.fixture
def search(filled: AnyIndex, encoder: HashingEncoder) -> Search:
    return Search(filled, encoder, lexical_weight=0.4)


@on_both
def test_an_empty_index_says_how_to_fill_it(index: AnyIndex, encoder: HashingEncoder) -> None:
    with pytest.raises(EmptyIndex, match="python -m qa_service ingest"):
        Search(index, encoder, 0.4).hits("who visited Sokha", 5)


@on_both
def test_hits_come_best_first_with_what_makes_their_score(search: Search) -> None:
    hits = search.hits("ambassadors visited Kem Sokha", 10)
    assert hits[0].article.article_id == "sokha"
    assert hits[0].lexical == 1.0
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        fused = 0.6 * hit.dense + 0.4 * hit.lexical
        assert hit.score == pytest.approx((1 - COVERAGE_WEIGHT) * fused + COVERAGE_WEIGHT * hit.coverage)
        assert hit.text == hit.article.text[hit.start : hit.end]


@on_both
def test_of_those_that_have_the_words_the_one_that_says_it_in_a_sentence_comes_first(
    index: AnyIndex, encoder: HashingEncoder
) -> None:
    """BM25 finds the same words, and so finds them alike."""
    scattered = Article("scattered", "The minister met Sokha at home. The envoys was.")
    in_a_sentence = Article("in-a-sentence", "The envoys met Sokha. The minister was at home.")
    list(ingest(index, encoder, SIZE, [scattered, in_a_sentence]))
    search = Search(index, encoder, lexical_weight=1.0)
    first, second = search.hits("which envoys met Sokha", 2)
    assert (first.article, second.article) == (in_a_sentence, scattered)
    assert first.coverage == 1.0 > second.coverage
    assert first.lexical == second.lexical
    assert search.hits("which envoys met Sokha", 1) == [first]


@on_both
def test_what_only_the_words_found_has_its_true_cosine(
    index: AnyIndex, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.CANDIDATES", 1)
    far = Article("far", "rare alpha gamma delta epsilon zeta eta")
    list(ingest(index, encoder, SIZE, [far, *(Article(f"near-{n}", f"beta number{n}") for n in range(3))]))
    hits = Search(index, encoder, 0.4).hits("beta rare", 10)
    assert len(hits) == 2, "one that is near and one that has the rare word"
    question, text = encoder.encode(["beta rare", far.text])
    (found,) = (hit for hit in hits if hit.article == far)
    assert found.lexical == 1
    assert found.dense == pytest.approx(float(question @ text), abs=2e-4)
    assert found.dense < min(hit.dense for hit in hits if hit is not found)


@on_both
@pytest.mark.parametrize("weight", [0, 0.3, 1])
@pytest.mark.parametrize(
    "question", ["ambassadors visited Kem Sokha", "the water of Guiana", "?!", "nothing here"]
)
def test_hybrid_search_fuses_what_the_two_searches_find(
    filled: AnyIndex, encoder: HashingEncoder, question: str, weight: float
) -> None:
    vector = 3 * encoder.encode([question])[0]
    dense, lexical = filled.search_dense(vector, 99), filled.search_lexical(question, 99)
    expected = {each.chunk_id: each for each in fuse(dense, lexical, weight)}
    found = filled.search_hybrid(question, vector, weight, 99)
    assert [each.score for each in found] == pytest.approx(
        [each.score for each in expected.values()], abs=1e-3
    )
    assert len(found) == len(expected)
    for each in found:
        assert np.array(each) == pytest.approx(np.array(expected[each.chunk_id]), abs=1e-3)


@on_both
def test_a_passage_of_several_copies_word_for_word_is_one_hit(
    index: AnyIndex, encoder: HashingEncoder
) -> None:
    text = "The bridge over the river was closed on Monday after a crack was found in it."
    copies = [Article(f"copy-{n}", text, f"Headline {n}") for n in range(5)]
    changed = Article("changed", text.replace("Monday", "Tuesday"))
    list(ingest(index, encoder, SIZE, [*copies, changed, Article("other", "A bridge is built.")]))
    hits = Search(index, encoder, 0.4).hits("when was the bridge closed", 3)
    assert len({hit.text for hit in hits}) == 3, "the copies leave room for what differs"
    assert [len(hit.copies) for hit in hits if hit.article.article_id != "other"] == [5, 5]


@pytest.mark.parametrize(
    ("question", "looked_for"),
    [
        ("Who did visit Sokha?", "visit Sokha"),
        ("what did the WHO say", "the WHO say"),
        ("who's who", "s"),
        ("who is who?", "who is who"),
        ("", ""),
    ],
)
def test_lexical_search_looks_for_what_a_question_is_about(question: str, looked_for: str) -> None:
    assert without_question_words(question) == looked_for


@on_both
def test_question_words_of_a_passage_match_nothing(filled: AnyIndex, encoder: HashingEncoder) -> None:
    list(ingest(filled, encoder, SIZE, [Article("asks", "Who is who? What was it, and why did they?")]))
    hits = Search(filled, encoder, lexical_weight=0.3).hits("who did visit Sokha", 9)
    assert {hit.article.article_id for hit in hits if hit.lexical} == {"sokha"}


@on_both
@pytest.mark.parametrize(("k", "found"), [(1, 1), (2, 2), (3, 3), (1000, 3)])
def test_there_are_k_hits_or_as_many_as_there_are_chunks(search: Search, k: int, found: int) -> None:
    assert len(search.hits("Sokha", k)) == found


@pytest.mark.parametrize(
    "question", ["", "?!", '"', "AND", "zzz qqq", "NEAR(a b) title:*", "\N{PILE OF POO}"]
)
def test_any_question_is_safe(search: Search, question: str) -> None:
    assert len(search.hits(question, 10)) == 3


@on_both
@pytest.mark.parametrize(
    ("filters", "admitted"),
    [
        (None, {"sokha", "webb", "undated"}),
        (Filters(), {"sokha", "webb", "undated"}),
        (Filters(source="Starline"), {"webb"}),
        (Filters(published_before="2019"), {"sokha"}),
        (Filters(tags=("nothing",)), set()),
    ],
)
def test_filters_hold_for_both_searches(search: Search, filters: Filters | None, admitted: set[str]) -> None:
    hits = search.hits("Sokha Webb bread", 10, filters)
    assert {hit.article.article_id for hit in hits} == admitted


class _DeletesAfterSearching:
    """An index from which another process deletes an article between search and resolution."""

    def __init__(self, index: AnyIndex, victim: str) -> None:
        self.index = index
        self.victim = victim

    def __getattr__(self, name: str) -> Any:
        return getattr(self.index, name)

    def search_hybrid(
        self, query: str, vector: FloatArray, lexical_weight: float, k: int, filters: Filters | None = None
    ) -> Sequence[Fused]:
        found = self.index.search_hybrid(query, vector, lexical_weight, k, filters)
        with suppress(ArticleNotFound):  # it is searched again
            self.index.delete(self.victim)
        return found


@on_both
def test_what_is_deleted_meanwhile_is_dropped(filled: AnyIndex, encoder: HashingEncoder) -> None:
    search = Search(_DeletesAfterSearching(filled, "sokha"), encoder, 0.4)
    hits = search.hits("ambassadors visited Kem Sokha", 10)
    assert {hit.article.article_id for hit in hits} == {"webb", "undated"}
