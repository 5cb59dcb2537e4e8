"""Verify: proof that what Milvus holds of each article agrees, or the names of what doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from index.errors import ArticleError
from index.milvus.cluster import Cluster, Row
from index.milvus.expressions import among
from index.milvus.lexicon import Lexicon
from index.milvus.rows import article_of, article_row, filtered, searched_text, stored_terms
from index.milvus.schema import ARTICLES, CHUNKS, FILTERED
from index.types import Article, Chunk

_DERIVED = (*FILTERED, "title", "url", "content", "content_hash", "signature", "shingles", "bands")
_CHUNK = ("chunk_id", "article_id", "version", "start", "stop", "terms", "vector", *FILTERED)
_FEW = 50
"""Articles whose chunks are read together."""


def problems(cluster: Cluster, lexicon: Lexicon, dimension: int) -> Iterator[str]:
    """Everything that is wrong, in words."""
    columns = ["key", "article_id", "version", "chunks", "article", *_DERIVED]
    for page in cluster.pages(ARTICLES, "", columns):
        for first in range(0, len(page), _FEW):
            yield from _problems(cluster, lexicon, dimension, page[first : first + _FEW])


def _problems(cluster: Cluster, lexicon: Lexicon, dimension: int, rows: Sequence[Row]) -> Iterator[str]:
    chunks: dict[tuple[str, int], list[Row]] = {}
    for chunk in cluster.rows(CHUNKS, among("article_id", [row["article_id"] for row in rows]), _CHUNK):
        chunks.setdefault((chunk["article_id"], chunk["version"]), []).append(chunk)
    for row in rows:
        try:
            article = article_of(row)
        except (ArticleError, ValueError, TypeError, KeyError) as error:
            yield f"Article {row['article_id']!r} can't be read: {error}"
            continue
        yield from _article_problems(row, article)
        found = chunks.get((row["article_id"], row["version"]), [])
        if len(found) != row["chunks"]:
            yield f"Article {article.article_id!r} has {len(found)} chunks, not {row['chunks']}."
        yield from _chunk_problems(found, article, lexicon, dimension)


def _article_problems(row: Row, article: Article) -> Iterator[str]:
    right = article_row(article, row["version"], row["chunks"])
    if row["content_hash"] != right["content_hash"]:
        yield f"The text of article {article.article_id!r} is not what its content hash says."
    for name in ("key", "article_id", *_DERIVED):
        if row[name] != right[name]:
            yield f"The {name} of article {article.article_id!r} is not what is searched by."


def _chunk_problems(
    chunks: Sequence[Row], article: Article, lexicon: Lexicon, dimension: int
) -> Iterator[str]:
    right = filtered(article)
    for row in chunks:
        name = f"Chunk {row['chunk_id']} of {article.article_id!r}"
        if not 0 <= row["start"] < row["stop"] <= len(article.text):
            yield f"{name} ends outside it ({row['start']} to {row['stop']} of {len(article.text)})."
            continue
        terms = lexicon.terms(searched_text(article, Chunk(row["start"], row["stop"])))
        if row["terms"] != stored_terms(terms):
            yield f"{name} is not the article's text at {row['start']} to {row['stop']}."
        if any(row[column] != right[column] for column in FILTERED):
            yield f"{name} is filtered by other values than the article has."
        vector = np.array(row["vector"], np.float32)
        if vector.shape != (dimension,):
            yield f"{name} has a vector of {len(vector)} dimensions, not {dimension}."
        elif not np.isclose(np.linalg.norm(vector), 1, atol=1e-3):
            yield f"{name} has a vector that is not of unit length."
