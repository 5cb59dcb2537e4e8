"""Question files: JSONL and SQuAD are read strictly, and errors name the place."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from index.errors import QAError
from index.loaders import find
from index.loaders import load as load_articles
from index.types import Article
from qa_service.questions import Question, load
from qa_service.timeframe import timeframe
from tests.conftest import SAMPLES

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Kem_Sokha",
            "paragraphs": [
                {
                    "context": "Envoys visited Sokha.",
                    "qas": [
                        {
                            "id": "1",
                            "question": "who?",
                            "answers": [{"text": "Envoys", "answer_start": 0}],
                            "is_impossible": False,
                        },
                        {"id": "2", "question": "when?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}


def written(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "questions.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def test_reads_what_each_line_says(tmp_path: Path) -> None:
    row = {"question": "who", "answers": ["Sokha", "he"], "article_id": "a", "sentence": "He did."}
    path = written(tmp_path, json.dumps(row), json.dumps({"question": "what", "answers": []}))
    assert load(path) == [
        Question("who", ("Sokha", "he"), "a", "He did.", id="1"),
        Question("what", (), None, None, id="2"),
    ]


def test_passes_over_other_fields_and_blank_lines(tmp_path: Path) -> None:
    line = '{"level": "hard", "question": "who", "answers": []}'
    assert len(load(written(tmp_path, line, "", "  ", line, ""))) == 2


def test_a_line_ends_only_where_jsonl_says(tmp_path: Path) -> None:
    path = written(tmp_path, '{"question": "who\u2028or\x85what", "answers": []}')
    assert load(path)[0].question == "who\u2028or\x85what"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("who visited Sokha", "Invalid JSON"),
        ('["who"]', "object"),
        ('{"answers": []}', "question: Field required"),
        ('{"question": "who"}', "answers: Field required"),
        ('{"question": 5, "answers": []}', "question: Input should be a valid string"),
        ('{"question": "who", "answers": "Sokha"}', "answers: Input should be a valid array"),
        ('{"question": "who", "answers": [5]}', "answers: 0: Input should be a valid string"),
        ('{"question": "who", "answers": [], "article_id": 5}', "article_id: "),
        (b'{"question": "\xff", "answers": []}', "Invalid JSON"),
        ('{"question": "who", "answers": [], "as_of": "today"}', "as_of: Input should be a valid date"),
    ],
)
def test_an_error_names_the_line(tmp_path: Path, line: str | bytes, reason: str) -> None:
    path = written(tmp_path, '{"question": "who", "answers": []}', line)
    with pytest.raises(QAError) as raised:
        load(path)
    assert str(raised.value).startswith(f"Line 2 of {path} is not a question: ")
    assert reason in str(raised.value)


def test_the_sample_questions_are_sound() -> None:
    questions = load(SAMPLES / "questions.jsonl")
    assert len(questions) >= 60
    assert sum(not question.answers for question in questions) * 4 >= len(questions)
    for question in questions:
        assert bool(question.answers) == bool(question.article_id) == bool(question.sentence)


def test_the_sample_questions_about_time_are_answered_by_the_articles() -> None:
    found, _ = find([SAMPLES / "articles"])
    loaded = (article for path in found for article in load_articles(path))
    texts = {article.article_id: article.text for article in loaded if isinstance(article, Article)}
    for question in load(SAMPLES / "times.jsonl"):
        assert timeframe(question.question, date(2025, 6, 1)), question
        if question.article_id:
            text = texts[question.article_id]
            assert (question.sentence or "-") in text, question
            assert question.answers[0] in (question.sentence or ""), question
            assert all(answer in text for answer in question.answers), question


def test_a_question_may_name_the_day_on_which_it_is_asked(tmp_path: Path) -> None:
    line = '{"question": "who came this week", "answers": [], "as_of": "2019-11-30"}'
    assert load(written(tmp_path, line))[0].as_of == date(2019, 11, 30)


@pytest.mark.parametrize("name", ["dev.json", "dev.json.gz"])
def test_reads_squad_plain_or_gzipped(tmp_path: Path, name: str) -> None:
    content = json.dumps(SQUAD).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    passage = "Envoys visited Sokha."
    assert load(path) == [
        Question("who?", ("Envoys",), id="1", passage=passage, title="Kem Sokha"),
        Question("when?", (), id="2", passage=passage, title="Kem Sokha"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"data": [{}]}', b'{"data": 5}', b"\xff", b'{"data": [5]}']
)
@pytest.mark.parametrize("name", ["dev.json", "dev.json.gz"])
def test_what_is_not_squad_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(QAError, match=r"dev\.json.* is not SQuAD"):
        load(path)


def test_a_file_without_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="has no questions"):
        load(written(tmp_path, "", " "))


def test_two_questions_of_one_id_are_an_error(tmp_path: Path) -> None:
    line = '{"id": "2", "question": "who", "answers": []}'
    with pytest.raises(QAError, match=r"has 2 questions of the id '2'"):
        load(written(tmp_path, line, '{"question": "what", "answers": []}'))
