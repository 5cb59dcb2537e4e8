"""What is exported comes back exactly, and what was not exported is told line by line."""

import json
from pathlib import Path

import pytest

from index import exchange
from index.loaders import Failure
from index.types import Article

RICH = Article(
    "a/b \N{ROCKET}", "One.\n\nTwo \N{LINE SEPARATOR} three. Đà Nẵng.", 'A "title"', url="https://example.org/?a=1&b",
    published="2019-11", author="Holt", source="Northgate", language="en", tags=("x", "y z"),
    fields={"headline": "kept apart", "section": "Asia"}, pages=(0, 6),
)  # fmt: skip


def test_everything_that_is_kept_comes_back(tmp_path: Path, articles: list[Article]) -> None:
    every = [RICH, *articles]
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(map(exchange.line, every)), encoding="utf-8")
    assert list(exchange.read(path)) == every
    (first, *_) = exchange.read(path)
    assert isinstance(first, Article)
    assert (first.fields, first.content_hash) == (RICH.fields, RICH.content_hash)


def test_a_line_is_one_line_of_json() -> None:
    assert "\n" not in exchange.line(RICH)
    assert json.loads(exchange.line(Article("a", "Text."))) == {"id": "a", "text": "Text."}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting"),
        ("[]", "exported"),
        ("17", "exported"),
        ('{"text": "a"}', "it has no 'id'"),
        ('{"id": "a"}', "it has no 'text'"),
        ('{"id": "a", "text": ""}', "has no text"),
        ('{"id": "a", "text": "a", "body": "b"}', "'body' is not known; use: python -m qa_service ingest"),
        ('{"id": 1, "text": "a"}', "a value is not text"),
        ('{"id": "a", "text": "a", "tags": [1]}', "a value is not text"),
        ('{"id": "a", "text": "a", "fields": {"a": 1}}', "a value is not text"),
        ('{"id": "a", "text": "a", "fields": []}', "exported"),
        ('{"id": "a", "text": "a", "pages": ["1"]}', "a page is not a number"),
        ('{"id": "a", "text": " not cleaned "}', "was not cleaned"),
        ("[" * 100_000, "exported"),
    ],
)
def test_what_was_not_exported_is_told_and_stops_nothing(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text(f'{line}\n\n{{"id": "b", "text": "Right."}}\n', encoding="utf-8")
    failure, right = exchange.read(path)
    assert isinstance(failure, Failure)
    assert failure.location.endswith("all.jsonl, line 1")
    assert reason in failure.reason
    assert right == Article("b", "Right.")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_bytes(b'{"id": "a", "text": "\xff"}\n')
    (failure,) = exchange.read(path)
    assert isinstance(failure, Failure)
