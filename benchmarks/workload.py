"""Articles and questions made for measuring speed: as many as wanted, the same for the same seed."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path

import numpy as np
from rich.progress import track

from index import loaders
from index.article_index import Manifest
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder, load_encoder
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article, Chunk, FloatArray

WORDS_A_CHUNK = 120
CHUNKS_AN_ARTICLE = 4
SENTENCE_WORDS = 15
TOPIC_WORDS = 40
FILLED_AT_ONCE = 5000
_TOPIC = re.compile(r"[Tt]opic (\d+)")


@dataclass(frozen=True)
class Vocabulary:
    """Words with how often they occur, so that common ones are as common as in real articles."""

    words: Sequence[str]
    cumulative: Sequence[float]

    @classmethod
    def of(cls, texts: Sequence[str], rare: int = 50_000) -> Vocabulary:
        """The words of ``texts``, and as many made-up ones, each rare, as articles have names."""
        counts: dict[str, float] = {}
        for text in texts:
            for word in re.findall(r"\w+", text):
                counts[word] = counts.get(word, 0) + 1
        total = sum(counts.values())
        for number in range(rare):  # one word in twenty is a name, by Zipf's law among themselves
            counts[f"Name{number}"] = total / 20 / 11.4 / (number + 1)
        return cls(list(counts), list(accumulate(counts.values())))

    def draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.cumulative, k=count)


def articles(chunks: int, vocabulary: Vocabulary, seed: int = 13, start: int = 0) -> Iterator[Article]:
    """Articles of CHUNKS_AN_ARTICLE passages each, some of one topic, until there are ``chunks``; from
    number ``start`` on."""
    topics = max(chunks // (CHUNKS_AN_ARTICLE * 25), 1)
    for number in range(start, chunks // CHUNKS_AN_ARTICLE):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 (nothing secret)
        topic = rng.randrange(topics)
        favoured = vocabulary.draw(random.Random(f"topic {topic}"), TOPIC_WORDS)  # noqa: S311
        words = vocabulary.draw(rng, WORDS_A_CHUNK * CHUNKS_AN_ARTICLE)
        words = [rng.choice(favoured) if rng.random() < 0.2 else word for word in words]
        sentences = [
            " ".join(words[first : first + SENTENCE_WORDS]).capitalize() + "."
            for first in range(0, len(words), SENTENCE_WORDS)
        ]
        day = f"{2015 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}"
        yield Article(f"made-{number}", " ".join(sentences), f"Topic {topic}, report {number}", published=day)


def questions(count: int, vocabulary: Vocabulary, topics: int, seed: int = 14) -> list[str]:
    """Questions of two to six words about some topic."""
    found = []
    for number in range(count):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 (nothing secret)
        topic = rng.randrange(max(topics, 1))
        favoured = vocabulary.draw(random.Random(f"topic {topic}"), TOPIC_WORDS)  # noqa: S311
        words = [rng.choice(favoured), *vocabulary.draw(rng, rng.randint(1, 5))]
        start = rng.choice(["Who saw", "When was", "Where is", "What did the"])
        found.append(f"{start} {' '.join(words)} in topic {topic}?")
    return found


def sample_questions() -> list[str]:
    """Those that the sample articles answer, and those that they don't."""
    lines = Path("samples/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def samples() -> list[Article]:
    found, _ = loaders.find([Path("samples/articles")])
    return [each for file in found for each in loaders.load(file) if isinstance(each, Article)]


class ClusteredEncoder:
    """Vectors that cost nothing and lie as real ones do: articles of one topic are near each other.

    What is of no topic, as the sample articles and their questions, has its vectors of ``real``, if there
    is one. A question of a topic is encoded by it too and that vector thrown away, so that its time counts.
    """

    name = "clustered"
    revision = "1"
    dimension = 384
    max_tokens = 256

    def __init__(self, real: Encoder | None = None) -> None:
        self.real = real

    def encode(self, texts: Sequence[str]) -> FloatArray:
        made = all(map(_TOPIC.search, texts))
        if self.real and (len(texts) == 1 or not made):
            real = self.real.encode(texts)
            if not made:
                return real
        vectors = np.array([self._vector(text) for text in texts]).reshape(-1, self.dimension)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) * 10 // 52 for text in texts]  # 5.2 characters a token, as the samples have

    def _vector(self, text: str) -> FloatArray:
        topic = _TOPIC.search(text)
        centre = _direction(f"topic {topic.group(1)}" if topic else text)
        return np.asarray(centre + 0.8 * _direction(text), np.float32)


def _direction(text: str) -> FloatArray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(ClusteredEncoder.dimension, np.float32)


def fill(folder: Path, manifest: Manifest, chunks: int) -> None:
    """Bring the index in ``folder`` to ``chunks`` passages, and those of the sample articles.

    What is there already stays. As `ingest` does it, but that the next articles are made, chunked and given
    their vectors by another process, and that thousands are committed at once, from a large cache of pages:
    the bands of one article touch 42 pages, and writing these for each by itself would take hours.
    """
    with closing(LocalIndex.open(folder, manifest)) as index:
        starts = range(_made(index), chunks // CHUNKS_AN_ARTICLE, FILLED_AT_ONCE)
        size = ChunkSize(manifest.chunk_tokens, manifest.chunk_overlap)
        index._database.connection.execute("PRAGMA cache_size = -1000000")  # kibibytes
        jobs = [(chunks, size, start) for start in starts]
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            for batch in track(pool.imap(_prepared, jobs), f"Filling to {chunks:,}", total=len(jobs)):
                with index.together():
                    for article, passages, vectors in batch:
                        index.upsert(article, passages, vectors.astype(np.float32))
        for _ in ingest(index, ClusteredEncoder(load_encoder()), size, samples()):
            pass
        index.save()


def _made(index: LocalIndex) -> int:
    """How many of the articles that are not samples there are."""
    ((count,),) = index._database.read("SELECT count(*) FROM articles WHERE article_id LIKE 'made-%'")
    return int(count)


def _prepared(job: tuple[int, ChunkSize, int]) -> list[tuple[Article, list[Chunk], FloatArray]]:
    chunks, size, start = job
    encoder = ClusteredEncoder()
    made = articles(chunks, Vocabulary.of([article.text for article in samples()]), start=start)
    found = []
    for article in islice(made, FILLED_AT_ONCE):
        passages = chunk(article, size, encoder.count_tokens)
        texts = encoder_texts(article, passages, encoder.count_tokens)
        found.append((article, passages, encoder.encode(texts)))
    return found
