"""SQuAD v2.0 files, gzipped or plain, as passages with their questions."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Some sets number their documents ("wikinews:749788", "covidqa-0") where SQuAD has a title.
_IDENTIFIER = re.compile(r"\w+[:\-]\d+")


@dataclass(frozen=True)
class Answer:
    """One reference answer; `start` counts code points from the start of the passage."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Question:
    """A question; no answers means that its passage does not answer it."""

    id: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Passage:
    """A passage, the title of its article (None where the file only numbers it), its questions."""

    article: str
    title: str | None
    text: str
    questions: tuple[Question, ...]


def read_squad(path: Path) -> list[Passage]:
    """Every passage of a SQuAD v2.0 file, in order.

    Raises ValueError where the file is not SQuAD v2.0 or an answer does not stand at its offset.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    try:
        articles = [
            (str(article.get("title", "")), paragraph)
            for article in document["data"]
            for paragraph in article["paragraphs"]
        ]
        return [_passage(name, paragraph) for name, paragraph in articles]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not SQuAD v2.0: {error!r}") from error
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def consensus(answers: Sequence[Answer]) -> Answer:
    """The answer that overlaps most with what the other annotators marked, the first of equals."""
    return max(answers, key=lambda answer: sum(_overlap(answer, other) for other in answers))


def hold_out(passages: Iterable[Passage], articles: Iterable[str]) -> tuple[list[Passage], list[Passage]]:
    """Passages of all other articles, and those of the named ones."""
    named = set(articles)
    kept: list[Passage] = []
    held: list[Passage] = []
    for passage in passages:
        (held if passage.article in named else kept).append(passage)
    return kept, held


def _passage(article: str, paragraph: dict[str, object]) -> Passage:
    text = str(paragraph["context"])
    title = None if _IDENTIFIER.fullmatch(article) else article.replace("_", " ").strip() or None
    questions = paragraph["qas"]
    if not isinstance(questions, list):
        raise TypeError("qas is not a list")
    return Passage(article, title, text, tuple(_question(entry, text) for entry in questions))


def _question(entry: dict[str, object], context: str) -> Question:
    raw = [] if entry.get("is_impossible", False) else entry["answers"]
    if not isinstance(raw, list):
        raise TypeError("answers is not a list")
    answers = tuple(Answer(str(each["text"]), int(each["answer_start"])) for each in raw)
    for answer in answers:
        if context[answer.start : answer.end] != answer.text:
            raise ValueError(f"question {entry['id']}: {answer.text!r} does not stand at {answer.start}")
    return Question(str(entry["id"]), str(entry["question"]).strip(), answers)


def _overlap(one: Answer, other: Answer) -> float:
    """Shared characters over all characters of two spans, 0 to 1."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    union = max(one.end, other.end) - min(one.start, other.start)
    return max(shared, 0) / union if union else 0.0
