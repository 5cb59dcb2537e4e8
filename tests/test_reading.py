"""Passages are read in the order of search, until the answer is settled."""

from collections.abc import Generator, Sequence

import pytest

from index.types import Article, Hit
from qa_service.reading import READ_AT_ONCE, read
from qa_service.types import PartRead, Span
from tests.conftest import BY_MARGIN

PASSAGES = 2 * READ_AT_ONCE + 1


class Marked:
    """A reader that finds the first word of each passage, likely where that is "Sure"."""

    def __init__(self) -> None:
        self.seen: list[Hit] = []

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.seen += hits
        spans = [Span(hit, 0, 4, 5.0 if hit.text.startswith("Sure") else -5.0, 0.0) for hit in hits]
        return sorted(spans, key=lambda span: -span.margin)


def hits(sure: int | None, score_behind: float) -> list[Hit]:
    """The passage in place ``sure`` has a likely answer; those behind the first few have this score."""
    found = []
    for place in range(PASSAGES):
        article = Article(f"a{place}", "Sure it is." if place == sure else "Dull it is.")
        score = 1.0 if place < READ_AT_ONCE else score_behind
        found.append(Hit(place, article, 0, len(article.text), score, dense=0.0, lexical=0.0))
    return found


def spans_of(parts: Generator[PartRead, None, list[Span]]) -> list[Span]:
    while True:
        try:
            next(parts)
        except StopIteration as stop:
            found: list[Span] = stop.value
            return found


@pytest.mark.parametrize(
    ("question", "sure", "score_behind", "everything", "expected"),
    [
        ("who came", 1, 0.65, False, READ_AT_ONCE),
        ("who came", 1, 0.5, True, PASSAGES),
        ("who came", 1, 0.9, False, PASSAGES),
        ("who came", None, 0.65, False, PASSAGES),
        ("who came", None, 0.6, False, READ_AT_ONCE),
        ("which countries came", 1, 0.5, False, PASSAGES),
        ("when did they come", 1, 0.65, False, PASSAGES),  # "Sure" is no date
    ],
)
def test_it_ends_where_nothing_else_is_likely(
    question: str, sure: int | None, score_behind: float, everything: bool, expected: int
) -> None:
    reader, found = Marked(), hits(sure, score_behind)
    spans = spans_of(read(reader, BY_MARGIN, question, found, everything))
    assert reader.seen == found[:expected]
    assert {span.hit.chunk_id for span in spans} == set(range(expected))
    margins = [span.margin for span in spans]
    assert margins == sorted(margins, reverse=True)


def test_without_passages_nothing_is_read() -> None:
    assert spans_of(read(Marked(), BY_MARGIN, "who came", [])) == []
