"""How are varied questions on articles of other kinds answered?

    python -m benchmarks.varied

The articles are minutes, product notes, recipes, research, sport and news in several formats; the questions
are asked as on 28 November 2026. A line of questions.jsonl says which patterns all stand in a right answer
("accepts"), and whether it is right to refuse ("refusal"). The 56 that are marked "after" were written when
the rules around the reader were done.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import loaders
from qa_service.config import Settings
from qa_service.conversation.phrasing import timeframe_in
from qa_service.pipeline import Pipeline
from qa_service.types import Reply

FOLDER = Path(__file__).parent
ASKED_ON = date(2026, 11, 28)
OUTCOMES = ("right", "another is right", "wrong", "wrongly refused", "wrongly answered")


def outcome(reply: Reply, accepts: list[str], may_refuse: bool) -> str:
    def is_right(text: str) -> bool:
        return bool(accepts) and all(re.search(pattern, text) for pattern in accepts)

    if not reply.answerable:
        return "right" if may_refuse else "wrongly refused"
    texts = [answer.text for answer in reply.answers]
    if is_right(" ".join([reply.answer or "", *(texts if reply.kind == "list" else [])])):
        return "right"
    if may_refuse:
        return "wrongly answered"
    return "another is right" if any(map(is_right, texts)) else "wrong"


def main() -> None:
    questions = [json.loads(line) for line in (FOLDER / "questions.jsonl").read_text("utf-8").splitlines()]
    files, _ = loaders.find([FOLDER / "articles"])
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.open(Settings(data_dir=Path(folder)))
        for _ in pipeline.ingest(document for file in files for document in loaders.load(file)):
            pass
        outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        console = Console(width=120)
        for each in track(questions, "Asking", console=console):
            if mistake := _mistake(pipeline, each, outcomes):
                console.print(mistake, highlight=False)
        pipeline.index.close()
    table = Table("questions", *OUTCOMES)
    for kind, counts in sorted(outcomes.items(), key=lambda row: row[0].startswith("all")):
        table.add_row(kind, *(str(counts[name]) for name in OUTCOMES))
    console.print(table)


def _mistake(pipeline: Pipeline, each: dict[str, Any], outcomes: dict[str, Counter[str]]) -> str:
    """Ask and count; what went wrong, in a line, or nothing."""
    question = each["question"]
    reply = pipeline.ask(question, timeframe=timeframe_in(question, ASKED_ON))
    came_to = outcome(reply, each["accepts"], each.get("refusal", False))
    for kind in (each["kind"], "all, written after" if each.get("after") else "all, written before"):
        outcomes[kind][came_to] += 1
    return "" if came_to == "right" else f"{came_to}: {question} -> {reply.answer}"


if __name__ == "__main__":
    main()
