"""The command line: verbs, exit statuses and output, over real indexes and without a model.

Only the loading of the models is replaced: what is asserted is done by the real index.
"""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result
from waitress.server import create_server

from index.encoder import HashingEncoder, SentenceEncoder
from index.local import LocalIndex
from qa_service.cli import cli
from qa_service.config import Settings
from qa_service.pipeline import Pipeline, manifest
from qa_service.server import url
from qa_service.types import Reply
from tests.conftest import BY_MARGIN, FirstSentence, Silent

DOCUMENTS = Path(__file__).parent / "data" / "articles"
VERBS = (
    *("ingest", "source", "sync", "ask", "chat", "serve", "status", "verify", "delete", "compact"),
    *("reindex", "evaluate"),
)
Run: TypeAlias = Callable[..., Result]


@pytest.fixture(autouse=True)
def _without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(settings: Settings) -> Pipeline:
        encoder = HashingEncoder()
        index = LocalIndex.open(settings.index_folder, manifest(settings, encoder))
        return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)

    monkeypatch.setattr(Pipeline, "open", open_)
    monkeypatch.setattr(SentenceEncoder, "load", lambda name: HashingEncoder())
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run() -> Run:
    def run_(*arguments: str | Path, status: int = 0) -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles in files of two kinds."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "sokha.md").write_text(
        "---\ntitle: Envoys visit Sokha\nid: sokha\ndate: 2019-11-30\nsource: Northgate\n---\n"
        "Six ambassadors visited Kem Sokha at home. He was arrested in 2017.\n",
        encoding="utf-8",
    )
    rows = [
        {"id": "bread", "text": "Bread needs flour.", "published": "2021", "author": "Ann Bo",
         "language": "en", "tags": ["x", "y"], "section": "Food", "page": 3},
        {"id": "a/b", "text": "Rain falls."},
    ]  # fmt: skip
    (folder / "wire.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


@pytest.fixture
def filled(run: Run, folder: Path) -> Path:
    """The folder of articles, after they went into the index."""
    run("ingest", folder)
    return folder


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_citation_of_a_pdf_names_the_page(run: Run) -> None:
    run("ingest", DOCUMENTS / "water-report.pdf")
    assert (
        "Alder loses a quarter of its water · p. 1"
        in run("ask", "where does Alder draw its water from").output
    )
    reply = json.loads(run("ask", "where does Alder draw its water from", "--json").output)
    assert reply["citations"][0]["page"] == 1


def test_columns_may_be_named(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("kop,verhaal\nFerry,The ferry sails at nine.\n")
    assert "it has: kop, verhaal" in run("ingest", table, status=1).output
    assert "1 added" in run("ingest", table, "--column", "text=verhaal", "--column", "title=kop").output
    assert "Ferry" in run("ask", "what sails").output


@pytest.mark.parametrize("given", ["verhaal", "body=verhaal", "text="])
def test_a_column_that_says_no_field_is_refused(run: Run, tmp_path: Path, given: str) -> None:
    assert (
        "write FIELD=NAME, such as text=body" in run("ingest", tmp_path, "--column", given, status=2).output
    )


class TestIngest:
    def test_says_what_became_of_each_article_and_sums_up(self, run: Run, folder: Path) -> None:
        *outcomes, summary = lines(run("ingest", folder, "--json"))
        assert outcomes == [
            {"kind": "added", "article_id": article_id, "chunks": 1}
            for article_id in ("sokha", "bread", "a/b")
        ]
        assert summary.pop("seconds") >= 0
        assert summary == {
            **{"kind": "summary", "added": 3, "changed": 0, "unchanged": 0, "failed": 0},
            **{"articles": 3, "chunks": 3, "generation": summary["generation"]},
        }

    def test_takes_files_and_folders_together_each_file_once(self, run: Run, folder: Path) -> None:
        summary = lines(run("ingest", folder / "wire.jsonl", folder, folder / "sokha.md", "--json"))[-1]
        assert summary["added"] == 3

    def test_a_second_run_changes_nothing(self, run: Run, filled: Path) -> None:
        *outcomes, summary = lines(run("ingest", filled, "--json"))
        assert {outcome["kind"] for outcome in outcomes} == {"unchanged"}
        assert (summary["unchanged"], summary["added"], summary["changed"]) == (3, 0, 0)

    def test_what_changed_is_replaced(self, run: Run, filled: Path) -> None:
        path = filled / "sokha.md"
        path.write_text(path.read_text(encoding="utf-8").replace("Six", "Seven"), encoding="utf-8")
        summary = lines(run("ingest", filled, "--json"))[-1]
        assert (summary["changed"], summary["unchanged"], summary["articles"]) == (1, 2, 3)
        assert "Seven ambassadors visited" in run("ask", "who visited Kem Sokha").stdout

    def test_a_file_that_can_not_be_read_is_told_and_the_rest_is_in(self, run: Run, folder: Path) -> None:
        (folder / "broken.jsonl").write_text('{"text": "Good."}\n{"text": \n', encoding="utf-8")
        *outcomes, summary = lines(run("ingest", folder, "none.txt", "--json", status=1))
        missing, broken = [outcome for outcome in outcomes if outcome["kind"] == "failed"]
        assert missing["location"] == "none.txt"
        assert broken["location"].endswith("broken.jsonl, line 2")
        assert missing["reason"]
        assert broken["reason"]
        assert (summary["added"], summary["failed"], summary["articles"]) == (4, 2, 4)

    def test_in_a_terminal_one_line_sums_up_and_failures_are_told(self, run: Run, folder: Path) -> None:
        result = run("ingest", folder, "none.txt", status=1)
        assert "3 added, 0 changed, 0 unchanged, 1 failed" in result.stdout
        assert "none.txt" in result.stderr
        assert "does not exist" in result.stderr

    def test_a_name_that_is_no_unicode_is_no_obstacle(self, run: Run, folder: Path) -> None:
        for name in (b"good-\xff.txt", b"bad-\xff.txt"):
            path = os.fsencode(folder) + b"/" + name
            with open(path, "wb") as file:
                file.write(b"Some words." if b"good" in name else b" ")
        assert "4 added, 0 changed, 0 unchanged, 1 failed" in run("ingest", folder, status=1).stdout
        assert lines(run("ingest", folder, "--json", status=1))[-1]["failed"] == 1

    def test_needs_a_path(self, run: Run) -> None:
        assert "Missing argument 'PATH_OR_URL...'" in run("ingest", status=2).stderr


class TestAsk:
    def test_prints_the_answer_the_quote_and_the_source(self, run: Run, filled: Path) -> None:
        output = run("ask", "who visited Kem Sokha").stdout
        answer, quoted, source = [line.strip() for line in output.splitlines()][:3]
        assert answer.startswith("Six ambassadors visited Kem Sokha at home.")
        assert quoted == "“Six ambassadors visited Kem Sokha at home.”"
        assert source == "— Envoys visit Sokha · Northgate · 2019-11-30"

    def test_with_json_gives_what_the_http_interface_gives(self, run: Run, filled: Path) -> None:
        reply = json.loads(run("ask", " who visited Kem Sokha ", "--json").stdout)
        assert reply.keys() == Reply.model_fields.keys()
        assert reply["question"] == "who visited Kem Sokha"
        assert reply["citations"][0]["article_id"] == "sokha"

    def test_reads_as_many_passages_as_it_is_told(self, run: Run, filled: Path) -> None:
        reply = json.loads(run("ask", "sokha bread rain", "--top-k", "2", "--json").stdout)
        assert len(reply["citations"]) == 2

    @pytest.mark.parametrize(
        ("options", "admitted"),
        [
            ([], {"sokha", "bread", "a/b"}),
            (["--source", "Northgate"], {"sokha"}),
            (["--author", " Ann  Bo "], {"bread"}),
            (["--language", "en"], {"bread"}),
            (["--tag", "y", "--tag", "x"], {"bread"}),
            (["--tag", "y", "--tag", "z"], set()),
            (["--after", "December 2019"], {"bread"}),
            (["--before", "2021-03"], {"sokha", "bread"}),
            (["--after", "2019", "--before", "2020"], {"sokha"}),
            (["--field", "section=Food", "--field", "page=3"], {"bread"}),
            (["--field", "page=3", "--source", "Northgate"], set()),
        ],
    )
    def test_filters_say_which_articles_may_answer(
        self, run: Run, filled: Path, options: list[str], admitted: set[str]
    ) -> None:
        status = 0 if admitted else 3
        reply = json.loads(run("ask", "sokha bread rain", *options, "--json", status=status).stdout)
        assert {citation["article_id"] for citation in reply["citations"]} == admitted

    @pytest.mark.parametrize(
        ("options", "help_"),
        [
            (["--after", "yesterday"], "'yesterday' is no date; write it like 2019-11-30, 2019-11 or 2019."),
            (["--field", "section"], "'section' is no field; write it like section=Asia."),
            (["--field", "=Asia"], "'=Asia' is no field"),
        ],
    )
    def test_a_filter_that_can_not_be_says_how_to_write_it(
        self, run: Run, options: list[str], help_: str
    ) -> None:
        assert help_ in run("ask", "who", *options, status=2).stderr

    def test_a_refusal_has_an_exit_status_of_its_own(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(FirstSentence, "read", Silent.read)
        output = run("ask", "who visited Kem Sokha", status=3).stdout
        assert output.splitlines()[:2] == ["The articles don't say.", "The closest passages:"]
        assert "“Six ambassadors visited Kem Sokha" in output
        assert json.loads(run("ask", "who", "--json", status=3).stdout)["answer"] is None

    @pytest.mark.parametrize("question", ["", "  \n", "\N{NO-BREAK SPACE}"])
    def test_an_empty_question_is_an_error(self, run: Run, filled: Path, question: str) -> None:
        assert "it is empty; ask something" in run("ask", question, status=2).stderr

    def test_bytes_that_are_no_text_are_replaced(self, run: Run, filled: Path) -> None:
        question = os.fsdecode(b"who visited \xff Kem Sokha")
        assert "Six ambassadors" in run("ask", question).stdout

    def test_an_empty_index_says_how_to_fill_it(self, run: Run) -> None:
        message = run("ask", "who visited Kem Sokha", status=1).stderr
        assert message.startswith("Error: There are no articles yet.")
        assert "python -m qa_service ingest" in message

    def test_an_article_can_not_steer_the_terminal(self, run: Run, tmp_path: Path) -> None:
        row = {"id": "x", "title": "T\x1b]0;t\x07", "text": "Press \x1b[2J [bold]any[/bold] key \x9b31m now."}
        (tmp_path / "evil.jsonl").write_text(json.dumps(row), encoding="utf-8")
        run("ingest", "evil.jsonl")
        output = run("ask", "press any key").stdout
        assert "[bold]any[/bold] key" in output
        assert not {"\x1b", "\x07", "\x9b"} & set(output)


class TestLookingAfterTheIndex:
    def test_status_tells_sizes_and_what_the_index_was_made_with(self, run: Run, filled: Path) -> None:
        table = json.loads(run("status", "--json").stdout)
        assert (table["articles"], table["chunks"]) == (3, 3)
        assert (table["encoder"], table["dimension"], table["chunk_tokens"]) == ("hashing", 64, 160)
        assert table["folder"] == "instance/index"
        assert "chunk tokens" in run("status").stdout

    def test_status_shows_a_folder_as_it_is_named(self, run: Run, folder: Path) -> None:
        run("ingest", folder, "--data-dir", "of [bold] print")
        assert "of [bold] print" in run("status", "--data-dir", "of [bold] print").stdout

    def test_verify_proves_a_sound_index(self, run: Run, filled: Path) -> None:
        assert run("verify").stdout.startswith("Sound: 3 articles, 3 chunks, generation ")
        assert json.loads(run("verify", "--json").stdout) == {"sound": True, "problems": []}

    def test_verify_names_damage(self, run: Run, filled: Path) -> None:
        with sqlite3.connect("instance/index/articles.db") as connection:
            connection.execute("UPDATE contents SET text = 'Other words.' WHERE title = 'Envoys visit Sokha'")
        report = json.loads(run("verify", "--json", status=1).stdout)
        assert report["sound"] is False
        assert any("'sokha'" in problem for problem in report["problems"])
        assert "✗" in run("verify", status=1).stdout

    def test_a_file_that_is_no_database_is_an_error(self, run: Run, filled: Path) -> None:
        Path("instance/index/articles.db").write_bytes(b"no database at all" * 1000)
        for verb in (["verify"], ["status"], ["ask", "who"]):
            assert "articles.db is not a usable index" in run(*verb, status=1).stderr

    def test_delete_removes_an_article_for_good(self, run: Run, filled: Path) -> None:
        assert json.loads(run("delete", "a/b", "--json").stdout) == {"deleted": "a/b"}
        assert run("delete", "bread").stdout == "Deleted bread.\n"
        reply = json.loads(run("ask", "bread needs flour rain falls", "--json").stdout)
        assert {citation["article_id"] for citation in reply["citations"]} == {"sokha"}
        run("verify")

    @pytest.mark.parametrize("article_id", ["nobody", "", os.fsdecode(b"\xff")])
    def test_delete_of_an_unknown_article_is_an_error(self, run: Run, filled: Path, article_id: str) -> None:
        assert "There is no article" in run("delete", article_id, status=1).stderr

    def test_compact_tells_what_it_gave_back(self, run: Run, filled: Path) -> None:
        run("delete", "bread")
        sizes = json.loads(run("compact", "--json").stdout)
        assert sizes["bytes_after"] <= sizes["bytes_before"]
        assert "MB → " in run("compact").stdout
        assert json.loads(run("verify", "--json").stdout)["sound"]

    def test_reindex_follows_the_settings(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QA_CHUNK_TOKENS", "16")
        message = run("ask", "who visited Kem Sokha", status=1).stderr
        assert "chunk_tokens: 160 → 16" in message
        assert "python -m qa_service reindex" in message
        summary = lines(run("reindex", "--json"))[-1]
        assert (summary["changed"], summary["articles"]) == (3, 3)
        assert "Six ambassadors" in run("ask", "who visited Kem Sokha").stdout
        assert "3 changed" in run("reindex").stdout
        run("verify")

    @pytest.mark.parametrize("arguments", [["status"], ["verify"], ["delete", "x"], ["compact"], ["reindex"]])
    def test_without_an_index_each_says_how_to_begin_one(self, run: Run, arguments: list[str]) -> None:
        message = run(*arguments, status=1).stderr
        assert "There is no index in instance/index." in message
        assert "python -m qa_service ingest" in message
        assert not Path("instance").exists(), "looking must not leave anything behind"


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


class TestChat:
    def chat(self, *lines: str, json_: bool = False) -> Result:
        arguments = ["chat", "--json"] if json_ else ["chat"]
        return CliRunner().invoke(cli, arguments, input="".join(f"{line}\n" for line in lines))

    def test_a_follow_up_is_understood_and_what_was_searched_is_shown(self, filled: Path) -> None:
        result = self.chat("who visited Kem Sokha", "when was he arrested?")
        assert result.exit_code == 0
        assert "Searched for: when was Kem Sokha arrested?" in result.stdout
        assert result.stdout.count("Searched for") == 1

    def test_an_equals_sign_searches_the_words_as_typed(self, filled: Path) -> None:
        result = self.chat("who visited Kem Sokha", "", "=when was he arrested?", "=", json_=True)
        asked = [(reply["question"], reply["standalone_question"]) for reply in lines(result)]
        assert asked == [("who visited Kem Sokha",) * 2, ("when was he arrested?",) * 2]

    def test_without_articles_it_says_what_to_do(self) -> None:
        result = self.chat("who")
        assert result.exit_code == 1
        assert "ingest" in result.stderr


class TestErrors:
    """Each is one line (after click's usage line where the command was mistyped), without a traceback."""

    @pytest.mark.parametrize(
        ("environment", "arguments", "said"),
        [
            ({"QA_TOP_K": "many"}, ["status"], "QA_TOP_K sets top_k to 'many'"),
            ({"QA_CONFIG": "none.toml"}, ["status"], "none.toml, which does not exist"),
            ({"QA_CHUNK_TOKENS": "4000"}, ["ask", "who"], "chunk_tokens is 4000, but the encoder takes 256"),
            ({"QA_DATA_DIR": "file.txt"}, ["ask", "who"], "file.txt"),
        ],
    )
    def test_a_setting_that_is_wrong(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str],
        arguments: list[str], said: str,
    ) -> None:  # fmt: skip
        Path("file.txt").write_text("not a folder", encoding="utf-8")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        message = run(*arguments, status=1).stderr
        assert message.startswith("Error: ")
        assert said in message
        assert message.count("\n") == 1

    def test_an_unknown_verb(self, run: Run) -> None:
        assert "No such command 'answer'" in run("answer", status=2).stderr

    def test_the_data_folder_comes_from_the_environment_or_the_option(
        self, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QA_DATA_DIR", "here")
        run("ingest", folder)
        run("ingest", folder, "--data-dir", "there")
        assert Path("here/index/articles.db").exists()
        assert Path("there/index/articles.db").exists()


class TestHelp:
    def test_lists_the_verbs_in_the_order_of_need_and_how_to_begin(self, run: Run) -> None:
        text = run("--help").stdout
        listed = [line.split()[0] for line in text.split("Commands:\n")[1].split("\n\n")[0].splitlines()]
        assert listed == list(VERBS)
        assert "python -m qa_service ingest samples/articles" in text

    @pytest.mark.parametrize("verb", VERBS)
    def test_of_each_verb_teaches(self, run: Run, verb: str) -> None:
        text = run(verb, "--help").stdout
        assert f"Usage: cli {verb}" in text
        assert len(text.split("Options:")[0].split()) > 10, "it says what the verb does"
        assert "--json" in text
        assert "QA_DATA_DIR" in text
        assert text == run(verb, "-h").stdout

    def test_loads_no_model_and_no_server(self) -> None:
        heavy = {"torch", "faiss", "flask", "transformers", "sentence_transformers", "waitress", "matplotlib"}
        code = (
            "import sys; sys.argv = ['qa_service', '--help']; from qa_service.cli import main\n"
            f"try: main()\nexcept SystemExit: print(*({heavy} & set(sys.modules)), file=sys.stderr)"
        )
        root = Path(__file__).parent.parent
        done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
        assert "Usage: python -m qa_service" in done.stdout
        assert done.stderr.strip() == ""


class TestServe:
    def test_a_taken_port_says_to_choose_another(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            message = run("serve", "--port", str(port), status=1).stderr
        assert f"Error: Can't listen on 127.0.0.1:{port}" in message
        assert "--port 8001" in message

    def test_an_unknown_host_is_an_error(self, run: Run) -> None:
        assert "There is no host 'no host'" in run("serve", "--host", "no host", status=1).stderr

    def test_a_port_that_can_not_be_is_an_error(self, run: Run) -> None:
        assert "65536" in run("serve", "--port", "65536", status=2).stderr

    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("127.0.0.1", "http://127.0.0.1:{}"),
            ("localhost", "http://localhost:{}"),
            ("::1", "http://[::1]:{}"),
        ],
    )
    @pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.0.0.1:0 127.0.0.1:0"], ids=["one", "two"])
    def test_the_address_is_one_that_a_browser_takes(self, listen: str, host: str, address: str) -> None:
        """Whether the host's name stands for one socket or, as localhost often does, for two."""
        sockets: dict[int, Any] = {}
        waiting = create_server(lambda *_: [], map=sockets, listen=listen)
        ports = [each.effective_port for each in sockets.values() if hasattr(each, "effective_port")]
        waiting.close()
        assert url(host, waiting) in [address.format(port) for port in ports]
