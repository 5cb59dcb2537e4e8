"""Runs a campaign: python -m benchmarks.crash --kills 500 --faults 200 --seed 1"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.crash.campaign import Campaign
from benchmarks.crash.faults import disk
from benchmarks.crash.hindrance import start_again_with_it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="Write the figures there, as JSON.")
    parser.add_argument("--verbose", action="store_true", help="Show each round.")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"  # threads of a library do not survive a fork
    own = Path(tempfile.gettempdir()) / f"crash-{os.getpid()}"  # the same after it was started again
    own.mkdir(exist_ok=True)
    own.chmod(0o755)
    can_hinder = start_again_with_it(own)
    logging.disable()
    try:
        with disk(own / "disk") as is_small:
            campaign = Campaign(own / "disk" / "world", options.seed, is_small, can_hinder, options.verbose)
            started = time.perf_counter()
            campaign.run(options.kills, options.faults)
            seconds = time.perf_counter() - started
    finally:
        shutil.rmtree(own)
    figures = {
        "seed": options.seed,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(), "seconds": round(seconds, 1),
        "kills": campaign.kills, "faults": campaign.faults, "ends": _sorted(campaign.ends),
        "complaints": campaign.complaints,
    }  # fmt: skip
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.exit(1 if campaign.complaints else 0)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


if __name__ == "__main__":
    main()
