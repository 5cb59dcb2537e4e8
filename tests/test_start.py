"""Nothing heavy is loaded before it is needed: the help comes at once, and serving needs no PyTorch."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import SAMPLES

ROOT = SAMPLES.parent
ARTICLE = SAMPLES / "articles" / "kem-sokha-ambassadors.md"

LIBRARIES = {
    "dateparser", "faiss", "flask", "matplotlib", "mcp", "numpy", "onnxruntime", "openai", "pydantic",
    "tokenizers", "trafilatura", "waitress",
}  # fmt: skip
FOR_OTHER_ENCODERS = {"torch", "transformers", "sentence_transformers", "scipy", "sklearn"}

HELP = """
from click.testing import CliRunner
from qa_service.cli import cli
for arguments in ([], ["--help"], ["ask", "--help"], ["source", "add", "--help"]):
    assert "Usage: " in CliRunner().invoke(cli, arguments).output
"""
WORK = """
from click.testing import CliRunner
from qa_service import create_app
from qa_service.cli import cli
from qa_service.given_settings import load_settings
assert CliRunner().invoke(cli, ["ingest", {article!r}]).exit_code == 0
client = create_app(load_settings()).test_client()
assert client.post("/ask", json={{"question": "who visited Sokha"}}).json["answerable"]
"""
LOADED = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


def loaded_by(code: str, folder: Path) -> set[str]:
    """The packages that a new process has loaded when it has run ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}\n{LOADED}"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_none_of_the_libraries(tmp_path: Path) -> None:
    loaded = loaded_by(HELP, tmp_path)
    assert "click" in loaded
    assert not loaded & (LIBRARIES | FOR_OTHER_ENCODERS)


def test_articles_go_in_and_questions_are_answered_without_pytorch(tmp_path: Path) -> None:
    loaded = loaded_by(WORK.format(article=str(ARTICLE)), tmp_path)
    assert {"onnxruntime", "faiss", "flask"} <= loaded
    assert not loaded & FOR_OTHER_ENCODERS
