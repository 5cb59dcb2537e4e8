"""Killed at any instant, the index has all that was reported as committed and nothing half-made."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from index.encoder import HashingEncoder
from index.local import LocalIndex
from tests.conftest import SAMPLES, manifest
from tests.crash_child import state_after

KILLS = 50


def test_fifty_kills_lose_nothing_that_was_reported(tmp_path: Path) -> None:
    rng = random.Random(7)
    done = 0
    for number in range(KILLS):
        # Every tenth is killed while it starts, the others while they write.
        reported = run_and_kill(tmp_path, done, rng.uniform(0, 0.2), while_starting=number % 10 == 9)
        stored = checked_state(tmp_path)
        # The last step may be committed and its report lost with the process, but no more than that.
        assert stored in (state_after(reported), state_after(reported + 1)), f"kill {number}"
        done = reported
    assert done >= KILLS * 9 // 10, "each child that was not killed at its start reported a step"


def run_and_kill(folder: Path, first: int, seconds: float, while_starting: bool) -> int:
    """The number of steps that were reported as committed before the kill."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.crash_child", str(folder), str(first)],
        cwd=SAMPLES.parent, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout
    steps = [] if while_starting else [child.stdout.readline()]
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    steps += child.communicate()[0].splitlines()
    complete = [int(step) for step in steps if step.strip()]
    return complete[-1] + 1 if complete else first


def checked_state(folder: Path) -> dict[str, str]:
    encoder = HashingEncoder()
    index = LocalIndex.open(folder, manifest(encoder))
    assert not index.verify()
    articles = index.list(1000)
    found = index.search_dense(encoder.encode(["version"])[0], 10_000)
    assert len(found) == index.status().chunks
    index.close()
    return {article.article_id: article.text for article in articles}


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
