"""What is suggested after the sample questions, how often, and how long does it take?

    python -m qa_service ingest samples/articles --data-dir /tmp/names
    python -m benchmarks.suggestions --data-dir /tmp/names [--every 5]

Each suggestion is printed with its answer, to be judged by a reader.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import fmean
from time import perf_counter

from rich.console import Console

from qa_service.given_settings import load_settings
from qa_service.pipeline import Pipeline
from qa_service.suggestions import suggestions
from qa_service.types import Reply

QUESTIONS = Path("samples/questions.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="Take every so manieth question.")
    arguments = parser.parse_args()
    console = Console()
    pipeline = Pipeline.open(load_settings(data_dir=arguments.data_dir))
    counts, seconds = [], []
    replies: dict[str, Reply] = {}

    def ask(question: str) -> Reply:
        replies[question] = pipeline.ask(question)
        return replies[question]

    for line in QUESTIONS.read_text(encoding="utf-8").splitlines()[:: arguments.every]:
        reply = pipeline.ask(json.loads(line)["question"])
        started = perf_counter()
        found = suggestions(reply, ask)
        if reply.answerable:
            seconds.append(perf_counter() - started)
            counts.append(len(found))
            console.print(f"{reply.question} → {reply.answer}")
        for question in found:
            console.print(f"    {question} → {replies[question].answer} ({replies[question].confidence:.2f})")
    some = sum(count > 0 for count in counts)
    console.print(f"{some} of {len(counts)} answered questions get {sum(counts)} suggestions")
    console.print(f"{fmean(seconds):.2f} s each")


if __name__ == "__main__":
    main()
