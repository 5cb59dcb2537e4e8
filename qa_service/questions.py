"""Questions: files of questions whose answers are known, for evaluation."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index.errors import QAError


@dataclass(frozen=True)
class Question:
    """``answers`` are the exact words, any of them right; none where nothing answers.

    ``id`` is the line's number where the file gives none. ``as_of`` is the day on which it is asked, if that
    matters. ``passage`` and its ``title`` are what a SQuAD file gives with the question.
    """

    question: str
    answers: tuple[str, ...]
    article_id: str | None = None
    sentence: str | None = None
    id: str = ""
    as_of: date | None = None
    passage: str | None = None
    title: str = ""


_QUESTION = TypeAdapter(Question)


def load(path: Path) -> list[Question]:
    """Questions from SQuAD v2.0 JSON (``.json``, ``.json.gz``) or JSONL. Raises QAError, naming the place.

    There is at least one, and each has an id of its own.
    """
    loaded = _squad(path) if path.name.endswith((".json", ".json.gz")) else _jsonl(path)
    if not loaded:
        raise QAError(f"{path} has no questions.")
    id_, times = Counter(question.id for question in loaded).most_common(1)[0]
    if times > 1:
        raise QAError(f"{path} has {times} questions of the id {id_!r}; give each an id of its own, or none.")
    return loaded


def _jsonl(path: Path) -> list[Question]:
    # As bytes: text would also be split at U+2028 and others, which JSON allows within strings.
    lines = enumerate(path.read_bytes().splitlines(), start=1)
    return [_question(path, number, line) for number, line in lines if line.strip()]


def _question(path: Path, number: int, line: bytes) -> Question:
    try:
        question = _QUESTION.validate_json(line)
        return question if question.id else replace(question, id=str(number))
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        reason = ": ".join([*map(str, details["loc"]), details["msg"]])
        raise QAError(f"Line {number} of {path} is not a question: {reason}.") from error


def _squad(path: Path) -> list[Question]:
    """After the format of Rajpurkar, Jia and Liang, "Know What You Don't Know" (2018)."""
    try:
        content = path.read_bytes()
        document = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        return [
            _squad_question(qa, paragraph["context"], article.get("title", ""))
            for article in document["data"]
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
        ]
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise QAError(f"{path} is not SQuAD v2.0 JSON: {error!r}.") from error


def _squad_question(qa: dict[str, Any], passage: str, title: str) -> Question:
    answers = () if qa.get("is_impossible") else tuple(answer["text"] for answer in qa["answers"])
    return Question(qa["question"], answers, id=str(qa["id"]), passage=passage, title=title.replace("_", " "))
