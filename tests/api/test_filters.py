"""Filters and top_k: which passages are read."""

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient

from index.types import Article, Hit
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests.api.asking import Json, ask, cited
from tests.conftest import Silent


class TestFilters:
    """Every article is near enough to be found, so what is missing was filtered out."""

    @pytest.mark.parametrize(
        ("filters", "admitted"),
        [
            ({}, {"sokha", "webb", "undated", "emoji"}),
            ({"source": "Northgate"}, {"sokha"}),
            ({"author": "Ito"}, {"webb"}),
            ({"language": "en"}, {"sokha", "webb"}),
            ({"tags": ["cambodia", "politics"]}, {"sokha"}),
            ({"tags": ["cambodia", "space"]}, set()),
            ({"fields": {"section": "Asia"}}, {"sokha"}),
            ({"fields": {"page": 3, "front": True}}, {"sokha"}),
            ({"fields": {"page": "4"}}, set()),
            ({"published_after": "2019-12"}, {"webb"}),
            ({"published_before": "2019-11"}, {"sokha"}),
            ({"published_before": "30 November 2019"}, {"sokha"}),
            ({"published_after": "2019", "published_before": "2021-12-25"}, {"sokha", "webb"}),
            ({"published_after": None, "source": None}, {"sokha", "webb", "undated", "emoji"}),
        ],
    )
    def test_only_what_they_admit_is_cited(
        self, pipeline: Pipeline, client: FlaskClient, filters: Json, admitted: set[str]
    ) -> None:
        pipeline.reader = Everything()
        assert read_by(pipeline, client, filters) == admitted

    def test_a_source_is_the_same_in_any_unicode_form(self, pipeline: Pipeline, client: FlaskClient) -> None:
        list(pipeline.ingest([Article("cafe", "Coffee is hot.", source="Café")]))
        assert cited(ask(client, "coffee", filters={"source": "Cafe\N{COMBINING ACUTE ACCENT}"})) == {"cafe"}


class Everything(Silent):
    """A reader that remembers what it was given to read."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        self.given = [hit.article.article_id for hit in hits]
        return []


def read_by(pipeline: Pipeline, client: FlaskClient, filters: Json) -> set[str]:
    ask(client, "sokha webb bread ana", filters=filters, top_k=50)
    assert isinstance(pipeline.reader, Everything)
    return set(pipeline.reader.given)


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_top_k_is_how_many_passages_are_read(pipeline: Pipeline, client: FlaskClient, top_k: int) -> None:
    pipeline.reader = reader = Everything()
    ask(client, "sokha webb bread ana", top_k=top_k)
    assert len(reader.given) == top_k
