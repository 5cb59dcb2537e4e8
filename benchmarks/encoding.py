"""What each way to run the encoder costs, and what it does to the ranking, against sentence-transformers.

    python -m benchmarks.encoding squad2-dev-part.json.gz squad2-train-part.json.gz [--model other.onnx]

The paragraphs of the SQuAD files are joined into one article a title and cut as the program cuts them. Rates
are of some of these chunks, by turns, the best of several. The ranking is that of the answerable questions
among all the chunks: nDCG@10 of the first passage that holds the answer, in points, by cosine alone and as
the program searches; beside each, its difference from plain and the standard error of that. Other models of
the same inputs and outputs can be compared (--model).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from onnxruntime.quantization import QuantType, quantize_dynamic
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from benchmarks.retrieval import Question, squad
from index.article_index import Manifest
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder, SentenceEncoder, load_encoder
from index.fusion import fuse
from index.local import LocalIndex
from index.packaged_encoder import MODEL_FOLDER, TOKENIZER, PackagedEncoder
from index.question_words import without_question_words
from index.search import CANDIDATES
from index.text_model import TextModel
from index.types import Article, Chunk, FloatArray
from qa_service.config import Settings
from scripts.make_encoder import trace

SIGNED: dict[str, Any] = {"weight_type": QuantType.QInt8, "per_channel": True}
QUANTISATIONS: dict[str, dict[str, Any]] = {
    "8 bit, signed": SIGNED,
    "8 bit, unsigned": {**SIGNED, "weight_type": QuantType.QUInt8},
    "7 bit, signed, but for what follows GELU": {
        **SIGNED, "reduce_range": True, "nodes_to_exclude": tuple(f"layer.{n}/output/" for n in range(6)),
    },
}  # fmt: skip
LEXICAL_WEIGHTS = (0.0, Settings().lexical_weight)

Cut: TypeAlias = "list[tuple[Article, list[Chunk]]]"


@dataclass(frozen=True)
class Rates:
    clock: float
    processor: float


def candidates(folder: Path, models: Sequence[Path]) -> Iterator[tuple[str, Encoder]]:
    plain = SentenceEncoder.load()
    yield "plain", plain
    traced = folder / "fp32.onnx"
    trace(SentenceEncoder.load(), traced)
    yield "ONNX Runtime, fp32", _over(traced)
    yield "as shipped: 7 bit, signed", load_encoder()
    for number, (name, options) in enumerate(QUANTISATIONS.items()):
        path = folder / f"{number}.onnx"
        quantize_dynamic(traced, path, **_with_nodes(traced, options))
        yield name, _over(path)
    for path in models:
        yield path.stem, _over(path)


def _with_nodes(model: Path, options: dict[str, Any]) -> dict[str, Any]:
    """``nodes_to_exclude`` in full, where only parts of their names are given."""
    import onnx

    parts = options.get("nodes_to_exclude", ())
    nodes = [node.name for node in onnx.load(model).graph.node if node.op_type == "MatMul"]
    return {**options, "nodes_to_exclude": [node for node in nodes if any(part in node for part in parts)]}


def _over(path: Path) -> PackagedEncoder:
    tokenizer = Tokenizer.from_file(str(MODEL_FOLDER / TOKENIZER))
    return PackagedEncoder(path.stem, "", TextModel.load(path), tokenizer)


def rates(encoders: dict[str, Encoder], texts: Sequence[str], repeats: int) -> dict[str, Rates]:
    """Texts a second, by the clock and in processor time."""
    best = {name: Rates(0, 0) for name in encoders}
    for _ in range(repeats):
        for name, encoder in encoders.items():
            clock, processor = time.perf_counter(), time.process_time()
            _encode(encoder, texts)
            taken = Rates(time.perf_counter() - clock, time.process_time() - processor)
            best[name] = Rates(
                max(best[name].clock, len(texts) / taken.clock),
                max(best[name].processor, len(texts) / taken.processor),
            )
    return best


def _encode(encoder: Encoder, texts: Sequence[str]) -> FloatArray:
    """Plain is the library's own call, as its documentation has it."""
    if isinstance(encoder, SentenceEncoder):
        return np.asarray(encoder.model.encode(list(texts), normalize_embeddings=True), np.float32)
    return encoder.encode(texts)


class Ranking:
    """Where the answering passages come, with the BM25 scores of the chunks found once for all encoders."""

    def __init__(self, cut: Cut, questions: Sequence[Question]) -> None:
        chunks = [(article, each) for article, some in cut for each in some]
        self.right = [
            {
                number
                for number, (article, each) in enumerate(chunks)
                if article.article_id == q.article_id and each.start <= q.start and q.end <= each.end
            }
            for q in questions
        ]
        with tempfile.TemporaryDirectory() as folder:
            index = LocalIndex.open(Path(folder), Manifest("", "", 1, 0, 0))
            for article, some in cut:
                index.upsert(article, some, np.ones((len(some), 1), np.float32))
            # The chunks of an index that is filled once are numbered from 1 in the order given.
            if index.status().chunks != len(chunks):
                raise ValueError("Two articles have the same text.")
            self.lexical = [
                [
                    (chunk_id - 1, score)
                    for chunk_id, score in index.search_lexical(
                        without_question_words(q.question), CANDIDATES
                    )
                ]
                for q in questions
            ]
            index.close()

    def gains(self, passages: FloatArray, asked: FloatArray, lexical_weight: float) -> FloatArray:
        """nDCG@10 of each question, its first answering passage counting alone."""
        found = []
        for vector, lexical, right in zip(asked, self.lexical, self.right, strict=True):
            cosines = passages @ vector
            near = {*np.argsort(-cosines)[:CANDIDATES].tolist(), *(number for number, _ in lexical)}
            fused = fuse([(number, float(cosines[number])) for number in near], lexical, lexical_weight)
            found.append(_gain([number in right for number, *_ in fused[:10]]))
        return np.array(found, np.float32)


def _gain(right: Sequence[bool]) -> float:
    return float(1 / np.log2(2 + right.index(True))) if any(right) else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("squad", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, nargs="*", default=[])
    parser.add_argument("--timed", type=int, default=200, help="chunks whose rate is measured (default: 200)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--questions", type=int, default=10**9, help="so many at most (default: all)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoders = dict(candidates(Path(folder), options.model))
    plain = encoders["plain"]
    size = ChunkSize(Settings().chunk_tokens, Settings().chunk_overlap)
    articles, questions = joined(options.squad)
    questions = questions[:: max(1, len(questions) // options.questions)]
    cut: Cut = [(article, chunk(article, size, plain.count_tokens)) for article in articles]
    texts = [text for article, chunks in cut for text in encoder_texts(article, chunks, plain.count_tokens)]
    timed = texts[:: max(1, len(texts) // options.timed)][: options.timed]
    console = Console(width=150)
    console.print(f"{len(texts)} chunks, {len(questions)} questions, {len(timed)} chunks timed, of "
                  f"{np.mean(plain.count_tokens(timed)):.0f} tokens")  # fmt: skip
    measured = rates(encoders, timed, options.repeats)
    asked = [question.question for question in questions]
    vectors = {name: (encoder.encode(texts), encoder.encode(asked)) for name, encoder in encoders.items()}
    vectors["plain passages, shipped questions"] = (
        vectors["plain"][0], vectors["as shipped: 7 bit, signed"][1],
    )  # fmt: skip
    ranking = Ranking(cut, questions)
    scores = {
        name: [ranking.gains(*both, weight) for weight in LEXICAL_WEIGHTS] for name, both in vectors.items()
    }
    columns = ("times, clock", "times, processor", "mean cosine", "least", "nDCG@10, dense", "fused")
    table = Table("way", *columns)
    for name, (passages, _) in vectors.items():
        cosines = (passages * vectors["plain"][0]).sum(axis=1)
        rate = measured.get(name)
        times = (
            f"{rate.clock / measured['plain'].clock:.2f}" if rate else "",
            f"{rate.processor / measured['plain'].processor:.2f}" if rate else "",
        )
        points = (_points(mine, plains) for mine, plains in zip(scores[name], scores["plain"], strict=True))
        table.add_row(name, *times, f"{cosines.mean():.4f}", f"{cosines.min():.4f}", *points)
    console.print(table)
    console.print(f"plain: {measured['plain'].clock:.1f} chunks a second")


def joined(files: Sequence[Path]) -> tuple[list[Article], list[Question]]:
    """The articles and answerable questions of all files; their articles have ids of their own."""
    articles: list[Article] = []
    questions: list[Question] = []
    for number, path in enumerate(files):
        some, asked = squad(path)
        articles += [replace(article, article_id=f"{number}-{article.article_id}") for article in some]
        questions += [replace(each, article_id=f"{number}-{each.article_id}") for each in asked]
    return articles, questions


def _points(mine: FloatArray, plain: FloatArray) -> str:
    differences = 100 * (mine - plain)
    error = differences.std() / np.sqrt(len(differences))
    return f"{100 * mine.mean():.2f} ({differences.mean():+.2f} ± {error:.2f})"


if __name__ == "__main__":
    main()
