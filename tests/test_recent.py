"""Recent replies: kept for a little while, and given once."""

from collections.abc import Generator
from itertools import count

import pytest

from qa_service import recent
from qa_service.recent import Recent
from qa_service.types import Reply, Stage, Timings


def reply(question: str) -> Reply:
    return Reply(
        question=question, standalone_question=question, answerable=False, answer=None, confidence=0,
        mode="extractive", kind="single", citations=(), answers=(),
        timings_ms=Timings(search=0, read=0, total=0),
    )  # fmt: skip


def given(question: str) -> Generator[Stage, None, None]:
    yield reply(question)


@pytest.fixture
def replies() -> Recent:
    return Recent()


def note(replies: Recent, *questions: str) -> None:
    for question in questions:
        assert list(replies.noted(question, given(question))) == [reply(question)]


def test_a_reply_is_given_once(replies: Recent) -> None:
    note(replies, "who", "when")
    assert replies.take("who") == reply("who")
    assert replies.take("who") is None
    assert replies.take("when") == reply("when")


def test_an_old_one_is_not_given(replies: Recent, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(step=recent.SECONDS)
    monkeypatch.setattr(recent, "monotonic", lambda: next(clock))
    note(replies, "who")
    assert replies.take("who") is None


def test_only_the_last_are_kept(replies: Recent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    note(replies, "who", "when", "who", "where")
    assert replies.take("when") is None
    assert replies.take("who")
    assert replies.take("where")


def test_whoever_stops_early_leaves_none(replies: Recent) -> None:
    stages = replies.noted("who", given("who"))
    stages.close()
    assert replies.take("who") is None
