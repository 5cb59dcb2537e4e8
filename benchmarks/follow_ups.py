"""How well are follow-up questions understood, and are questions that stand alone left alone?

    python -m qa_service ingest samples/articles --data-dir /tmp/follow-ups
    python -m benchmarks.follow_ups --data-dir /tmp/follow-ups [--read]

Each follow-up is searched in four forms: as it was typed, behind the question before it, as the service makes
it stand alone, and as a person did. Counted is whether its article is the first, or among the first five.
With --read it is answered as well, and the answer's words compared with the expected ones (F1).

A question that stands alone is asked after the one before it in its file, and after another one about the
same article.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from qa_service.conversation import standalone
from qa_service.given_settings import load_settings
from qa_service.pipeline import Pipeline
from qa_service.scoring import f1
from qa_service.types import Turn

SAMPLES = Path("samples")
SPLITS = ("development", "test")
HITS = 20
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Of one follow-up in one form: the place of its article from 1, and the F1 of the answer."""

    rank: int | None
    f1: float | None


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def turns(row: Row) -> list[Turn]:
    return [Turn(turn["question"], turn["answer"]) for turn in row["turns"]]


FORMS: dict[str, Callable[[Row], str]] = {
    "as typed": lambda row: row["question"],
    "behind the question before": lambda row: f"{row['turns'][-1]['question']} {row['question']}",
    "made to stand alone": lambda row: standalone(row["question"], turns(row)),
    "by hand": lambda row: row["standalone"],
}


def outcome(pipeline: Pipeline, row: Row, question: str, read: bool) -> Outcome:
    hits = pipeline.search.hits(question, HITS)
    found = list(dict.fromkeys(hit.article.article_id for hit in hits))
    rank = found.index(row["article_id"]) + 1 if row["article_id"] in found else None
    if not (read and row["answers"]):
        return Outcome(rank, None)
    return Outcome(rank, f1(pipeline.ask(question).answer or "", row["answers"]))


def asked_in_a_conversation(questions: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    """Split, question, and the question as it is understood after another."""
    for place, row in enumerate(questions):
        same = [each for each in questions if row["article_id"] and each["article_id"] == row["article_id"]]
        before = [questions[place - 1], *(same[same.index(row) - 1 :][:1] if len(same) > 1 else [])]
        for former in before:
            turn = Turn(former["question"], (former["answers"] or [""])[0])
            yield SPLITS[place % 2], row["question"], standalone(row["question"], [turn])


def share(values: Sequence[float]) -> str:
    return f"{100 * fmean(values):.1f} %" if values else ""


def print_outcomes(title: str, outcomes: dict[str, list[Outcome]]) -> None:
    table = Table("form", "article first", "among the first 5", "F1", title=title, title_justify="left")
    for form, some in outcomes.items():
        first, five = ([each.rank is not None and each.rank <= most for each in some] for most in (1, 5))
        answered = [each.f1 for each in some if each.f1 is not None]
        table.add_row(form, share(first), share(five), share(answered))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True, help="where the sample articles are indexed")
    parser.add_argument("--read", action="store_true", help="answer the questions too")
    arguments = parser.parse_args()

    alone = list(asked_in_a_conversation(rows(SAMPLES / "questions.jsonl")))
    for split in SPLITS:
        some = [(question, meant) for name, question, meant in alone if name == split]
        changed = [(question, meant) for question, meant in some if question != meant]
        print(
            f"{split}: {len(changed)} of {len(some)} questions that stand alone were changed",
            *changed,
            sep="\n  ",
        )

    pipeline = Pipeline.open(load_settings(data_dir=arguments.data_dir))
    conversations = rows(SAMPLES / "conversations.jsonl")
    for split in SPLITS:
        follow_ups = [row for row in conversations if row["split"] == split]
        measure = partial(outcome, pipeline, read=arguments.read)
        outcomes = {
            form: [measure(row, question(row)) for row in track(follow_ups, form, transient=True)]
            for form, question in FORMS.items()
        }
        print_outcomes(f"{len(follow_ups)} follow-ups, {split}", outcomes)


if __name__ == "__main__":
    main()
