"""What is ordering by coverage (index/coverage.py) worth?

    python -m benchmarks.coverage samples/articles samples/questions.jsonl --squad dev.json.gz train.json.gz

All articles are in one index, by the default settings. The first passages of each question are ordered anew
by different shares of coverage, and a question counts as found as in benchmarks.retrieval.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.retrieval import Places, Question, holds, place, row, sample_questions, squad, table
from index import loaders
from index.article_index import ArticleIndex
from index.coverage import coverages
from index.question_words import without_question_words
from index.search import CANDIDATES
from index.types import Article, FloatArray
from qa_service.config import Settings
from qa_service.pipeline import Pipeline

WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5)
COMPARED = (10, 20, 50)

Found = tuple[Sequence[float], Sequence[str], Sequence[str], Question]
"""The scores, articles and texts of the passages that were found for a question, best first."""


def find(
    index: ArticleIndex, question: Question, vector: FloatArray, weight: float
) -> tuple[Found, list[bool]]:
    """What hybrid search finds, and which of it holds the answer."""
    words = without_question_words(question.question)
    found = index.search_hybrid(words, vector, weight, CANDIDATES)
    passages = index.passages([each.chunk_id for each in found])
    in_order = [passages[each.chunk_id] for each in found]
    right = [holds(passage, question) for passage in in_order]
    texts = [p.article.text[p.chunk.start : p.chunk.end] for p in in_order]
    articles = [p.article.article_id for p in in_order]
    return ([each.score for each in found], articles, texts, question), right


def ordered(
    found: Found, right: Sequence[bool], weight: float, compared: int
) -> tuple[int | None, int | None]:
    """The places of the first right passage and article, with this share for the coverage of the first."""
    scores, articles, texts, question = found
    covered = coverages(without_question_words(question.question), texts[:compared])
    by_score = sorted(
        range(len(covered)), key=lambda each: -((1 - weight) * scores[each] + weight * covered[each])
    )
    order = [*by_score, *range(len(covered), len(texts))]
    in_order = list(dict.fromkeys(articles[each] for each in order))
    return place(True, [right[each] for each in order]), place(question.article_id, in_order)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--squad", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()

    files, _ = loaders.find([arguments.articles])
    articles = [a for file in files for a in loaders.load(file) if isinstance(a, Article)]
    sets = {"samples": list(sample_questions(arguments.questions, articles))}
    for path in arguments.squad:
        more, questions = squad(path)
        articles += [replace(each, article_id=f"{path.name}-{each.article_id}") for each in more]
        sets[path.name] = [replace(each, article_id=f"{path.name}-{each.article_id}") for each in questions]

    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.open(Settings(data_dir=Path(folder)))
        list(track(pipeline.ingest(articles), "Indexing", total=len(articles)))
        weight = pipeline.settings.lexical_weight
        for name, questions in sets.items():
            vectors = pipeline.encoder.encode([each.question for each in questions])
            pairs = track(list(zip(questions, vectors, strict=True)), name)
            found = [find(pipeline.index, question, vector, weight) for question, vector in pairs]
            rows = table(f"{name}: {len(questions)} questions")
            for share, compared in [(0.0, CANDIDATES), *itertools.product(WEIGHTS, COMPARED)]:
                places: Places = [ordered(*each, share, compared) for each in found]
                rows.add_row(*row(f"{share} of the first {compared}" if share else "by fusion alone", places))
            console.print(rows)
        pipeline.index.close()


if __name__ == "__main__":
    main()
