"""What the pages are filled with, before any script runs."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.routes.page import EXAMPLES


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline) -> FlaskClient:
    return create_app(replace(settings, top_k=7, max_passages=33), pipeline).test_client()


def test_only_questions_that_the_articles_answer_are_examples(
    client: FlaskClient, pipeline: Pipeline
) -> None:
    question, article_id = next(iter(EXAMPLES.items()))
    list(pipeline.ingest([Article("own", "The ferry leaves at nine.")]))
    assert "Example questions" not in (page := client.get("/").text)
    assert "Ask in your own words" in page
    list(pipeline.ingest([Article(article_id, "Ambassadors visited Sokha.")]))
    page = client.get("/").text
    assert [example in page for example in EXAMPLES] == [example == question for example in EXAMPLES]


@pytest.mark.parametrize("path", ["/", "/widget"])
def test_the_settings_of_the_chat_say_what_holds_where_nothing_is_given(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path).text
    assert "More are slower; 7 where nothing is given." in page
    assert 'max="33"' in page
