"""Near-duplicates: precision and recall of the grouping on made copies of the sample articles.

    python -m benchmarks.near_duplicates samples/articles

Each article is copied in each of the ways below. A pair of an article and its copy should be found; a
pair of two different articles, copied in any way, should not, nor should an article and a follow-up
that repeats a part of it. Words are changed for random words of all the articles.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index import loaders
from index.near_duplicates import Sketch
from index.types import Article

THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8)
LEAD = "LONDON (Wire) - This is a corrected version of a report that was published earlier today. "


def with_other_words(text: str, share: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    words = text.split(" ")
    for place in rng.sample(range(len(words)), round(share * len(words))):
        words[place] = rng.choice(vocabulary)
    return " ".join(words)


def first_part(text: str, share: float) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(sentences[: max(1, round(share * len(sentences)))])


def copies(vocabulary: Sequence[str], rng: random.Random) -> dict[str, Callable[[str], str]]:
    def changed(text: str, share: float) -> str:
        return with_other_words(text, share, vocabulary, rng)

    return {
        "another lead": lambda text: LEAD + text,
        "2 % of the words changed": lambda text: changed(text, 0.02),
        "5 % changed": lambda text: changed(text, 0.05),
        "10 % changed": lambda text: changed(text, 0.1),
        "15 % changed": lambda text: changed(text, 0.15),
        "20 % changed": lambda text: changed(text, 0.2),
        "cut to three quarters": lambda text: first_part(text, 0.75),
        "cut to a half": lambda text: first_part(text, 0.5),
        "cut to a third": lambda text: first_part(text, 1 / 3),
        "cut to 70 %, 5 % changed, another lead": lambda text: LEAD + changed(first_part(text, 0.7), 0.05),
    }


def shared(text: str, others: Sequence[str]) -> list[float]:
    sketches = [Sketch.of(other) for other in others]
    signatures = np.stack([sketch.signature for sketch in sketches])
    shingles = np.array([sketch.shingles for sketch in sketches])
    return list(map(float, Sketch.of(text).shared(signatures, shingles)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--rounds", type=int, default=10, help="How often each random copy is made.")
    arguments = parser.parse_args()
    files, _ = loaders.find([arguments.articles])
    texts = [each.text for file in files for each in loaders.load(file) if isinstance(each, Article)]
    rng = random.Random(1)  # noqa: S311
    ways = copies(sorted({word for text in texts for word in text.split()}), rng)

    found: dict[str, list[float]] = {name: [] for name in ways}
    foreign: list[float] = []
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            made = [way(text) for text in texts]
            for place, text in enumerate(texts):
                scores = shared(text, made)
                found[name].append(scores.pop(place))
                foreign += scores
    follow_ups = {
        share: [
            shared(old, [f"{first_part(new, 1 - share)} {first_part(old, share)}"])[0]
            for old, new in permutations(texts, 2)
        ]
        for share in (0.2, 0.35, 0.5)
    }

    table = Table(
        "pairs", "number", *(f"{threshold}" for threshold in THRESHOLDS), title="share found, by threshold"
    )
    for name, scores in found.items():
        _row(table, name, scores)
    for share, repeated in follow_ups.items():
        _row(table, f"another article that repeats {share:.0%} of this one", repeated)
    _row(table, "different articles, copied in all ways", foreign)
    Console(width=120).print(table)
    wanted = [score for scores in found.values() for score in scores]
    wrong = foreign + [score for share in (0.2, 0.35) for score in follow_ups[share]]
    for threshold in THRESHOLDS:
        true, false = sum(s >= threshold for s in wanted), sum(s >= threshold for s in wrong)
        print(f"{threshold}: precision {true / (true + false):.4f}, recall {true / len(wanted):.4f}")


def _row(table: Table, name: str, scores: Sequence[float]) -> None:
    shares = [f"{np.mean([score >= threshold for score in scores]):.3f}" for threshold in THRESHOLDS]
    table.add_row(name, str(len(scores)), *shares)


if __name__ == "__main__":
    main()
