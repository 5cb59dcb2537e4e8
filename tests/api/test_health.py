"""GET /health and GET /ready."""

import pytest
from flask.testing import FlaskClient

from index.errors import StoreError
from index.local import LocalIndex
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.api.asking import get


class TestHealth:
    def test_says_that_the_process_lives(self, client: FlaskClient) -> None:
        assert get(client, "/health") == {"status": "ok"}

    def test_ready_says_what_is_there(self, client: FlaskClient) -> None:
        ready = get(client, "/ready")
        assert ready["status"] == "ready"
        assert (ready["articles"], ready["chunks"]) == (4, 4)
        assert ready["generation"] > 0

    def test_an_empty_index_is_alive_and_ready(self, settings: Settings, pipeline: Pipeline) -> None:
        empty = create_app(settings, pipeline).test_client()
        assert empty.get("/health").status_code == 200
        assert get(empty, "/ready")["articles"] == 0
        assert get(empty, "/articles") == {"total": 0, "articles": []}

    def test_is_not_ready_when_the_index_can_not_be_read(
        self, settings: Settings, index: LocalIndex, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> None:
            raise StoreError("articles.db can't be read: disk I/O error.")

        monkeypatch.setattr(index, "status", fail)
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
