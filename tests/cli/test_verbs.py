"""What all verbs share: their errors and their help."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

VERBS = (
    *("ingest", "source", "sync", "ask", "chat", "serve", "mcp", "key", "status", "verify", "delete"),
    *("compact", "reindex", "evaluate", "feedback", "config", "doctor"),
    *("backup", "restore", "export", "import", "migrate"),
)


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


def test_what_the_system_refuses_is_told_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = run("ask", "who", "--data-dir", tmp_path / "file", status=1).stderr
    assert "file/index: Not a directory" in error
    assert "Errno" not in error


class TestHelp:
    def test_lists_the_verbs_in_the_order_of_need_and_how_to_begin(self, run: Run) -> None:
        text = run("--help").stdout
        lines = text.split("Commands:\n")[1].split("\n\n")[0].splitlines()
        assert [line.split()[0] for line in lines if line[2] != " "] == list(VERBS)
        assert "..." not in "".join(lines), "no sentence is cut off"
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
        models = {"torch", "faiss", "transformers", "sentence_transformers"}
        heavy = {*models, "flask", "waitress", "matplotlib", "mcp", "uvicorn", "openai"}
        code = (
            "import sys; sys.argv = ['qa_service', '--help']; from qa_service.cli import main\n"
            f"try: main()\nexcept SystemExit: print(*({heavy} & set(sys.modules)), file=sys.stderr)"
        )
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
        assert "Usage: python -m qa_service" in done.stdout
        assert done.stderr.strip() == ""
