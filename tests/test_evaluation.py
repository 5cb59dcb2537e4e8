"""Evaluation: question files are read strictly, and the measures are those computed by hand."""

import json
from pathlib import Path

import pytest

from index.errors import QAError
from index.types import Article
from qa_service.evaluation import Question, Result, ask, load, measures
from qa_service.pipeline import Pipeline
from qa_service.types import Answer, Citation, Reply, Timings
from tests.conftest import SAMPLES

ARTICLE = Article("sokha", "Six ambassadors visited Kem Sokha. China did not call him.")


class TestLoad:
    def test_reads_what_each_line_says(self, tmp_path: Path) -> None:
        row = {"question": "who", "answers": ["Sokha", "he"], "article_id": "a", "sentence": "He did."}
        path = written(tmp_path, json.dumps(row), json.dumps({"question": "what", "answers": []}))
        assert load(path) == [
            Question("who", ("Sokha", "he"), "a", "He did."),
            Question("what", (), None, None),
        ]

    def test_passes_over_other_fields_and_blank_lines(self, tmp_path: Path) -> None:
        line = '{"id": "q1", "question": "who", "answers": []}'
        assert len(load(written(tmp_path, line, "", "  ", line, ""))) == 2

    def test_a_line_ends_only_where_jsonl_says(self, tmp_path: Path) -> None:
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
        ],
    )
    def test_an_error_names_the_line(self, tmp_path: Path, line: str | bytes, reason: str) -> None:
        path = written(tmp_path, '{"question": "who", "answers": []}', line)
        with pytest.raises(QAError) as raised:
            load(path)
        assert str(raised.value).startswith(f"Line 2 of {path} is not a question: ")
        assert reason in str(raised.value)

    def test_the_sample_questions_are_sound(self) -> None:
        questions = load(SAMPLES / "questions.jsonl")
        assert len(questions) >= 60
        assert sum(not question.answers for question in questions) * 4 >= len(questions)
        for question in questions:
            assert bool(question.answers) == bool(question.article_id) == bool(question.sentence)


def written(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "questions.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def reply(quoted: str | None, milliseconds: float = 1.0, article: Article = ARTICLE) -> Reply:
    """What is said when ``quoted`` is the answer, or when there is none."""
    start = article.text.index(quoted or article.text)
    place = (start, start + len(quoted or article.text))
    citation = Citation.of(1, article, place, (0, len(article.text)))
    answer = Answer(text=citation.quote, confidence=0.9, citations=(1,))
    return Reply(
        question="who", standalone_question="who", answerable=quoted is not None, answer=quoted,
        confidence=0.9, mode="extractive", answers=(answer,) if quoted else (), citations=(citation,),
        timings_ms=Timings(search=0, read=0, total=milliseconds),
    )  # fmt: skip


VISITED = Question("who visited", ("Six ambassadors",), "sokha", "Six ambassadors visited Kem Sokha.")
UNKNOWN = Question("who is the king of Norway", ())


class TestMeasures:
    def test_are_those_computed_by_hand(self) -> None:
        other = Article("other", "Six ambassadors visited a zoo.")
        results = [
            Result(VISITED, reply("Six ambassadors", 10), ("sokha", "other")),
            Result(VISITED, reply("China did not call him.", 20), ("other", "sokha")),
            Result(VISITED, reply("Six ambassadors", 30, other), ("other", "x", "y", "z", "w", "sokha")),
            Result(VISITED, reply(None, 40), ("other",)),
            Result(UNKNOWN, reply(None, 50), ()),
            Result(UNKNOWN, reply("Six ambassadors", 1000), ("sokha",)),
            Result(UNKNOWN, reply(None, 5), ()),
        ]
        assert measures(results) == {
            "questions": 7,
            "answerable": 4,
            "article_recall_at_1": 0.25,  # the first
            "article_recall_at_5": 0.5,  # and the second
            "article_recall_at_20": 0.75,  # and the third, which is sixth
            "mean_reciprocal_rank": round((1 + 1 / 2 + 1 / 6 + 0) / 4, 4),
            "answered": 0.75,  # all but the fourth
            "right_sentence_first": 0.25,  # the second quotes another sentence, the third another article
            "refused_of_unanswerable": round(2 / 3, 4),
            "median_ms": 30.0,
        }

    def test_without_questions_are_zero(self) -> None:
        assert set(measures([]).values()) == {0}

    @pytest.mark.parametrize(
        ("quoted", "right"),
        [
            ("ambassadors", True),
            ("Six ambassadors visited Kem Sokha.", True),
            ("Six ambassadors visited Kem Sokha. China did not call him.", True),
            ("China did not call him.", False),
        ],
    )
    def test_a_quote_within_or_around_the_sentence_is_right(self, quoted: str, right: bool) -> None:
        assert Result(VISITED, reply(quoted), ("sokha",)).right_sentence is right

    @pytest.mark.parametrize(("quoted", "right"), [("Six ambassadors visited", True), ("China did", False)])
    def test_where_no_sentence_is_given_a_quote_must_have_an_answer(self, quoted: str, right: bool) -> None:
        question = Question("who visited", ("Six ambassadors", "ambassadors"), "sokha")
        assert Result(question, reply(quoted), ("sokha",)).right_sentence is right


def test_asking_finds_each_article_once_best_first(pipeline: Pipeline, articles: list[Article]) -> None:
    long = Article("long", " ".join(["Kem Sokha spoke of the party and its plans for the year."] * 20))
    list(pipeline.ingest([*articles, long]))
    result = ask(pipeline, Question("who visited Kem Sokha at home", ("Six ambassadors",), "sokha"))
    assert result.rank == 1
    assert len(result.found) == len(set(result.found))
    assert result.right_sentence
