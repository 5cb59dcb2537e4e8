"""Feedback: what readers thought of answers, kept in a SQLite file of its own.

It is not derived from the articles, so it does not go with the index when that is built anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index.clock import now
from index.errors import QAError
from qa_service.questions import Question

Rating = Literal["up", "down"]

MOST_ENTRIES = 100_000
BUSY_SECONDS = 30

SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    feedback_id INTEGER PRIMARY KEY AUTOINCREMENT, given TEXT NOT NULL, rating TEXT NOT NULL,
    question TEXT NOT NULL, standalone_question TEXT NOT NULL, answer TEXT, right_answer TEXT,
    comment TEXT NOT NULL, article_id TEXT, citations TEXT NOT NULL
)
"""
COLUMNS = "rating, question, standalone_question, answer, right_answer, comment, article_id, citations"


class FeedbackError(QAError):
    """Feedback can't be kept, read or deleted."""


@dataclass(frozen=True)
class Cited:
    """A place that an answer cited; offsets are code points of the text with this hash."""

    article_id: str
    content_hash: str
    start: int
    end: int


@dataclass(frozen=True)
class Feedback:
    """What one reader thought of one answer.

    ``answer`` is None where the service refused. ``right_answer`` is what the reader says is right: "" that
    the articles don't say, None that they don't know. ``article_id`` is where the right answer stands.
    """

    rating: Rating
    question: str
    standalone_question: str
    answer: str | None
    right_answer: str | None = None
    comment: str = ""
    article_id: str | None = None
    citations: tuple[Cited, ...] = ()

    def as_question(self) -> Question | None:
        """A question for ``evaluate``; None where nobody said what the right answer is."""
        right = (self.answer or "") if self.rating == "up" else self.right_answer
        if right is None:
            return None
        return Question(
            self.standalone_question, (right,) if right else (), self.article_id if right else None
        )


@dataclass(frozen=True)
class Entry:
    """Feedback as it is kept; ``given`` is when, in ISO 8601 (UTC)."""

    feedback_id: int
    given: str
    feedback: Feedback


class FeedbackStore:
    """The feedback in one file, which begins with the first entry. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, feedback: Feedback) -> int:
        """Keep it, and give its id. Raises FeedbackError when there is no more room."""
        citations = json.dumps([vars(cited) for cited in feedback.citations])
        values = [getattr(feedback, name) for name in COLUMNS.split(", ")[:-1]]
        with self._open() as connection:
            if connection.execute("SELECT count(*) FROM feedback").fetchone()[0] >= MOST_ENTRIES:
                raise FeedbackError(
                    f"{self.path} holds {MOST_ENTRIES:,} entries, which is all it takes. "
                    "Have them exported and deleted: python -m qa_service feedback --help"
                )
            marks = ", ".join("?" * (len(values) + 2))
            cursor = connection.execute(
                f"INSERT INTO feedback (given, {COLUMNS}) VALUES ({marks})", (now(), *values, citations)
            )
            return int(cursor.lastrowid or 0)

    def all(self) -> list[Entry]:
        """All entries, the oldest first; none where there is no file."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(f"SELECT feedback_id, given, {COLUMNS} FROM feedback ORDER BY 1")
            return [_entry(*row) for row in rows]

    def delete(self, ids: Sequence[int]) -> None:
        """Delete these entries, or none if one is not there, which raises FeedbackError."""
        missing = set(ids) - {entry.feedback_id for entry in self.all()}
        if missing:
            raise FeedbackError(
                f"There is no feedback {min(missing)}. See: python -m qa_service feedback list"
            )
        if not ids:
            return
        with self._open() as connection:
            connection.executemany("DELETE FROM feedback WHERE feedback_id = ?", [(each,) for each in ids])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is done with it is done as a whole. What is deleted is overwritten."""
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(SCHEMA)
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.DatabaseError as error:
            raise FeedbackError(f"{self.path} can't be written or read: {error}.") from error


def _entry(feedback_id: int, given: str, *values: Any) -> Entry:
    said = dict(zip(COLUMNS.split(", "), values, strict=True))
    cited = tuple(Cited(**each) for each in json.loads(said["citations"]))
    return Entry(feedback_id, given, Feedback(**{**said, "citations": cited}))
