"""Schema: the collections of an index in Milvus.

``articles`` has one row for each article with all that is stored of it, so that a new version takes the old
one's place in one write. ``chunks`` has the rows that are searched: each belongs to one version of an article
and counts only while that is the article's version. ``terms`` has each term that any text ever had, to find
those that are spelt nearly alike; ``meta`` has the manifest and the time of the last change.
"""

from __future__ import annotations

from dataclasses import dataclass

from pymilvus import CollectionSchema, DataType, Function, FunctionType, MilvusClient
from pymilvus.milvus_client import IndexParams

LONGEST = 65_535
"""Bytes of UTF-8 in a string of Milvus."""

MOST_PIECES = 4096
"""Strings in an array of Milvus."""

PIECE = LONGEST // 4
"""Characters that fit a string of Milvus, whatever they are."""

NO_VECTOR = [0.0, 0.0]
"""For the collections that are not searched by vector, of which Milvus wants one all the same."""

ARTICLES, CHUNKS, TERMS, META = "qa_articles", "qa_chunks", "qa_terms", "qa_meta"

FILTERED = ("source", "author", "language", "published", "tags", "fields")
"""The columns that filters name; chunks have them too, so that Milvus filters before it ranks."""


@dataclass(frozen=True)
class Collection:
    """What a collection is made with."""

    name: str
    schema: CollectionSchema
    indexes: IndexParams


def collections(dimension: int) -> list[Collection]:
    """Those of an index of vectors with so many dimensions."""
    return [_articles(), _chunks(dimension), _terms(), _meta()]


def _articles() -> Collection:
    schema, indexes = _begun()
    # A hash of the id: the client puts the last key of a page into its next query as it is, quotes and all.
    _text(schema, "key", is_primary=True)
    _text(schema, "article_id")
    schema.add_field("version", DataType.INT64)
    schema.add_field("chunks", DataType.INT64)
    _filtered(schema, indexes)
    _text(schema, "title")
    _text(schema, "url", nullable=True)
    for name in ("content", "content_hash", "signature"):
        _text(schema, name)
    schema.add_field("shingles", DataType.INT64)
    _searched(schema, "bands")
    schema.add_field(
        "article", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=MOST_PIECES, max_length=LONGEST
    )
    _without_vector(schema, indexes)
    return Collection(ARTICLES, schema, indexes)


def _chunks(dimension: int) -> Collection:
    schema, indexes = _begun()
    schema.add_field("chunk_id", DataType.INT64, is_primary=True)
    _text(schema, "article_id")
    for name in ("version", "start", "stop"):
        schema.add_field(name, DataType.INT64)
    _filtered(schema, indexes)
    indexes.add_index("article_id", index_type="INVERTED")
    _searched(schema, "terms")
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_function(Function("bm25", FunctionType.BM25, ["terms"], ["sparse"]))
    # SQLite's constants, which are the cluster's too if nothing is said, but not the development server's.
    constants = {"bm25_k1": 1.2, "bm25_b": 0.75}
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=constants)
    # Vectors are of unit length, so their inner product is the cosine, and they are kept to the last bit.
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
    return Collection(CHUNKS, schema, indexes)


def _terms() -> Collection:
    schema, indexes = _begun()
    _text(schema, "term", is_primary=True)
    schema.add_field("length", DataType.INT64)
    _without_vector(schema, indexes)
    return Collection(TERMS, schema, indexes)


def _meta() -> Collection:
    schema, indexes = _begun()
    _text(schema, "key", is_primary=True)
    _text(schema, "value")
    _without_vector(schema, indexes)
    return Collection(META, schema, indexes)


def _begun() -> tuple[CollectionSchema, IndexParams]:
    return MilvusClient.create_schema(auto_id=False), MilvusClient.prepare_index_params()


def _text(schema: CollectionSchema, name: str, is_primary: bool = False, nullable: bool = False) -> None:
    extra = {"nullable": True} if nullable else {}
    schema.add_field(name, DataType.VARCHAR, max_length=LONGEST, is_primary=is_primary, **extra)


def _searched(schema: CollectionSchema, name: str) -> None:
    """A text that is searched by its words, which stand between spaces."""
    schema.add_field(
        name, DataType.VARCHAR, max_length=LONGEST,
        enable_analyzer=True, enable_match=True, analyzer_params={"tokenizer": "standard"},
    )  # fmt: skip


def _filtered(schema: CollectionSchema, indexes: IndexParams) -> None:
    for name in ("source", "author", "language", "published"):
        _text(schema, name, nullable=True)
        indexes.add_index(name, index_type="INVERTED")
    for name in ("tags", "fields"):
        schema.add_field(
            name, DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=MOST_PIECES, max_length=LONGEST
        )


def _without_vector(schema: CollectionSchema, indexes: IndexParams) -> None:
    schema.add_field("no_vector", DataType.FLOAT_VECTOR, dim=len(NO_VECTOR))
    indexes.add_index("no_vector", index_type="FLAT", metric_type="IP")
