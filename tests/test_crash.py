"""Killed or hindered at any instant, the index has all that was reported and nothing half-made."""

import json
import subprocess
import sys
from pathlib import Path

from index.local import LocalIndex
from tests.conftest import SAMPLES

KILLS = 24
FAULTS = 18


def test_a_share_of_the_crash_campaign_loses_nothing() -> None:
    command = [sys.executable, "-m", "benchmarks.crash", "--seed", "3"]
    command += ["--kills", str(KILLS), "--faults", str(FAULTS)]
    said = subprocess.run(command, cwd=SAMPLES.parent, capture_output=True, text=True, timeout=300)
    assert said.stdout, said.stderr
    figures = json.loads(said.stdout)
    assert figures["complaints"] == []
    assert sum(counts.get("killed", 0) for counts in figures["kills"].values()) >= KILLS
    assert sum(sum(counts.values()) for counts in figures["faults"].values()) >= FAULTS
    assert said.returncode == 0


def test_the_command_line_killed_in_the_middle_goes_on_where_it_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qa_service", "ingest", "--json", "--data-dir", str(tmp_path)]
    command.append(str(SAMPLES / "articles"))
    child = subprocess.Popen(command, cwd=SAMPLES.parent, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    committed = {json.loads(child.stdout.readline())["article_id"] for _ in range(3)}
    child.kill()
    child.communicate()

    index = LocalIndex.open(tmp_path / "index")
    assert not index.verify()
    assert committed <= {article.article_id for article in index.list(1000)}
    index.close()

    lines = subprocess.run(command, cwd=SAMPLES.parent, capture_output=True, text=True, check=True).stdout
    summary = json.loads(lines.splitlines()[-1])
    assert summary["unchanged"] >= len(committed)
    assert summary["articles"] == len(list((SAMPLES / "articles").iterdir()))
