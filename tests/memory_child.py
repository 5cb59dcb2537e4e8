"""Loads a file in a process of its own and says by how many bytes that made it grow, and what came of it."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from index.loaders import count, load
from index.types import Article


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    path = Path(sys.argv[1])
    before = _peak()
    outcomes = ["article" if isinstance(one, Article) else one.reason for one in load(path)]
    counted = count(path)
    print(_peak() - before, counted, len(outcomes), *sorted(set(outcomes)), sep="\n")
