"""The command line over real indexes: only the loading of the models is replaced."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from index.encoder import HashingEncoder
from index.local import LocalIndex
from qa_service.cli import cli
from qa_service.config import Settings
from qa_service.indexes import open_index
from qa_service.pipeline import Pipeline, manifest
from tests.conftest import BY_MARGIN, FirstSentence
from tests.web import Web, page

DOCUMENTS = Path(__file__).parents[1] / "data" / "articles"

PATIENCE = 300
"""Seconds that a child process may take on a machine that is busy with other things."""

Run: TypeAlias = Callable[..., Result]


def open_without_models(settings: Settings) -> Pipeline:
    encoder = HashingEncoder()
    index = open_index(settings, manifest(settings, encoder))
    return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)


@pytest.fixture(autouse=True)
def _without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pipeline, "open", open_without_models)
    monkeypatch.setattr("index.encoder.load_encoder", lambda name: HashingEncoder())
    monkeypatch.setenv("QA_FETCH_DELAY", "0")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run() -> Run:
    def run_(*arguments: str | Path, status: int = 0, typed: str = "") -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], input=typed)
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


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    folder = tmp_path / "my articles"
    folder.mkdir()
    for name in ("ada", "bea", "cleo"):
        (folder / f"{name}.md").write_text(f"---\nid: {name}\n---\n{name} tells a story.", encoding="utf-8")
    return folder


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"/": page("Front", "News.", links=("/a", "/b"))}) as web:
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "ab"}
        yield web


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def ids() -> set[str]:
    index = LocalIndex.open(Path("instance/index"))
    found = {article.article_id for article in index.list(1000)}
    index.close()
    return found
