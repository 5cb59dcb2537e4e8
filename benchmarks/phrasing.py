"""How well are keywords, orders and questions behind a story answered, as typed and as the questions in them?

    python -m benchmarks.phrasing squad2-dev-part.json.gz [--every 6]

The paragraphs of the SQuAD file are joined into one article a title and indexed beside the sample articles.
Each question is typed in four forms: as it is, as its keywords, as an order, and behind a story. What is
searched for is what was typed, what is read for once that too, and once the question that is found in it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.workload import samples
from qa_service.answers import answered
from qa_service.config import Settings
from qa_service.conversation import english
from qa_service.conversation.phrasing import question_in
from qa_service.evaluation import RIGHT_F1
from qa_service.pipeline import Pipeline
from qa_service.questions import Question, load
from qa_service.reading import read
from qa_service.scoring import f1
from scripts.fit_confidence import SAMPLES, joined

_DROPPED = (
    english.ASKING | english.AUXILIARIES | english.DETERMINERS | english.PREPOSITIONS | {"of", "many", "much"}
)
STORY = (
    "Hello! I was talking with my neighbour about the papers, and neither of us could remember it any more. "
    "So could you please tell me: "
)


def keywords(question: str) -> str:
    """What somebody in a hurry types: without question words, auxiliaries, determiners and prepositions."""
    return " ".join(w for w in english.words_of(question) if english.plain(w) not in _DROPPED).lower()


FORMS: dict[str, Callable[[str], str]] = {
    "as asked": str,
    "keywords": keywords,
    "an order": lambda question: f"could you please tell me {question} Thanks!",
    "behind a story": lambda question: STORY + question,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("squad", type=Path)
    parser.add_argument("--every", type=int, default=6, help="take every N-th question of SQuAD")
    options = parser.parse_args()
    more, questions = joined(options.squad, "squad")
    questions = [*load(SAMPLES / "questions.jsonl"), *questions[:: options.every]]
    table = Table("form", "read for", "F1", "answered", "wrong of these", "refused rightly")
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.open(Settings(data_dir=Path(folder)))
        list(pipeline.ingest([*samples(), *more]))
        for form, typed in FORMS.items():
            for name, wording in (("what is typed", str), ("the question in it", question_in)):
                said = [
                    (question, _answer(pipeline, typed(question.question), wording))
                    for question in track(questions, f"{form}, {name}")
                ]
                table.add_row(form, name, *_figures(said))
        pipeline.index.close()
    Console(width=100).print(f"{len(questions)} questions", table)


def _answer(pipeline: Pipeline, typed: str, wording: Callable[[str], str]) -> str:
    hits = pipeline.search.hits(typed, pipeline.settings.top_k)
    parts = read(pipeline.reader, pipeline.confidence, wording(typed), hits)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            spans = end.value
            break
    threshold = pipeline.settings.answer_threshold
    return answered(wording(typed), spans, hits, pipeline.confidence, threshold).text or ""


def _figures(said: list[tuple[Question, str]]) -> list[str]:
    """F1 over the answerable questions, refusals counted as wrong; and shares."""
    answerable = [(f1(text, each.answers), text) for each, text in said if each.answers]
    told = [bool(each.answers) and f1(text, each.answers) >= RIGHT_F1 for each, text in said if text]
    return [
        f"{fmean(score for score, _ in answerable):.3f}",
        f"{fmean(bool(text) for _, text in answerable):.3f}",
        f"{1 - fmean(told):.3f}",
        f"{fmean(not text for each, text in said if not each.answers):.3f}",
    ]


if __name__ == "__main__":
    main()
