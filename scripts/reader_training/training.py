"""A training run: steps, checkpoints, and scores at intervals."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .examples import Example, Source
from .features import Featurizer
from .mixture import Mixture, TrainingBatch
from .optimizer import MasterOptimizer
from .prediction import Reader, predict, torch_reader
from .scoring import Score, score
from .span_reader import SpanReader, imitation_loss, logits, span_loss, take_over
from .squad import Passage
from .teacher import Teacher

SCORE_EVERY = 500  # steps
SAVE_EVERY = 250
_SUBSET = 300  # questions of each measured set, for the scores at intervals
_LOSS_SHARE = 0.02  # of the newest batch in the loss shown
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Recipe:
    """What, besides the data, decides the weights."""

    encoder: Path
    passes: Sequence[float]
    learning_rate: float
    seed: int
    batch_size: int = 32
    start: Path | None = None
    """The directory of a finished run, to go on from its weights."""
    steps: int | None = None
    workers: int = 0
    """Processes that make batches, which does not change them."""


class Run:
    """One run of a recipe in a directory, which it takes up where the last one stopped."""

    def __init__(
        self,
        recipe: Recipe,
        training: Sequence[Sequence[Passage]],
        measured: Mapping[str, Sequence[Passage]],
        out: Path,
        teacher: Teacher | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        torch.set_flush_denormal(True)  # tiny gradients would take the slow path of the processor
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.recipe = recipe
        self._teacher = teacher
        self.featurizer = Featurizer(recipe.encoder / "tokenizer.json")
        self.measured = {name: some for name, some in measured.items() if some}
        sources = [Source(passages) for passages in training]
        self._mixture = Mixture(
            sources, recipe.passes, self.featurizer, recipe.seed, recipe.batch_size, recipe.steps,
            teacher.featurizer if teacher else None,
        )  # fmt: skip
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = SpanReader(recipe.encoder).to(device)
        if recipe.start:
            take_over(self.model, recipe.start / CHECKPOINT)
        self._optimizer = MasterOptimizer(self.model, recipe.learning_rate, len(self._mixture))
        self._step = 0
        self._resume()

    @property
    def finished(self) -> bool:
        return self._step >= len(self._mixture)

    def train(self, stop_after: int | None = None) -> None:
        """Train to the last step, or to step `stop_after`, and leave a checkpoint there."""
        last = min(stop_after or len(self._mixture), len(self._mixture))
        loss = 0.0
        with _progress() as progress:
            task = progress.add_task("", total=len(self._mixture), completed=self._step)
            for batch in self._mixture.batches(self._step, self.recipe.workers):
                if self._step >= last:
                    break
                loss += (self._learn(batch) - loss) * _LOSS_SHARE
                progress.update(task, completed=self._step, description=f"loss {loss:.2f}")
                if self._step % SCORE_EVERY == 0:
                    progress.console.print(self._report(), soft_wrap=True)
                if self._step % SAVE_EVERY == 0:
                    self._save()
        self._save()

    def averaged(self) -> SpanReader:
        """The averaged weights in fp32, which are what is shipped."""
        model = SpanReader(self.recipe.encoder)
        model.load_state_dict(self._optimizer.average(), strict=False)
        return model.to(self.model.head.weight.device)

    def scores(self, reader: Reader, subset: int | None = None) -> dict[str, Score]:
        """Scores on each measured set, or on a fixed random subset of so many of its questions."""
        return {
            name: _measure(reader, self.featurizer, passages, subset)
            for name, passages in self.measured.items()
        }

    def _learn(self, batch: TrainingBatch) -> float:
        # Dropout depends on the step alone, so a run that was stopped goes on just the same.
        torch.manual_seed(self.recipe.seed + self._step)
        own = logits(self.model.train(), batch.inputs)
        loss = span_loss(*own, batch.targets)
        if self._teacher and batch.lesson:
            loss = (loss + imitation_loss(own, self._teacher.logits(batch.lesson))) / 2
        torch.autograd.backward(loss)
        self._optimizer.step(self._step)
        self._step += 1
        return loss.item()

    def _report(self) -> str:
        with self._optimizer.averaged():
            scores = self.scores(torch_reader(self.model), _SUBSET)
        return "\n".join(
            f"step {self._step}, {name}, {each.answerable} + {each.unanswerable} questions: "
            f"F1 {each.f1:.1%}, exact {each.exact:.1%}, with abstention {each.best_f1:.1%}"
            for name, each in scores.items()
        )

    def _save(self) -> None:
        """Written beside and renamed, so that a stop in the middle loses nothing."""
        path = self.out / CHECKPOINT
        partial = path.with_suffix(".partial")
        torch.save({"step": self._step, **self._identity(), **self._optimizer.state()}, partial)
        os.replace(partial, path)

    def _resume(self) -> None:
        path = self.out / CHECKPOINT
        if not path.exists():
            return
        state = torch.load(path, map_location=self.model.head.weight.device, weights_only=True)
        for name, value in self._identity().items():
            if state[name] != value:
                raise ValueError(
                    f"{path} is of a run with {name} = {state[name]}, not {value}; "
                    "choose another --out or remove it"
                )
        self._optimizer.restore(state)
        self._step = int(state["step"])

    def _identity(self) -> dict[str, float]:
        return {
            "steps": len(self._mixture),
            "batch_size": self.recipe.batch_size,
            "learning_rate": self.recipe.learning_rate,
            "seed": self.recipe.seed,
        }


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )


def _measure(
    reader: Reader, featurizer: Featurizer, passages: Sequence[Passage], subset: int | None
) -> Score:
    """Scores with the article's title in front, as the service gives it."""
    asked = [(passage, question) for passage in passages for question in passage.questions]
    if subset is not None and subset < len(asked):
        asked = Random(0).sample(asked, subset)  # noqa: S311 (nothing secret)
    examples = [Example(q.text, passage.text, passage.title, None) for passage, q in asked]
    references = [[answer.text for answer in q.answers] for _, q in asked]
    return score(predict(reader, featurizer, examples), references)
