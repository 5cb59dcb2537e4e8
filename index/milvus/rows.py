"""Rows: an article and its chunks as they stand in Milvus."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from index.errors import StoreError
from index.milvus.cluster import Row
from index.milvus.expressions import pair
from index.milvus.schema import FILTERED, LONGEST, MOST_PIECES, NO_VECTOR, PIECE
from index.near_duplicates import BANDS, ROWS, Signatures, Sketch
from index.records import content_key
from index.types import Article, Chunk, FloatArray

_RANDOM_BITS = 12


def new_version() -> int:
    """A number for one writing of an article: never given twice, and higher than all of a moment before."""
    return microseconds() << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def version_before(seconds: float) -> int:
    """Every version that was given longer ago than this is below it."""
    return (microseconds() - int(seconds * 1_000_000)) << _RANDOM_BITS


def key_of(article_id: str) -> str:
    """The primary key of an article."""
    return hashlib.sha256(article_id.encode()).hexdigest()


def microseconds() -> int:
    return time.time_ns() // 1000


def article_row(of: Article, version: int, chunks: int) -> Row:
    """The row of an article. Raises StoreError when Milvus can't hold it."""
    sketch = Sketch.of(of.text)
    row = {
        "key": key_of(of.article_id), "article_id": of.article_id, "version": version, "chunks": chunks,
         **filtered(of), "title": of.title,
        "url": of.url, "content": content_key(of).hex(), "content_hash": of.content_hash,
        "signature": base64.b64encode(sketch.encoded).decode(), "shingles": sketch.shingles,
        "bands": " ".join(band_terms(sketch)), "article": _pieces(of), "no_vector": NO_VECTOR,
    }  # fmt: skip
    _require_room(row, of)
    return row


def article_of(row: Row) -> Article:
    """The article of a row. Raises ArticleError, ValueError or TypeError when it can't be one."""
    said: dict[str, Any] = json.loads("".join(row["article"]))
    return Article(**{**said, "tags": tuple(said["tags"]), "pages": tuple(said["pages"])})


def filtered(of: Article) -> Row:
    """The columns that filters name."""
    values = {name: getattr(of, name) for name in FILTERED}
    fields = [pair(name, value) for name, value in sorted(of.fields.items())]
    return {**values, "tags": list(of.tags), "fields": fields}


def chunk_rows(
    of: Article, version: int, chunks: Sequence[Chunk], terms: Sequence[str], vectors: FloatArray
) -> list[Row]:
    """The rows of a version's chunks; ``terms`` are those of each, with spaces between them."""
    same = {"article_id": of.article_id, "version": version, **filtered(of)}
    return [
        {
            **same, "chunk_id": _chunk_id(of.article_id, version, place), "start": chunk.start,
            "stop": chunk.end, "terms": words, "vector": vector,
        }
        for place, (chunk, words, vector) in enumerate(zip(chunks, terms, vectors, strict=True))
    ]  # fmt: skip


def searched_text(of: Article, chunk: Chunk) -> str:
    """What lexical search finds a chunk by."""
    return f"{of.title}\n{of.text[chunk.start : chunk.end]}"


def stored_terms(terms: Sequence[str]) -> str:
    """Terms as they are stored, as many as there is room for."""
    return " ".join(terms).encode()[:LONGEST].decode(errors="ignore")


def band_terms(sketch: Sketch) -> list[str]:
    """The bands of a sketch as words that can be searched."""
    return [f"b{band & 0xFFFFFFFFFFFFFFFF:016x}" for band in sketch.bands]


def sketch_of(row: Row) -> Sketch:
    return Sketch(signatures([row])[0], int(row["shingles"]))


def signatures(rows: Sequence[Row]) -> Signatures:
    """(len(rows), BANDS * ROWS) minimal hashes."""
    encoded = b"".join(base64.b64decode(row["signature"]) for row in rows)
    return np.frombuffer(encoded, "<u4").astype(np.uint32).reshape(-1, BANDS * ROWS)


def _chunk_id(article_id: str, version: int, place: int) -> int:
    """63 bits of a hash, so that machines need no common counter."""
    name = json.dumps([article_id, version, place]).encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") >> 1


def _pieces(of: Article) -> list[str]:
    text = json.dumps(asdict(of), ensure_ascii=False)
    return [text[first : first + PIECE] for first in range(0, len(text), PIECE)]


def _require_room(row: Row, of: Article) -> None:
    for name, value in _strings(row):
        if len(value.encode()) > LONGEST:
            raise StoreError(
                f"The {name} of {of.article_id[:80]!r} has more than {LONGEST} bytes; Milvus can't hold it."
            )
    for name in ("article", "tags", "fields"):
        if len(row[name]) > MOST_PIECES:
            most = f"{MOST_PIECES * PIECE} characters" if name == "article" else f"{MOST_PIECES} {name}"
            raise StoreError(
                f"The article {of.article_id[:80]!r} has more than {most}, which Milvus can't hold."
            )


def _strings(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            yield from ((name, each) for each in value if isinstance(each, str))
