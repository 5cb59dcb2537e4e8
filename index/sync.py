"""Sync: documents in, committed articles out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from index.article_index import ArticleIndex, Manifest
from index.chunking import ChunkSize, chunk, encoder_texts
from index.encoder import Encoder
from index.errors import ArticleNotFound
from index.loaders import Failure
from index.local import LocalIndex
from index.types import Article, Chunk

ENCODE_AT_ONCE = 128
"""Chunks of several articles are encoded together, sorted by length, and committed together, which is
faster than one by one."""

Kind: TypeAlias = Literal["added", "changed", "unchanged", "gone"]


@dataclass(frozen=True)
class Change:
    """What became of one article; it is committed by the time that this is seen."""

    kind: Kind
    article_id: str
    chunks: int = 0


@dataclass(frozen=True)
class _Prepared:
    kind: Kind
    article: Article
    chunks: list[Chunk]


def ingest(
    index: ArticleIndex, encoder: Encoder, size: ChunkSize, documents: Iterable[Article | Failure | Change]
) -> Iterator[Change | Failure]:
    """Bring ``documents`` into the index, a few in each transaction; an outcome for each as it is known.

    An article whose text and metadata are as stored is left alone; one whose id is known is replaced.
    An outcome among the documents, of one that could not be read or need not be, is passed on.
    """
    waiting: list[_Prepared] = []
    for document in documents:
        if not isinstance(document, Article):
            yield document
            continue
        if any(document.article_id == prepared.article.article_id for prepared in waiting):
            yield from _commit(index, encoder, waiting)
        kind = _kind(index, document)
        if kind == "unchanged":
            yield Change("unchanged", document.article_id)
            continue
        waiting.append(_Prepared(kind, document, chunk(document, size, encoder.count_tokens)))
        if _is_full(waiting):
            yield from _commit(index, encoder, waiting)
    yield from _commit(index, encoder, waiting)


def reindex(index: LocalIndex, encoder: Encoder, size: ChunkSize, manifest: Manifest) -> Iterator[Change]:
    """Chunk and encode every stored article anew; the old index serves until all is done."""
    waiting: list[_Prepared] = []
    with index.rebuilding(manifest) as article_ids:
        for article_id in article_ids:
            article = index.get(article_id)
            waiting.append(_Prepared("changed", article, chunk(article, size, encoder.count_tokens)))
            if _is_full(waiting):
                yield from _commit(index, encoder, waiting)
        yield from _commit(index, encoder, waiting)


def _is_full(waiting: list[_Prepared]) -> bool:
    return sum(len(prepared.chunks) for prepared in waiting) >= ENCODE_AT_ONCE


def _kind(index: ArticleIndex, article: Article) -> Kind:
    try:
        return "unchanged" if index.get(article.article_id) == article else "changed"
    except ArticleNotFound:
        return "added"


def _commit(index: ArticleIndex, encoder: Encoder, waiting: list[_Prepared]) -> Iterator[Change]:
    if not waiting:
        return
    texts = [
        text
        for prepared in waiting
        for text in encoder_texts(prepared.article, prepared.chunks, encoder.count_tokens)
    ]
    vectors = encoder.encode(texts)
    ends = np.cumsum([len(prepared.chunks) for prepared in waiting])
    with index.together():
        for prepared, end in zip(waiting, ends, strict=True):
            index.upsert(prepared.article, prepared.chunks, vectors[end - len(prepared.chunks) : end])
    for prepared in waiting:
        yield Change(prepared.kind, prepared.article.article_id, len(prepared.chunks))
    waiting.clear()
