"""The service over the articles of all tests and one of emoji."""

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.api.asking import EMOJI
from tests.conftest import Silent


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest([*articles, EMOJI]))
    return create_app(settings, pipeline).test_client()


@pytest.fixture
def silent(settings: Settings, pipeline: Pipeline, client: FlaskClient) -> FlaskClient:
    """The same service, but the reader finds no answer."""
    pipeline.reader = Silent()
    return client
