"""Which chunk size, overlap and fusion find the answering passage best?

    python -m benchmarks.retrieval samples/articles samples/questions.jsonl [--squad dev.json.gz]

Each setting gets an index of its own in a temporary folder. A question counts as found at k when one of
the first k passages holds the sentence (SQuAD: the words at their place) that answers it. With --squad
the file's paragraphs are joined into one article a title and searched beside the others.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import loaders
from index.article_index import Manifest, Passage
from index.chunking import ChunkSize
from index.encoder import load_encoder
from index.local import LocalIndex
from index.question_words import without_question_words
from index.search import CANDIDATES
from index.sync import ingest
from index.types import Article, FloatArray, Scored, clean_text

TOKENS = (96, 128, 160, 200)
OVERLAPS = (0, 1)
LEXICAL_WEIGHTS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0, None)


@dataclass(frozen=True)
class Question:
    """The answer stands at ``article.text[start:end]``."""

    question: str
    article_id: str
    start: int
    end: int


def sample_questions(path: Path, articles: Sequence[Article]) -> Iterator[Question]:
    texts = {article.article_id: article.text for article in articles}
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if row["answers"]:
            start = texts[row["article_id"]].index(row["sentence"])
            yield Question(row["question"], row["article_id"], start, start + len(row["sentence"]))


def squad(path: Path) -> tuple[list[Article], list[Question]]:
    """Paragraphs joined into articles, and the answerable questions with their answers' places."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        data = json.load(file)["data"]
    articles, questions = [], []
    for number, document in enumerate(data):
        text, article_id = "", f"squad-{number}"
        for paragraph in document["paragraphs"]:
            # Clean paragraphs only, so that the answers' offsets stay true.
            if clean_text(paragraph["context"]) != paragraph["context"]:
                continue
            for qa in paragraph["qas"]:
                if qa["answers"]:
                    start = len(text) + qa["answers"][0]["answer_start"]
                    end = start + len(qa["answers"][0]["text"])
                    questions.append(Question(qa["question"], article_id, start, end))
            text += paragraph["context"] + "\n\n"
        articles.append(Article(article_id, clean_text(text), document["title"].replace("_", " ")))
    return articles, questions


Places = list[tuple[int | None, int | None]]
"""For each question the place of the first right passage and of the first right article, from 1."""


def ranks(
    index: LocalIndex, questions: Sequence[Question], vectors: FloatArray, weight: float | None
) -> Places:
    """With BM25's share of the convex sum, or with reciprocal rank fusion where ``weight`` is None."""
    found = []
    for question, vector in zip(questions, vectors, strict=True):
        words = without_question_words(question.question)
        if weight is None:
            dense = index.search_dense(vector, CANDIDATES)
            ids = reciprocal_rank(dense, index.search_lexical(words, CANDIDATES))
        else:
            found_ = index.search_hybrid(words, vector, weight, CANDIDATES)
            ids = [each.chunk_id for each in found_]
        passages = index.passages(ids)
        articles = list(dict.fromkeys(passages[i].article.article_id for i in ids))
        right = [holds(passages[i], question) for i in ids]
        found.append((place(True, right), place(question.article_id, articles)))
    return found


def holds(passage: Passage, question: Question) -> bool:
    """Whether the answer stands in the passage, at its place."""
    is_about = passage.article.article_id == question.article_id
    return is_about and passage.chunk.start <= question.start and question.end <= passage.chunk.end


def reciprocal_rank(*rankings: Scored) -> list[int]:
    """Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion" (2009), with their constant 60."""
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, (chunk_id, _) in enumerate(ranking, start=1):
            scores[chunk_id] += 1 / (60 + rank)
    return sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))


def place(wanted: object, values: Sequence[object]) -> int | None:
    return values.index(wanted) + 1 if wanted in values else None


def recall(places: Sequence[int | None], k: int) -> float:
    return float(np.mean([place is not None and place <= k for place in places]))


def mean_reciprocal_rank(places: Sequence[int | None]) -> float:
    return float(np.mean([1 / place if place else 0 for place in places]))


def row(name: str, places: Places) -> list[str]:
    passages, articles = zip(*places, strict=True)
    figures = [*(recall(passages, k) for k in (1, 5, 10)), mean_reciprocal_rank(passages)]
    figures += [recall(articles, 1), recall(articles, 5)]
    return [name, *(f"{figure:.3f}" for figure in figures)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--squad", type=Path)
    arguments = parser.parse_args()

    files, _ = loaders.find([arguments.articles])
    articles = [a for file in files for a in loaders.load(file) if isinstance(a, Article)]
    sets = {"samples": list(sample_questions(arguments.questions, articles))}
    if arguments.squad:
        more, sets["squad"] = squad(arguments.squad)
        articles += more

    encoder = load_encoder()
    vectors = {name: encoder.encode([q.question for q in questions]) for name, questions in sets.items()}
    tables = {name: table(f"{name}: {len(questions)} questions") for name, questions in sets.items()}
    for tokens, overlap in track(list(itertools.product(TOKENS, OVERLAPS)), "Settings"):
        with tempfile.TemporaryDirectory() as folder:
            manifest = Manifest(encoder.name, encoder.revision, encoder.dimension, tokens, overlap)
            index = LocalIndex.open(Path(folder), manifest)
            list(ingest(index, encoder, ChunkSize(tokens, overlap), articles))
            for name, weight in itertools.product(sets, LEXICAL_WEIGHTS):
                fusion = "reciprocal rank" if weight is None else f"lexical {weight}"
                label = f"{tokens} tokens, overlap {overlap}, {fusion}"
                tables[name].add_row(*row(label, ranks(index, sets[name], vectors[name], weight)))
            index.close()
    console = Console(width=120)
    for each in tables.values():
        console.print(each)


def table(title: str) -> Table:
    columns = ("setting", "passage@1", "@5", "@10", "MRR", "article@1", "@5")
    return Table(*columns, title=title)


if __name__ == "__main__":
    main()
