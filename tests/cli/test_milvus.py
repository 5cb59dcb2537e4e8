"""The verbs over a Milvus cluster, and articles taken there and back."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article
from tests.cli.conftest import Run, ids, lines
from tests.conftest import SAMPLES, SIZE
from tests.milvus_server import Milvus


@pytest.fixture
def database(milvus: Milvus) -> Milvus:
    return milvus.emptied()


@pytest.fixture
def on_milvus(database: Milvus, monkeypatch: pytest.MonkeyPatch) -> Milvus:
    monkeypatch.setenv("QA_INDEX", "milvus")
    monkeypatch.setenv("QA_MILVUS_URI", database.uri)
    monkeypatch.setenv("QA_ENCODER", "hashing")
    return database


def test_the_options_name_the_cluster_for_one_command(run: Run, database: Milvus, folder: Path) -> None:
    cluster = ("--index", "milvus", "--milvus-uri", database.uri)
    run("ingest", folder, *cluster)
    assert json.loads(run("ask", "who visited Kem Sokha", "--json", *cluster).stdout)["answerable"]
    assert not Path("instance/index").exists()


def test_the_verbs_do_what_they_do_in_a_folder(run: Run, on_milvus: Milvus, folder: Path) -> None:
    assert lines(run("ingest", folder, "--json"))[-1]["added"] == 3
    assert lines(run("ingest", folder, "--json"))[-1]["unchanged"] == 3
    status = json.loads(run("status", "--json").stdout)
    assert (status["milvus"], status["articles"]) == (on_milvus.uri, 3)
    assert "Sound: 3 articles" in run("verify").stdout
    run("delete", "bread")
    assert {each["id"] for each in lines(run("export"))} == {"sokha", "a/b"}
    assert "Compacted" in run("compact").stdout
    assert json.loads(run("doctor", "--json").stdout)[2]["words"] == "Sound: 2 articles, 2 chunks."


def test_sources_are_followed_from_the_folder(run: Run, on_milvus: Milvus, stories: Path) -> None:
    run("source", "add", stories, "--name", "stories")
    assert lines(run("sync", "--json"))[-1]["added"] == 3
    run("delete", "ada")
    (stories / "bea.md").unlink()
    counts = lines(run("sync", "--json"))[-1]
    assert (counts["added"], counts["gone"]) == (1, 1), "what was deleted by hand is read again"
    run("source", "remove", "stories", "--yes")
    assert json.loads(run("status", "--json").stdout)["articles"] == 0


@pytest.mark.parametrize("arguments", [["reindex"], ["backup", "file"]])
def test_what_is_not_done_there_says_what_to_do(run: Run, on_milvus: Milvus, arguments: list[str]) -> None:
    assert "can't be done with index = milvus. " in run(*arguments, status=1).output


def test_a_cluster_that_does_not_answer_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus.cluster.SECONDS", 1)
    monkeypatch.setenv("QA_MILVUS_URI", "http://127.0.0.1:9/articles")
    assert "127.0.0.1:9" in run("status", "--index", "milvus", status=1).output


def test_an_address_is_needed_and_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "milvus_uri (QA_MILVUS_URI) is not set" in run("status", "--index", "milvus", status=1).output
    monkeypatch.setenv("QA_INDEX", "milvus")
    monkeypatch.setenv("QA_MILVUS_URI", "127.0.0.1:19530")
    found = run("config", "check", status=1).stdout
    assert "sets milvus_uri to '127.0.0.1:19530'; it must be like http://127.0.0.1:19530/articles" in found


def test_an_empty_database_says_how_to_begin(run: Run, milvus: Milvus) -> None:
    told = run("status", "--index", "milvus", "--milvus-uri", f"{milvus.uri}/nothing", status=1).output
    assert "no database 'nothing'" in told
    assert "ingest PATH" in told


class TestMigrate:
    def test_there_and_back_all_is_as_it_was(self, run: Run, database: Milvus, filled: Path) -> None:
        to_milvus = ("migrate", "--to", "milvus", "--milvus-uri", database.uri, "--json")
        assert lines(run(*to_milvus))[-1]["added"] == 3
        assert lines(run(*to_milvus))[-1]["unchanged"] == 3
        back = ("migrate", "--to", "embedded", "--milvus-uri", database.uri, "--data-dir", "back", "--json")
        assert lines(run(*back))[-1]["articles"] == 3
        old, new = LocalIndex.open(Path("instance/index")), LocalIndex.open(Path("back/index"))
        assert list(new.all()) == list(old.all())
        for article in old.all():
            before, after = old.encoded(article.article_id), new.encoded(article.article_id)
            assert [chunk for chunk, _ in before] == [chunk for chunk, _ in after]
            assert all(np.array_equal(mine, its) for (_, mine), (_, its) in zip(before, after, strict=True))
        old.close()
        new.close()

    def test_it_goes_on_where_it_stopped_and_takes_what_changed(
        self, run: Run, database: Milvus, filled: Path
    ) -> None:
        index = LocalIndex.open(Path("instance/index"))
        there = database.open(index.manifest)
        list(ingest(there, HashingEncoder(), SIZE, [index.get("bread"), Article("sokha", "An older text.")]))
        there.close()
        index.close()
        counts = lines(run("migrate", "--to", "milvus", "--milvus-uri", database.uri, "--json"))[-1]
        assert (counts["added"], counts["changed"], counts["unchanged"]) == (1, 1, 1)

    def test_another_encoder_there_is_refused(self, run: Run, database: Milvus, filled: Path) -> None:
        index = LocalIndex.open(Path("instance/index"))
        database.open(replace(index.manifest, encoder="another")).close()
        index.close()
        told = run("migrate", "--to", "milvus", "--milvus-uri", database.uri, status=1).output
        assert "encoder: another → hashing" in told
        assert ids() == {"sokha", "bread", "a/b"}


def test_the_client_is_not_loaded_where_it_is_not_asked_for() -> None:
    code = "import sys, qa_service.pipeline, qa_service.cli; assert not {'pymilvus', 'grpc'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], cwd=SAMPLES.parent, check=True)
