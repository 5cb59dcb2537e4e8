"""Soak: clients ask a real server for minutes while articles are added, changed and deleted.

    python -m benchmarks.soak [--minutes 10] [--clients 16]

Each edited article has one sentence about a person of its own. A reply is wrong if it cites an article that
had been deleted, or a text that had been replaced, before the question was sent. Writes soak.json and
soak.svg, with the memory of the server over time; ends with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks.speed import RESULTS, machine

EDITED = 200
TOWNS = ("Ardenne", "Bellmoor", "Corvale", "Dunwick", "Estera", "Fallow", "Greywater", "Halden")
ENVIRONMENT = {"QA_RATE_LIMIT": "none", "QA_MAX_SECONDS": "600"}
"""The clients come from one address and wait for each other: that is not what is measured."""


@dataclass
class Log:
    """What was seen; ``gone`` has the texts, by their hash, that no reply may cite, and since when."""

    gone: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    edits: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds since the start, megabytes


def person(number: int) -> str:
    return f"Maro Kelvin{number}"


def text(number: int, version: int) -> str:
    rng = random.Random(f"{number} {version}")  # noqa: S311 (nothing secret)
    return f"{person(number)} moved to {rng.choice(TOWNS)} in {1950 + version}. The house there is old."


def edit(address: str, log: Log, ended: threading.Event) -> None:
    """Add, change and delete articles, and note when what was there had gone."""
    rng = random.Random(1)  # noqa: S311 (nothing secret)
    stored: dict[int, str] = {}
    with httpx2.Client(base_url=address, timeout=600) as client:
        for version in range(10**6):
            if ended.is_set():
                return
            number = rng.randrange(EDITED)
            old = stored.pop(number, None)
            if old is not None and rng.random() < 0.3:
                reply = client.delete(f"/articles/soak-{number}")
            else:
                new = text(number, version)
                reply = client.put(f"/articles/soak-{number}", json={"text": new, "title": person(number)})
                stored[number] = sha256(new.encode()).hexdigest()
            if old is not None:
                log.gone[old] = time.monotonic()
            if reply.is_error:
                log.errors.append(f"edit: {reply.status_code} {reply.text[:200]}")
            log.edits += 1


def ask(address: str, log: Log, ended: threading.Event, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (nothing secret)
    with httpx2.Client(base_url=address, timeout=600) as client:
        while not ended.is_set():
            question = f"Where did {person(rng.randrange(EDITED))} move?"
            sent = time.monotonic()
            reply = client.post("/ask", json={"question": question})
            log.seconds.append(time.monotonic() - sent)
            if reply.is_error:
                log.errors.append(f"ask: {reply.status_code} {reply.text[:200]}")
                continue
            for citation in reply.json()["citations"]:
                if log.gone.get(citation["content_hash"], sent) < sent:
                    log.stale.append(f"{question} cites {citation['article_id']}: {citation['quote']}")


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a server over the sample articles, and its process."""
    base, data = [sys.executable, "-m", "qa_service"], ["--data-dir", str(folder)]
    subprocess.run([*base, "ingest", *data, "samples/articles"], check=True, capture_output=True)  # noqa: S603 (our own)
    command = [*base, "serve", *data, "--port", "0", "--json"]
    with subprocess.Popen(  # noqa: S603 (our own)
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | ENVIRONMENT
    ) as process:
        ready = json.loads(next(iter(process.stdout or ())))["ready"]
        try:
            yield ready, psutil.Process(process.pid)
        finally:
            process.terminate()


def soak(minutes: float, clients: int) -> Log:
    log, ended = Log(), threading.Event()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (address, process):
        threads = [threading.Thread(target=edit, args=(address, log, ended))]
        threads += [threading.Thread(target=ask, args=(address, log, ended, seed)) for seed in range(clients)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        while (passed := time.monotonic() - started) < 60 * minutes:
            log.memory.append((passed, process.memory_info().rss / 2**20))
            ended.wait(1)
        ended.set()
        for thread in threads:
            thread.join()
    return log


def growth(memory: Sequence[tuple[float, float]]) -> float:
    """Megabytes a minute: the slope of the line through the second half (least squares)."""
    later = memory[len(memory) // 2 :]
    slope, _ = statistics.linear_regression([row[0] for row in later], [row[1] for row in later])
    return 60 * slope


def draw(log: Log, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([row[0] / 60 for row in log.memory], [row[1] for row in log.memory])
    axes.set(xlabel="minutes", ylabel="memory of the server, MB", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10, metavar="N", help="how long (default: 10)")
    parser.add_argument("--clients", type=int, default=16, metavar="N", help="how many ask (default: 16)")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where the figures go")
    options = parser.parse_args()
    log = soak(options.minutes, options.clients)
    quantiles = statistics.quantiles(log.seconds, n=100)
    figures: dict[str, Any] = {
        "machine": machine(),
        "minutes": options.minutes,
        "clients": options.clients,
        "questions": len(log.seconds),
        "edits": log.edits,
        "errors": log.errors[:20],
        "wrong_citations": log.stale[:20],
        "seconds": {"p50": round(quantiles[49], 2), "p95": round(quantiles[94], 2)},
        "megabytes": {"at_the_start": round(log.memory[0][1]), "most": round(max(m for _, m in log.memory)),
                      "growth_a_minute": round(growth(log.memory), 2),
                      "every_ten_seconds": [round(megabytes) for _, megabytes in log.memory[::10]]},
    }  # fmt: skip
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "soak.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    draw(log, options.out / "soak.svg")
    print(json.dumps(figures, indent=2))
    return 1 if log.errors or log.stale else 0


if __name__ == "__main__":
    sys.exit(main())
