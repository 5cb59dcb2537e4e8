"""Verification: how long `verify` takes, and how much memory the process has had by then.

    python -m benchmarks.verification [--articles 10000] [--sentences 50]

Articles and vectors are those of benchmarks.compaction; 50 sentences are some five passages.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console

from benchmarks.compaction import filled, size


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--sentences", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = filled(Path(folder), range(arguments.articles), arguments.sentences)
        started, worked = perf_counter(), process_time()
        problems = index.verify()
        seconds, processor = perf_counter() - started, process_time() - worked
        status = index.status()
        index.close()
        megabytes = size(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console = Console(width=110)
    console.print(f"{status.articles:,} articles, {status.chunks:,} passages, {megabytes:.0f} MB: {problems}")
    console.print(
        f"verify: {seconds:.1f} s, of which {processor:.1f} s of processor time; peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
