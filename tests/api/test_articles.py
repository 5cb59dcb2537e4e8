"""GET /articles and GET /articles/{id}."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service.pipeline import Pipeline
from tests.api.asking import EMOJI, get


class TestArticles:
    def test_are_listed_newest_first_without_their_text(self, client: FlaskClient) -> None:
        page = get(client, "/articles")
        assert page["total"] == 4
        assert [article["id"] for article in page["articles"]] == ["webb", "sokha", "emoji", "undated"]
        assert page["articles"][1] == {
            "id": "sokha", "title": "Envoys visit Sokha", "url": None, "published": "2019-11-30",
            "author": "Holt", "source": "Northgate", "language": "en", "tags": ["cambodia", "politics"],
            "fields": {"section": "Asia", "page": "3", "front": "true"},
            "content_hash": page["articles"][1]["content_hash"],
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "listed"),
        [
            ("limit=2", ["webb", "sokha"]),
            ("limit=2&offset=2", ["emoji", "undated"]),
            ("offset=3", ["undated"]),
            ("offset=4", []),
        ],
    )
    def test_are_listed_in_pages_that_say_the_total(
        self, client: FlaskClient, query: str, listed: list[str]
    ) -> None:
        page = get(client, f"/articles?{query}")
        assert page["total"] == 4
        assert [article["id"] for article in page["articles"]] == listed

    def test_one_is_given_with_its_text(self, client: FlaskClient) -> None:
        article = get(client, "/articles/emoji")
        assert article["text"] == EMOJI.text
        assert article["content_hash"] == EMOJI.content_hash
        assert article["url"] == "https://news.example/ana?id=1"

    @pytest.mark.parametrize("safe", ["", "/:"], ids=["all encoded", "slashes as they are"])
    @pytest.mark.parametrize(
        "article_id",
        [
            "a/b",
            "/news/1",
            "https://x.example/a//b?q=1#f",
            "ends/",
            "two words",
            "Đà Nẵng 🎉",
            "100%",
            "x%2Fy",
            "..",
        ],
    )
    def test_any_id_can_be_fetched(
        self, pipeline: Pipeline, client: FlaskClient, article_id: str, safe: str
    ) -> None:
        list(pipeline.ingest([Article(article_id, "Some words.")]))
        assert get(client, f"/articles/{quote(article_id, safe=safe)}")["id"] == article_id
