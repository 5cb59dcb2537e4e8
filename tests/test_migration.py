"""An index of the first version of the program is brought up to date, after a backup, whole or not at all."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from index import migration
from index.backup import Backup
from index.chunking import chunk, encoder_texts
from index.encoder import HashingEncoder
from index.errors import ManifestMismatch
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE, manifest

FIRST_SCHEMA = (Path(__file__).parent / "data" / "schema-1.sql").read_text(encoding="utf-8")


@pytest.fixture
def first(tmp_path: Path, articles: list[Article], encoder: HashingEncoder) -> Path:
    """The folder of an index as the first version of the program stored these articles."""
    folder = tmp_path / "index"
    folder.mkdir()
    copy = Article("copy", articles[0].text, articles[0].title, language=articles[0].language)
    with closing(sqlite3.connect(folder / "articles.db")) as connection:
        connection.executescript(FIRST_SCHEMA)
        connection.execute("INSERT INTO chunks VALUES (40, 'gone', 0, 1, '')")  # its id is never used again
        connection.execute("DELETE FROM chunks")
        for article in (*articles, copy):
            _store(connection, article, encoder)
        made = {**asdict(manifest(encoder)), "schema_version": 1}
        connection.execute("INSERT INTO meta VALUES ('manifest', ?)", (json.dumps(made),))
        connection.execute("UPDATE meta SET value = 4 WHERE key = 'generation'")
        connection.commit()
    return folder


def _store(connection: sqlite3.Connection, article: Article, encoder: HashingEncoder) -> None:
    connection.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.article_id, article.text, article.content_hash, article.title, article.url,
            article.published, article.author, article.source, article.language, json.dumps(article.tags),
        ),
    )  # fmt: skip
    chunks = chunk(article, SIZE, encoder.count_tokens)
    vectors = encoder.encode(encoder_texts(article, chunks, encoder.count_tokens))
    for each, vector in zip(chunks, vectors, strict=True):
        body = article.text[each.start : each.end]
        chunk_id = connection.execute(
            "INSERT INTO chunks (article_id, start, stop, digest) VALUES (?, ?, ?, ?)",
            (article.article_id, each.start, each.end, hashlib.sha256(body.encode()).digest()[:16]),
        ).lastrowid
        connection.execute(
            "INSERT INTO vectors VALUES (?, ?)", (chunk_id, np.asarray(vector, "<f4").tobytes())
        )
        connection.execute(
            "INSERT INTO chunks_fts (rowid, title, body) VALUES (?, ?, ?)", (chunk_id, article.title, body)
        )


def test_articles_passages_and_vectors_are_as_before(
    first: Path, articles: list[Article], encoder: HashingEncoder
) -> None:
    with closing(LocalIndex.open(first, manifest(encoder))) as index:
        assert not index.verify()
        assert index.status().generation == 5
        known = {article.article_id: article for article in index.all()}
        assert known.keys() == {"copy", *(article.article_id for article in articles)}
        for article in articles:
            assert (known[article.article_id].text, known[article.article_id].tags) == (
                article.text,
                article.tags,
            )
            assert index.chunks(article.article_id) == chunk(article, SIZE, encoder.count_tokens)
        found = index.search_dense(encoder.encode(["ambassadors visited"])[0], 10)
        assert min(chunk_id for chunk_id, _ in found) > 40, "no id is given twice"
        assert index.search_lexical("ambassadors", 10)
        index.delete("webb")
        index.save()
        assert not index.verify()


def test_a_backup_is_made_before(first: Path, encoder: HashingEncoder) -> None:
    LocalIndex.open(first, manifest(encoder)).close()
    (path,) = first.parent.glob("index-before-migration-*.backup")
    Backup.read(path).extract("articles.db", first.parent / "old.db")
    with closing(sqlite3.connect(first.parent / "old.db")) as connection:
        assert connection.execute("SELECT count(*) FROM articles WHERE text != ''").fetchone() == (4,)
    LocalIndex.open(first, manifest(encoder)).close()
    assert len(list(first.parent.glob("*.backup"))) == 1, "it is done once"


def test_one_that_fails_leaves_all_as_it_was(
    first: Path, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        migration._from_1(connection)
        raise RuntimeError("power cut")

    monkeypatch.setitem(migration.STEPS, 1, fail)
    with pytest.raises(RuntimeError):
        LocalIndex.open(first, manifest(encoder))
    with closing(sqlite3.connect(first / "articles.db")) as connection:
        assert connection.execute("SELECT count(text) FROM articles").fetchone() == (4,)
    monkeypatch.undo()
    with closing(LocalIndex.open(first, manifest(encoder))) as index:
        assert not index.verify()


def test_vectors_of_the_second_version_are_halved(
    open_index: Callable[[], LocalIndex], articles: list[Article], encoder: HashingEncoder
) -> None:
    index = open_index()
    list(ingest(index, encoder, SIZE, articles))
    query = encoder.encode(["ambassadors visited"])[0]
    expected = index.search_dense(query, 9)
    index.close()
    with closing(sqlite3.connect(index.folder / "articles.db", isolation_level=None)) as connection:
        connection.create_function(
            "whole", 1, lambda blob: np.frombuffer(blob, "<f2").astype("<f4").tobytes()
        )
        connection.execute("UPDATE vectors SET vector = whole(vector)")
        connection.execute("DROP TRIGGER chunks_deleted")
        connection.execute("DROP TABLE deletions")
        connection.execute(
            "UPDATE meta SET value = json_set(value, '$.schema_version', 2) WHERE key = 'manifest'"
        )
    again = open_index()
    assert not again.verify()
    assert again.search_dense(query, 9) == expected


@pytest.mark.parametrize("version", [1, 2, 99])
def test_what_is_not_what_it_says_is_left_alone(
    open_index: Callable[[], LocalIndex], tmp_path: Path, version: int
) -> None:
    open_index().close()
    path = tmp_path / "index" / "articles.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE meta SET value = json_set(value, '$.schema_version', ?) WHERE key = 'manifest'",
            (version,),
        )
    with pytest.raises(ManifestMismatch, match=f"of version {version}, not 3"):
        open_index()
    assert not list(tmp_path.glob("*.backup"))
