#!/usr/bin/env python3
"""Fit how the confidence of an answer follows from the reader's margin and from the search.

The paragraphs of each SQuAD FILE are joined into articles and indexed beside the sample articles, and its
questions, the sample questions and (with --foreign) questions that no article answers go through search
and reader. A logistic regression learns from the spans whether they are right (F1 of at least 0.5). All
figures are cross-validated by question: no question is scored by coefficients that were fitted on it.

    scripts/fit_confidence.py squad2-dev-part.json.gz --foreign squad2-train-part.json.gz

Writes confidence.json beside the reader's weights and prints, for each threshold, how many questions are
answered and refused. Needs scikit-learn, which sentence-transformers brings
(requirements-encoders.txt).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.progress import track
from sklearn.linear_model import LogisticRegression

from index import loaders
from index.types import Article, clean_text
from qa_service.config import Settings
from qa_service.evaluation import RIGHT_F1
from qa_service.pipeline import Pipeline
from qa_service.question_type import fits
from qa_service.questions import Question, load
from qa_service.reader import MODEL_FOLDER
from qa_service.scoring import calibration_error, f1

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SPANS = 20  # of each question; the rest are never near an answer
FOLDS = 5
FEATURES = ("margin", "dense")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question with what the reader found: features (spans, 2) and F1 (spans,) of each span."""

    kind: str
    answerable: bool
    features: Floats
    f1: Floats


def joined(path: Path, name: str) -> tuple[list[Article], list[Question]]:
    """A SQuAD file's paragraphs joined into one article a title, and its questions about them."""
    texts: dict[str, dict[str, None]] = {}
    questions = []
    for question in load(path):
        texts.setdefault(question.title, {})[question.passage or ""] = None
        article_id = f"{name}-{question.title}"
        questions.append(Question(question.question, question.answers, article_id, id=question.id))
    articles = [
        Article(f"{name}-{title}", clean_text("\n\n".join(paragraphs)), title)
        for title, paragraphs in texts.items()
    ]
    return articles, questions


def ask(pipeline: Pipeline, question: Question, kind: str) -> Asked:
    hits = pipeline.search.hits(question.question, pipeline.settings.top_k)
    spans = [s for s in pipeline.reader.read(question.question, hits) if fits(question.question, s.text)][
        :SPANS
    ]
    scores = [
        f1(span.text, question.answers)
        if question.answers and span.hit.article.article_id == question.article_id
        else 0.0
        for span in spans
    ]
    features = np.array([(s.margin, s.hit.dense) for s in spans]).reshape(-1, len(FEATURES))
    return Asked(kind, bool(question.answers), features, np.array(scores))


def fitted(asked: Sequence[Asked]) -> LogisticRegression:
    """Fitted on all spans, to find the strongest of each question, and then on these alone.

    The strongest span is right far more often than others that look like it, since the others compete
    with it; only a model of the strongest ones gives probabilities that can be taken at their word.
    """
    some = [each for each in asked if len(each.features)]
    features = np.concatenate([each.features for each in some])
    ranker = _logistic(features, np.concatenate([each.f1 for each in some]))
    strongest = [int(ranker.decision_function(each.features).argmax()) for each in some]
    return _logistic(
        np.array([each.features[best] for each, best in zip(some, strongest, strict=True)]),
        np.array([each.f1[best] for each, best in zip(some, strongest, strict=True)]),
    )


def _logistic(features: Floats, f1_scores: Floats) -> LogisticRegression:
    return LogisticRegression(C=10, max_iter=1000).fit(features, f1_scores >= RIGHT_F1)


def cross_validated(asked: Sequence[Asked]) -> list[tuple[float, float]]:
    """For each question the confidence of its strongest span, and that span's F1."""
    outcomes: list[tuple[float, float]] = [(0.0, 0.0)] * len(asked)
    folds = np.random.default_rng(0).permutation(len(asked)) % FOLDS
    for fold in range(FOLDS):
        model = fitted([each for each, part in zip(asked, folds, strict=True) if part != fold])
        for number in np.flatnonzero(folds == fold).tolist():
            if len(asked[number].features):
                confidence = model.predict_proba(asked[number].features)[:, 1]
                best = int(confidence.argmax())
                outcomes[number] = float(confidence[best]), float(asked[number].f1[best])
    return outcomes


def report(asked: Sequence[Asked], outcomes: Sequence[tuple[float, float]]) -> None:
    kinds = sorted({(each.kind, each.answerable) for each in asked})
    for kind, answerable in kinds:
        some = [
            o for a, o in zip(asked, outcomes, strict=True) if (a.kind, a.answerable) == (kind, answerable)
        ]
        words = f", F1 without abstention {np.mean([score for _, score in some]):.3f}" if answerable else ""
        print(f"{kind}, {'answerable' if answerable else 'unanswerable'}: {len(some)} questions{words}")
    print("threshold  calibration error  risk  " + "  ".join(
        f"{kind} {'answered' if answerable else 'refused'}" for kind, answerable in kinds))  # fmt: skip
    for threshold in np.arange(0.1, 0.61, 0.05):
        told = [(c, score >= RIGHT_F1) for c, score in outcomes if c >= threshold]
        shares = []
        for kind, answerable in kinds:
            answered = np.mean([
                c >= threshold
                for a, (c, _) in zip(asked, outcomes, strict=True)
                if (a.kind, a.answerable) == (kind, answerable)
            ])  # fmt: skip
            shares.append(f"{answered if answerable else 1 - answered:.3f}")
        risk = 1 - np.mean([right for _, right in told]) if told else 0.0
        print(f"{threshold:9.2f}  {calibration_error(told):17.3f}  {risk:.3f}  " + "  ".join(shares))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="SQuAD v2.0 JSON, not trained on")
    parser.add_argument("--foreign", nargs="*", default=[], type=Path, metavar="FILE",
                        help="SQuAD v2.0 JSON whose questions no article answers")  # fmt: skip
    parser.add_argument("--foreign-questions", type=int, default=1000, metavar="N",
                        help="so many of them, drawn by a fixed seed (default: 1000)")  # fmt: skip
    options = parser.parse_args()

    found, _ = loaders.find([SAMPLES / "articles"])
    articles = [a for file in found for a in loaders.load(file) if isinstance(a, Article)]
    questions = [("samples", question) for question in load(SAMPLES / "questions.jsonl")]
    for number, path in enumerate(options.files):
        more, about = joined(path, f"squad-{number}")
        articles += more
        questions += [("squad", question) for question in about]
    foreign = [q for path in options.foreign for q in load(path) if q.answers]
    drawn = random.Random(0).sample(foreign, min(options.foreign_questions, len(foreign)))  # noqa: S311
    questions += [("foreign", Question(question.question, ())) for question in drawn]

    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.open(Settings(data_dir=Path(folder)))
        list(track(pipeline.ingest(articles), "Indexing", total=len(articles)))
        asked = [ask(pipeline, question, kind) for kind, question in track(questions, "Asking")]
        pipeline.index.close()
    report(asked, cross_validated(asked))
    model = fitted(asked)
    values = dict(zip(FEATURES, np.round(model.coef_[0], 4).tolist(), strict=True))
    content = {"bias": round(float(model.intercept_[0]), 4), **values}
    (MODEL_FOLDER / "confidence.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(content))


if __name__ == "__main__":
    main()
