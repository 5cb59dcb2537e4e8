"""Load: clients ask a real server for minutes, as many as are served well and twice as many as it takes.

    python -m benchmarks.load [--minutes 30] [--out DIR]

Half of the time 16 clients ask, half of it twice as many as the server lets in (`max_questions` at work and
`max_waiting` in line), while articles are added, changed and deleted. Its settings are the default. What must
hold: no answer but 200 and the documented 503, with Retry-After; p99 of what is accepted below the limit;
memory and open files that do not grow. Writes load.json and load.svg; ends with 1 if anything does not hold.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil

from benchmarks.speed import RESULTS, machine
from qa_service.config import Settings

SAMPLES = Path(__file__).parents[1] / "samples"
CLIENTS = 16
CHANGES_A_SECOND = 4
AFTER_REFUSAL = 0.25
"""Seconds after which a client that was refused asks again: sooner than it is told to."""

GROWTH = 1.05
"""Memory may be so many times what it was; what a process takes goes up and down a little."""

DESCRIPTORS = 8
"""Open files may be so many more at the end: connections come and go."""

Figures = dict[str, Any]


@dataclass
class Log:
    """What clients saw (when, how long, which status); the size of the server (when, megabytes, files)."""

    started: float = field(default_factory=time.perf_counter)
    asked: list[tuple[float, float, int]] = field(default_factory=list)
    changed: Counter[int] = field(default_factory=Counter)
    undocumented: list[str] = field(default_factory=list)
    sizes: list[tuple[float, float, int]] = field(default_factory=list)

    def now(self) -> float:
        return time.perf_counter() - self.started


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server of the sample articles with its default settings, as anyone starts it."""
    command, where = [sys.executable, "-m", "qa_service"], ["--data-dir", str(folder), "--json"]
    fill = [*command, "ingest", str(SAMPLES / "articles"), *where]
    subprocess.run(fill, check=True, capture_output=True)  # noqa: S603
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603
            [*command, "serve", "--port", "0", *where], stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert server.stdout  # noqa: S101
        try:
            yield json.loads(server.stdout.readline())["ready"], psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(120)


def ask(address: str, questions: Sequence[str], log: Log, end: threading.Event, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    with httpx2.Client(base_url=address, timeout=300) as client:
        while not end.is_set():
            started, began = time.perf_counter(), log.now()
            try:
                response = client.post("/ask", json={"question": rng.choice(questions)})
            except httpx2.HTTPError as error:
                log.undocumented.append(f"{type(error).__name__}: {error}")
                continue
            log.asked.append((began, time.perf_counter() - started, response.status_code))
            if response.status_code == 503 and "Retry-After" in response.headers:
                end.wait(AFTER_REFUSAL)
            elif response.status_code != 200:
                log.undocumented.append(f"{response.status_code}: {response.text[:200]}")


def change(address: str, log: Log, end: threading.Event) -> None:
    """Articles come, change and go at a steady pace, always about as many."""
    with httpx2.Client(base_url=address, timeout=300) as client:
        for number in itertools.count():
            path = f"/articles/changing-{number % 50}"
            if number % 5 == 4:
                response = client.delete(path)
            else:
                text = (
                    f"Number {number} was opened by Anna Holt on day {number % 28 + 1}. It is a bridge. " * 4
                )
                body = {"id": f"changing-{number % 50}", "text": text, "title": f"Bridge {number}"}
                response = client.post("/articles", json=body)
            log.changed[response.status_code] += 1
            if response.status_code not in (200, 201, 204, 404, 503):
                log.undocumented.append(f"changing: {response.status_code}: {response.text[:200]}")
            if end.wait(1 / CHANGES_A_SECOND):
                return


def watch(server: psutil.Process, log: Log, end: threading.Event) -> None:
    while not end.wait(1):
        log.sizes.append((log.now(), server.memory_info().rss / 2**20, server.num_fds()))


@contextmanager
def beside(*targets: Any) -> Iterator[None]:
    """Threads that run while the block does."""
    threads = [threading.Thread(target=target, args=arguments) for target, *arguments in targets]
    ends = [each for _, *arguments in targets for each in arguments if isinstance(each, threading.Event)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for each in ends:
            each.set()
        for thread in threads:
            thread.join()


def phase(address: str, clients: int, seconds: float, log: Log, questions: Sequence[str]) -> Figures:
    """So many clients for so many seconds, and what they saw."""
    end, first = threading.Event(), len(log.asked)
    with beside(*((ask, address, questions, log, end, seed) for seed in range(clients))):
        began = log.now()
        time.sleep(seconds)
    asked = log.asked[first:]
    accepted = [taken for _, taken, status in asked if status == 200]
    statuses = Counter(status for _, _, status in asked)
    p50, p95, p99 = (round(float(each), 2) for each in np.percentile(accepted, (50, 95, 99)))
    return {
        "clients": clients, "seconds": round(seconds), "answers": dict(sorted(statuses.items())),
        "answered_per_second": round(len(accepted) / seconds, 2),
        "seconds_p50": p50, "seconds_p95": p95, "seconds_p99": p99,
        **growth([each for each in log.sizes if began <= each[0] < began + seconds]),
    }  # fmt: skip


def growth(sizes: Sequence[tuple[float, float, int]]) -> Figures:
    """Memory and open files in the second fifth of a phase, when all are connected, and in its last."""
    fifth = max(1, len(sizes) // 5)
    early, late = sizes[fifth : 2 * fifth], sizes[-fifth:]
    return {
        "megabytes": [round(float(np.median([size for _, size, _ in some]))) for some in (early, late)],
        "open_files": [max(count for *_, count in some) for some in (early, late)],
    }


def faults(figures: Figures, log: Log, limit: float) -> list[str]:
    """What does not hold."""
    found = list(dict.fromkeys(log.undocumented))[:20]
    for each in figures["phases"]:
        if each["seconds_p99"] > limit:
            found.append(f"p99 is {each['seconds_p99']} s with {each['clients']} clients, more than {limit}")
        early, late = each["megabytes"]
        if late > early * GROWTH:
            found.append(f"memory went from {early} to {late} MB")
        early, late = each["open_files"]
        if late > early + DESCRIPTORS:
            found.append(f"open files went from {early} to {late}")
    return found


def draw(log: Log, path: Path) -> None:
    """Time of each answer, and memory, against the time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    for status, colour in ((200, "#1f6f8b"), (503, "#8a5800")):
        dots = [(began / 60, taken) for began, taken, each in log.asked if each == status]
        if dots:
            above.plot(
                *zip(*dots, strict=True), ".", markersize=1, color=colour, label=str(status), rasterized=True
            )
    above.set(ylabel="seconds to the answer", ylim=(0, None))
    above.legend(frameon=False, markerscale=8)
    below.plot([when / 60 for when, _, _ in log.sizes], [size for _, size, _ in log.sizes], color="#1f6f8b")
    below.set(xlabel="minutes", ylabel="megabytes of the server", ylim=(0, None))
    files = below.twinx()
    files.plot([when / 60 for when, _, _ in log.sizes], [count for *_, count in log.sizes], color="#8a5800")
    files.set(ylabel="open files", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None}, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30, help="in all (default: 30)")
    parser.add_argument("--limit", type=float, default=Settings().max_seconds, metavar="SECONDS",
                        help="that p99 may reach (default: max_seconds)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where the figures go")
    options = parser.parse_args()
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    twice = 2 * (Settings().max_questions + Settings().max_waiting)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (address, server):
        log, end = Log(), threading.Event()
        with beside((change, address, log, end), (watch, server, log, end)):
            seconds = 60 * options.minutes / 2
            phases = [phase(address, clients, seconds, log, questions) for clients in (CLIENTS, twice)]
    figures: Figures = {
        "machine": machine(), "phases": phases,
        "changes": {str(status): count for status, count in log.changed.items()},
    }  # fmt: skip
    figures["faults"] = faults(figures, log, options.limit)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=2)
    (options.out / "load.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    draw(log, options.out / "load.svg")
    sys.exit(1 if figures["faults"] else 0)


if __name__ == "__main__":
    main()
