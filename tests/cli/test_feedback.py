"""The verbs of feedback: what readers said, and the questions that evaluate asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.config import Settings
from qa_service.feedback import Feedback, FeedbackStore
from tests.cli.conftest import Run

COMPLAINTS = (
    Feedback("up", "who visited?", "who visited Kem Sokha?", "Six ambassadors", article_id="sokha"),
    Feedback("down", "when?", "when was he arrested?", "2019", "2017", "It's\nwrong", "sokha"),
    Feedback("down", "why?", "why was he arrested?", "Rain falls.", None, "Nonsense"),
    Feedback("down", "who is the queen?", "who is the queen?", "Sokha", ""),
)


@pytest.fixture
def store() -> FeedbackStore:
    store = FeedbackStore(Settings().feedback_file)
    store.path.parent.mkdir(exist_ok=True)
    for each in COMPLAINTS:
        store.add(each)
    return store


def test_list_shows_what_was_said(run: Run, store: FeedbackStore) -> None:
    listed = json.loads(run("feedback", "list", "--json").stdout)
    assert [each["id"] for each in listed] == [1, 2, 3, 4]
    assert listed[1]["right_answer"] == "2017"
    assert listed[1]["comment"] == "It's\nwrong"
    shown = run("feedback", "list").stdout
    assert "Nonsense" in shown
    assert "why?" in shown


def test_without_feedback_it_says_where_it_comes_from(run: Run) -> None:
    assert "no feedback yet" in run("feedback", "list").stdout
    assert json.loads(run("feedback", "list", "--json").stdout) == []
    assert not Settings().feedback_file.exists()


def test_complaints_become_questions_that_evaluate_asks(run: Run, filled: Path, store: FeedbackStore) -> None:
    result = run("feedback", "export", "complaints.jsonl")
    assert "Test questions in complaints.jsonl: 3." in result.stdout
    assert "Left out: 1." in result.stdout
    lines = [json.loads(line) for line in Path("complaints.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {"id": "feedback-1", "question": "who visited Kem Sokha?", "answers": ["Six ambassadors"],
         "article_id": "sokha"},
        {"id": "feedback-2", "question": "when was he arrested?", "answers": ["2017"], "article_id": "sokha"},
        {"id": "feedback-4", "question": "who is the queen?", "answers": [], "article_id": None},
    ]  # fmt: skip
    measured = json.loads(run("evaluate", "complaints.jsonl", "--json").stdout)
    assert measured["questions"] == 3


def test_delete_takes_ids_or_all(run: Run, store: FeedbackStore) -> None:
    assert json.loads(run("feedback", "delete", "2", "3", "--json").stdout) == {"deleted": [2, 3]}
    assert [entry.feedback_id for entry in store.all()] == [1, 4]
    assert "no feedback 2" in run("feedback", "delete", "2", status=1).output
    for arguments in ((), ("1", "--all")):
        assert "or --all" in run("feedback", "delete", *arguments, status=2).output
    run("feedback", "delete", "--all")
    assert store.all() == []
