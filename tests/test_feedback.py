"""Feedback: checked, kept apart from the index, and turned into test questions."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from index.local import LocalIndex
from index.types import Article
from qa_service import create_app, feedback
from qa_service.config import Settings
from qa_service.feedback import Cited, Feedback, FeedbackError, FeedbackStore
from qa_service.pipeline import Pipeline
from qa_service.questions import Question

CITED: dict[str, Any] = {"article_id": "sokha", "content_hash": "0", "start": 0, "end": 3}
WHO = "who came to Sokha?"
GOOD = {"question": "and who came?", "standalone_question": "who came to Sokha?", "answer": "Six ambassadors",
        "rating": "up", "citations": [CITED]}  # fmt: skip


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


@pytest.fixture
def store(settings: Settings) -> FeedbackStore:
    return FeedbackStore(settings.feedback_file)


def post(client: FlaskClient, status: int = 201, **changed: Any) -> dict[str, Any]:
    body = {name: value for name, value in {**GOOD, **changed}.items() if value != "left out"}
    response = client.post("/feedback", json=body)
    assert response.status_code == status, response.text
    return cast("dict[str, Any]", response.json)


def test_all_that_was_said_is_kept(client: FlaskClient, store: FeedbackStore) -> None:
    first = post(client)["id"]
    second = post(client, rating="down", right_answer="home", comment="Where?\nAt home.")["id"]
    one, other = store.all()
    assert (one.feedback_id, other.feedback_id) == (first, second)
    assert one.given <= other.given
    assert one.feedback == Feedback(
        "up", "and who came?", "who came to Sokha?", "Six ambassadors", None, "", "sokha", (Cited(**CITED),)
    )
    assert (other.feedback.rating, other.feedback.right_answer) == ("down", "home")
    assert other.feedback.comment == "Where?\nAt home."


def test_a_question_that_stands_alone_needs_to_be_said_once(
    client: FlaskClient, store: FeedbackStore
) -> None:
    post(client, standalone_question="left out", answer="left out", citations="left out")
    assert store.all()[0].feedback == Feedback("up", "and who came?", "and who came?", None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "a" * 2001}, "question"),
        ({"rating": "meh"}, "rating"),
        ({"rating": "left out"}, "rating"),
        ({"comment": "a" * 2001}, "comment"),
        ({"comment": None}, "comment"),
        ({"right_answer": "a" * 2001}, "right_answer"),
        ({"answer": "a" * 20_001}, "answer"),
        ({"answer": 7}, "answer"),
        ({"citations": [CITED] * 101}, "citations"),
        ({"citations": [{**CITED, "end": 0}]}, "citations.0"),
        ({"citations": [{**CITED, "start": -1}]}, "citations.0.start"),
        ({"citations": [{**CITED, "article_id": "a" * 2001}]}, "citations.0.article_id"),
        ({"citations": [{**CITED, "quote": "Six"}]}, "citations.0.quote"),
        ({"author": "me"}, "author"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    client: FlaskClient, store: FeedbackStore, changed: dict[str, Any], field: str
) -> None:
    problem = post(client, 422, **changed)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert store.all() == []


def test_other_sites_may_not_give_feedback(client: FlaskClient, store: FeedbackStore) -> None:
    response = client.post("/feedback", json=GOOD, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert store.all() == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Question(WHO, ("Six ambassadors",), "sokha")),
        ({"answer": None}, Question(WHO, ())),
        ({"rating": "down"}, None),
        ({"rating": "down", "right_answer": ""}, Question(WHO, ())),
        ({"rating": "down", "right_answer": "at home"}, Question(WHO, ("at home",), "sokha")),
        ({"rating": "down", "right_answer": "in Rome"}, Question(WHO, ("in Rome",))),
        ({"rating": "down", "right_answer": "Webb", "citations": [CITED, {**CITED, "article_id": "webb"}]},
         Question(WHO, ("Webb",), "webb")),
        ({"rating": "down", "right_answer": "Webb", "citations": [{**CITED, "article_id": "deleted"}]},
         Question(WHO, ("Webb",))),
    ],
)  # fmt: skip
def test_feedback_becomes_a_test_question_where_somebody_said_what_is_right(
    client: FlaskClient, store: FeedbackStore, changed: dict[str, Any], expected: Question | None
) -> None:
    post(client, **changed)
    assert store.all()[0].feedback.as_question() == expected


def test_it_survives_the_index(client: FlaskClient, store: FeedbackStore, index: LocalIndex) -> None:
    post(client)
    index.close()
    for path in index.folder.iterdir():
        path.unlink()
    assert len(store.all()) == 1


def test_many_at_once_are_all_kept(store: FeedbackStore) -> None:
    said = [Feedback("up", f"question {n}", f"question {n}", None) for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(store.add, said))
    assert len(ids) == 40
    assert {entry.feedback.question for entry in store.all()} == {each.question for each in said}


def test_deleted_feedback_is_gone_from_the_file_and_its_id_is_not_given_again(store: FeedbackStore) -> None:
    kept, deleted = (store.add(Feedback("up", word, word, None)) for word in ("kept", "hushhush"))
    with pytest.raises(FeedbackError, match="no feedback 99"):
        store.delete([kept, 99])
    assert len(store.all()) == 2
    store.delete([deleted])
    assert [entry.feedback_id for entry in store.all()] == [kept]
    assert b"hushhush" not in store.path.read_bytes()
    assert store.add(Feedback("up", "new", "new", None)) > deleted


def test_there_is_an_end_to_what_is_kept(
    client: FlaskClient,
    store: FeedbackStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(feedback, "MOST_ENTRIES", 1)
    post(client)
    assert "server's log says why" in post(client, 503)["detail"]
    assert "holds 1 entries" in caplog.text
    assert len(store.all()) == 1


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    path.write_bytes(b"not a database, and long enough to be seen as none" * 20)
    with pytest.raises(FeedbackError, match=r"feedback\.db can't be written or read"):
        FeedbackStore(path).all()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT * FROM feedback")
