"""What /openapi.json allows, and what it doesn't, sent to a real server until it had so many requests.

    python -m benchmarks.fuzz.api [--requests 20000] [--seed 1]

schemathesis makes them, with all but two of its checks and chains of requests that use what others made;
what else is no fault is said in schemathesis.toml. Each round has another seed. Ends with 1 at the first
round that finds something, or if the server had an error of its own; the reports are left in --out.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

LEFT_OUT = "unsupported_method,allow_header_conformance"
"""An id may hold slashes: /articles/a/chunks is passages of "a" to GET, the article "a/chunks" to PUT."""

CONFIG = Path(__file__).parent / "schemathesis.toml"
_COUNT = re.compile(r'^qa_requests_total\{.*status="(\d+)"\} ([\d.]+)', re.MULTILINE)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of some articles."""
    command = [sys.executable, "-m", "benchmarks.fuzz.server", str(folder)]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603
        assert server.stdout  # noqa: S101
        try:
            yield json.loads(server.stdout.readline())["ready"]
        finally:
            server.terminate()
            server.wait(60)


def statuses(address: str) -> Counter[str]:
    """How often the server has answered with each status."""
    counts: Counter[str] = Counter()
    for status, count in _COUNT.findall(httpx2.get(f"{address}/metrics", timeout=60).text):
        counts[status] += int(float(count))
    return counts


def one_round(address: str, seed: int, out: Path) -> bool:
    """Whether schemathesis found nothing to say about a round of its requests."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG), "run",
        f"{address}/openapi.json", "--checks", "all", "--exclude-checks", LEFT_OUT,
        "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "50", "--continue-on-failure",
        "--seed", str(seed), "--request-timeout", "60", "--no-color", "--warnings", "off",
        "--generation-database", "none",
    ]  # fmt: skip
    with (out / f"round-{seed}.txt").open("w") as report:
        done = subprocess.run(command, stdout=report, stderr=subprocess.STDOUT, cwd=out)  # noqa: S603
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "fuzz", metavar="DIR")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    seed, is_well = options.seed, True
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        while is_well and statuses(address).total() < options.requests:
            is_well = one_round(address, seed, options.out)
            print(
                f"round {seed}: {'nothing' if is_well else 'something'}; {dict(statuses(address))}",
                flush=True,
            )
            seed += 1
        counts, log = statuses(address), (Path(folder) / "server.log").read_text(encoding="utf-8")
    errors = log.count("Traceback")
    figures = {"requests": counts.total(), "statuses": dict(sorted(counts.items())), "tracebacks": errors}
    print(json.dumps(figures))
    (options.out / "server.log").write_text(log, encoding="utf-8")
    sys.exit(0 if is_well and not errors and not counts["500"] else 1)


if __name__ == "__main__":
    main()
