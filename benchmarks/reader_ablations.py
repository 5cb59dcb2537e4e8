#!/usr/bin/env python3
"""Train the reader with one part of the recipe changed, and print its scores as a line of JSON.

  python -m benchmarks.reader_ablations NAME -- FILE[=PASSES]... --dev FILE --out DIR [more of train_reader's]

Nothing is exported: the scores are of the averaged weights as trained.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

import scripts.train_reader
from scripts.reader_training import examples, mixture, optimizer, training, typing_habits
from scripts.reader_training.prediction import torch_reader
from scripts.reader_training.training import Run

Change = tuple[object, str, object]

ABLATIONS: dict[str, Sequence[Change]] = {
    "as it is": [],
    "no negatives made": [(mixture, "NEGATIVES", 0.0), (mixture, "SENTENCE_NEGATIVES", 0.0)],
    "twice the negatives": [(mixture, "NEGATIVES", 0.7), (mixture, "SENTENCE_NEGATIVES", 0.5)],
    "paragraphs never cut": [(examples, "CROPPED", 0.0)],
    "questions never typed": [(typing_habits, "NO_QUESTION_MARK", 0.0), (typing_habits, "MISSPELT", 0.0)],
    "no titles": [(examples, "TITLED", 0.0)],
    "sentences alone": [(examples, "MAX_OTHERS", 1), (examples, "LEXICALLY_CLOSE", 0.0)],
    "average over 300 steps": [(optimizer, "AVERAGE_OVER", 300)],
}


def report(name: str, out: list[str]) -> Callable[[Run, Path], None]:
    """What takes the place of the export."""

    def score(run: Run, _: Path) -> None:
        scores = run.scores(torch_reader(run.averaged()))
        figures = {of: asdict(each) for of, each in scores.items()}
        out.append(json.dumps({"ablation": name, "seed": run.recipe.seed, **figures}))

    return score


def main(arguments: Sequence[str]) -> None:
    if len(arguments) < 2 or arguments[0] not in ABLATIONS:
        sys.exit(f"{__doc__}\nNAME is one of: {', '.join(ABLATIONS)}")
    name, lines = arguments[0], list[str]()
    changes = [
        *ABLATIONS[name],
        (scripts.train_reader, "ship", report(name, lines)),
        (training, "SAVE_EVERY", sys.maxsize),  # so short a run is begun again
    ]
    patches = [patch.object(*change) for change in changes]
    for each in patches:
        each.start()
    scripts.train_reader.main([each for each in arguments[1:] if each != "--"])
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
