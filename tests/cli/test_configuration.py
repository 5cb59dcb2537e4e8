"""What is set is shown and checked, and what is missing is told with how to mend it."""

import json
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from index.local import LocalIndex
from qa_service import doctor
from qa_service.keys import KeyStore
from tests.cli.conftest import Run


class TestConfig:
    def test_show_tells_values_and_where_they_stand(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("qa.toml").write_text("\ntop_k = 7\n", encoding="utf-8")
        monkeypatch.setenv("QA_THREADS", "3")
        shown = json.loads(run("config", "show", "--json").stdout)
        assert shown["top_k"] == {"value": 7, "from": "qa.toml, line 2"}
        assert shown["threads"] == {"value": 3, "from": "the environment variable QA_THREADS"}
        assert shown["data_dir"] == {"value": "instance", "from": "default"}
        text = run("config", "show").stdout
        assert "top_k = 7  # qa.toml, line 2\n" in text
        assert 'log_format = "pretty"\n' in text

    def test_a_secret_is_hidden(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("qa_service.cli.configuration.SECRET", {"user_agent"})
        monkeypatch.setenv("QA_USER_AGENT", "hunter2")
        for arguments in (["config", "show"], ["config", "show", "--json"]):
            text = run(*arguments).stdout
            assert "hunter2" not in text
            assert "(hidden)" in text

    def test_check_tells_all_faults_at_once(self, run: Run) -> None:
        assert run("config", "check").stdout == "All that is set is right.\n"
        Path("qa.toml").write_text("top_k = 0\ncolour = 1\n", encoding="utf-8")
        text = run("config", "check", status=1).stdout
        assert "✗ qa.toml, line 1, sets top_k to 0; it must be between 1 and 100." in text
        assert "✗ qa.toml, line 2, sets 'colour', which is not a setting." in text
        found = json.loads(run("config", "check", "--json", status=1).stdout)
        assert (found["right"], len(found["faults"])) == (False, 2)


class TestDoctor:
    @pytest.fixture(autouse=True)
    def _port(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_PORT", "0")
        monkeypatch.setenv("QA_ENCODER", "hashing")

    def findings(self, run: Run, status: int = 0) -> dict[str, tuple[str, str]]:
        told = json.loads(run("doctor", "--json", status=status).stdout)
        return {each["subject"]: (each["state"], f"{each['words']} {each['mend']}") for each in told}

    def test_a_sound_service_is_well(self, run: Run, filled: Path) -> None:
        found = self.findings(run)
        assert list(found) == ["encoder", "reader", "index", "disk", "memory", "port", "keys"]
        for subject in ("encoder", "reader", "index", "port", "keys"):
            assert found[subject][0] == "well"
        assert "✓ index: Sound: 3 articles" in run("doctor").stdout

    def test_without_an_index(self, run: Run) -> None:
        state, words = self.findings(run)["index"]
        assert state == "doubtful"
        assert "ingest PATH" in words

    def test_an_index_that_is_not_sound(self, run: Run, filled: Path) -> None:
        path = Path("instance/index/articles.db")
        path.write_bytes(b"no database at all" * 1000)
        state, words = self.findings(run, status=1)["index"]
        assert state == "wrong"
        assert "not a usable index" in words

    def test_an_index_of_another_encoder(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QA_ENCODER", "another")
        state, words = self.findings(run, status=1)["index"]
        assert state == "wrong"
        assert "hashing, not another" in words

    def test_a_port_that_is_taken(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            monkeypatch.setenv("QA_PORT", str(taken.getsockname()[1]))
            state, words = self.findings(run)["port"]
        assert state == "doubtful"
        assert "PORT=8001" in words

    def test_an_address_without_a_key(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_HOST", "0.0.0.0")
        assert "key create" in self.findings(run, status=1)["keys"][1]
        monkeypatch.setenv("QA_ALLOW_ANONYMOUS", "yes")
        assert self.findings(run)["keys"][0] == "doubtful"
        monkeypatch.setenv("QA_ALLOW_ANONYMOUS", "no")
        KeyStore(Path("instance/keys.db")).create("a", "read")
        assert self.findings(run)["keys"][0] == "well"

    def test_too_little_disk_and_memory(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 9, 1))
        monkeypatch.setattr(doctor, "MEMORY_BYTES", 10**18)
        found = self.findings(run)
        assert found["disk"][0] == found["memory"][0] == "doubtful"
        assert "larger disk" in found["disk"][1]

    @pytest.mark.parametrize(("megabytes", "state"), [(500, "doubtful"), (700, "well")])
    def test_serving_needs_half_a_gigabyte_and_some_room(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, state: str
    ) -> None:
        monkeypatch.setattr(doctor, "available_memory", lambda: megabytes * 10**6)
        found = self.findings(run)["memory"]
        assert found[0] == state
        assert ("needs about 0.6 GB" in found[1]) == (state == "doubtful")

    def test_a_model_that_is_missing(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_CHUNK_TOKENS", "8000")
        state, words = self.findings(run, status=1)["encoder"]
        assert state == "wrong"
        assert "or less" in words


def test_the_index_is_left_as_it_is(run: Run, filled: Path) -> None:
    before = LocalIndex.open(Path("instance/index"))
    generation = before.status().generation
    run("doctor", status=1)
    assert before.status().generation == generation
    before.close()
