"""How many passages must be read until the answer is settled, and what changes where the rest is left out?

    python -m benchmarks.reading squad2-dev-part.json.gz

The paragraphs of the SQuAD files are joined into one article a title and indexed beside the sample articles;
their questions and the sample questions have all their passages read once. Each rule is then tried on what
was found: passages are read some at a time, until an answer is of such a confidence and what follows matches
the question so much worse than the passage that has it, or so much worse than the first passage.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import loaders
from index.types import Article, Hit
from qa_service import reading
from qa_service.answers import answered
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.question_type import asks_for_several, fits
from qa_service.questions import Question, load
from qa_service.scoring import f1
from qa_service.types import Answered, Span
from scripts.fit_confidence import SAMPLES, joined

AT_ONCE = (2, 4, 6)
SURE = (0.5, 0.6, 0.7, 0.8)
CLEARLY_WORSE = (0.6, 0.7, 0.8, 0.9, 1.0)
HOPELESS = (0.4, 0.5, 0.6, 0.65, 0.7)
RULES = [
    *itertools.product(AT_ONCE, SURE, CLEARLY_WORSE, (0.0,)),
    *itertools.product((reading.READ_AT_ONCE,), (reading.SURE,), (reading.CLEARLY_WORSE,), HOPELESS),
]


@dataclass(frozen=True)
class Asked:
    """A question with all its passages, what the reader found in each, and the answer from all."""

    question: Question
    hits: Sequence[Hit]
    spans: Sequence[Sequence[Span]]
    answer: Answered


class Reading:
    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def ask(self, question: Question) -> Asked:
        """Each passage is read by itself, which is what the reader does anyhow."""
        hits = self.pipeline.search.hits(question.question, self.pipeline.settings.top_k)
        spans = [self.pipeline.reader.read(question.question, [hit]) for hit in hits]
        return Asked(question, hits, spans, self.answer(question, hits, spans))

    def answer(self, question: Question, hits: Sequence[Hit], spans: Sequence[Sequence[Span]]) -> Answered:
        best_first = sorted(itertools.chain.from_iterable(spans), key=lambda span: -span.margin)
        threshold = self.pipeline.settings.answer_threshold
        return answered(question.question, best_first, hits, self.pipeline.confidence, threshold)

    def needed(self, asked: Asked, at_once: int, sure: float, worse: float, hopeless: float) -> int:
        """How many passages a rule has read."""
        if asks_for_several(asked.question.question):
            return len(asked.hits)
        confidence = self.pipeline.confidence.of
        for first in range(at_once, len(asked.hits), at_once):
            found = itertools.chain.from_iterable(asked.spans[:first])
            fitting = (span for span in found if fits(asked.question.question, span.text))
            best = max(fitting, key=confidence, default=None)
            following = asked.hits[first].score
            if best and confidence(best) >= sure and following <= worse * best.hit.score:
                return first
            if following <= hopeless * asked.hits[0].score:
                return first
        return len(asked.hits)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("squad", type=Path, nargs="+")
    options = parser.parse_args()
    files, _ = loaders.find([SAMPLES / "articles"])
    articles = [each for file in files for each in loaders.load(file) if isinstance(each, Article)]
    questions = load(SAMPLES / "questions.jsonl")
    for number, path in enumerate(options.squad):
        more, some = joined(path, f"squad{number}")
        articles, questions = articles + more, questions + some
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.open(Settings(data_dir=Path(folder)))
        list(pipeline.ingest(articles))
        questions_read = Reading(pipeline)
        everything = [questions_read.ask(question) for question in track(questions, "Asking")]
        pipeline.index.close()
    columns = (
        *("at once", "sure", "worse", "hopeless"),
        *("read, mean", "median", "same answer", "F1", "answers a question"),
    )
    table = Table(*columns, title=f"{len(everything)} questions")
    for rule in RULES:
        table.add_row(*map(str, rule), *_row(questions_read, everything, rule))
    Console(width=120).print(table)


def _row(of: Reading, everything: Sequence[Asked], rule: tuple[int, float, float, float]) -> list[str]:
    needed = [of.needed(asked, *rule) for asked in everything]
    answers = [
        of.answer(asked.question, asked.hits, asked.spans[:count])
        for asked, count in zip(everything, needed, strict=True)
    ]
    pairs = list(zip(everything, answers, strict=True))
    same = np.mean([asked.answer.text == answer.text for asked, answer in pairs])
    scores = [f1(answer.text or "", a.question.answers) for a, answer in pairs if a.question.answers]
    kept = np.mean([len(answer.answers) for answer in answers])
    return [
        f"{np.mean(needed):.2f}", f"{np.median(needed):.0f}", f"{same:.4f}", f"{np.mean(scores):.4f}",
        f"{kept:.3f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
