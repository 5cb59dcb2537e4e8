"""Measuring the answers."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run


class TestEvaluate:
    @pytest.fixture
    def questions(self, tmp_path: Path) -> Path:
        rows = [
            {
                "question": "who visited Kem Sokha at home",
                "answers": ["Six ambassadors"],
                "article_id": "sokha",
            },
            {"question": "what does bread need", "answers": ["flour"], "article_id": "bread"},
            {"question": "who is king", "answers": []},
        ]
        path = tmp_path / "questions.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return path

    def test_prints_the_metrics(self, run: Run, filled: Path, questions: Path) -> None:
        metrics = json.loads(run("evaluate", questions, "--json").stdout)
        assert (metrics["questions"], metrics["answerable"]) == (3, 2)
        assert metrics["recall@5"] == metrics["right_sentence_first"] == metrics["citation_validity"] == 1.0
        assert metrics["refused"] == 0.0
        assert metrics["curves"]["coverage"][-1] == 1.0
        assert "right_sentence_first" in run("evaluate", questions).stdout

    def test_writes_a_report(self, run: Run, filled: Path, questions: Path, tmp_path: Path) -> None:
        told = run("evaluate", questions, "--report", tmp_path / "a" / "report").stdout
        assert "The report: " in told
        assert "who is king" in (tmp_path / "a" / "report" / "index.html").read_text(encoding="utf-8")
        printed = run("evaluate", questions, "--report", tmp_path / "a" / "report", "--json").stdout
        assert json.loads(printed) == json.loads((tmp_path / "a/report/metrics.json").read_text("utf-8"))

    @pytest.mark.parametrize("option", ["--report", "--predictions"])
    def test_what_can_not_be_written_is_refused_before_anything_is_asked(
        self, run: Run, questions: Path, tmp_path: Path, option: str
    ) -> None:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        message = run("evaluate", questions, option, tmp_path / "file" / "under" / "it", status=1).stderr
        assert "can't be made" in message, "there is no index, which would have been said next"

    def test_fails_below_and_above_what_is_asked(
        self, run: Run, filled: Path, questions: Path, tmp_path: Path
    ) -> None:
        kept = ("--fail-below", "recall@5=0.97", "--fail-above", "read_p95_ms=60000")
        run("evaluate", questions, *kept)
        broken = run("evaluate", questions, *kept, "--fail-below", "f1=0.9", "--fail-below", "refused=0.5",
                     "--predictions", tmp_path / "out.json", status=1)  # fmt: skip
        said = r"^Error: The evaluation fails: f1 is 0\.\d+, below 0\.9; refused is 0, below 0\.5\.$"
        assert re.search(said, broken.stderr, re.MULTILINE)
        assert "recall@5" in broken.stdout
        assert (tmp_path / "out.json").exists()

    def test_an_unknown_metric_lists_those_that_there_are(self, run: Run, questions: Path) -> None:
        message = run("evaluate", questions, "--fail-below", "recall=0.9", status=2).stderr
        assert "there is no metric 'recall'" in message
        assert "recall@20" in message

    def test_writes_what_was_told_to_each_question(
        self, run: Run, filled: Path, questions: Path, tmp_path: Path
    ) -> None:
        run("evaluate", questions, "--predictions", tmp_path / "out.json")
        told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        assert told["answers"]["1"].startswith("Six ambassadors")
        assert set(told["answers"]) == set(told["margins"]) == {"1", "2", "3"}

    def test_reads_the_passages_of_a_squad_file_without_an_index(self, run: Run, tmp_path: Path) -> None:
        text = "Muth Chantha speaks for Kem Sokha."
        answers = [{"text": "Muth Chantha", "answer_start": 0}]
        qas = [
            {"id": "a", "question": "who speaks for Kem Sokha?", "answers": answers},
            {"id": "b", "question": "when was he born?", "answers": [], "is_impossible": True},
        ]
        data = {"data": [{"title": "Kem_Sokha", "paragraphs": [{"context": text, "qas": qas}]}]}
        path, out = tmp_path / "dev.json", tmp_path / "out.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        measures = json.loads(run("evaluate", path, "--given-passage", "--predictions", out, "--json").stdout)
        assert (measures["questions"], measures["f1"], measures["exact_match"]) == (2, 1.0, 1.0)
        told = json.loads(out.read_text(encoding="utf-8"))
        assert told["answers"]["a"] == "Muth Chantha"
        assert told["margins"]["a"] > told["margins"]["b"]

    def test_asks_for_passages_where_there_are_none(self, run: Run, questions: Path) -> None:
        assert "needs the passages" in run("evaluate", questions, "--given-passage", status=1).stderr

    def test_names_the_line_that_is_wrong(self, run: Run, filled: Path, questions: Path) -> None:
        questions.write_text('{"question": "who"}', encoding="utf-8")
        assert "Error: Line 1 of" in run("evaluate", questions, status=1).stderr

    def test_needs_a_file(self, run: Run) -> None:
        assert "'none.jsonl' does not exist" in run("evaluate", "none.jsonl", status=2).stderr
