"""World: the folder that a campaign works on, and all that can be seen in it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from index.article_index import Manifest
from index.backup import Backup
from index.chunking import ChunkSize
from index.encoder import HashingEncoder
from index.errors import QAError
from index.local import LocalIndex
from index.moves import finish
from index.types import Article
from qa_service.feedback import FeedbackStore

FIRST_SCHEMA = Path(__file__).parents[2] / "tests" / "data" / "schema-1.sql"
SIZES = (ChunkSize(32, 1), ChunkSize(20, 0))
WORDS = (
    "harbour",
    "minister",
    "storm",
    "election",
    "bridge",
    "library",
    "river",
    "glacier",
    "market",
    "train",
)
ENCODER = HashingEncoder()


@dataclass(frozen=True)
class State:
    """What a user can see of a world: all of each article, how many opinions, and how chunks are cut."""

    articles: dict[str, Article] = field(default_factory=dict)
    opinions: int = 0
    tokens: int = SIZES[0].tokens


@dataclass(frozen=True)
class View:
    """What was found in a world: its state, or ``told`` where it can't be opened, and all that is wrong.

    ``kept`` are the articles of what a restore has set aside, ``backups`` those of each whole backup by its
    name, ``litter`` names that nobody should see.
    """

    state: State = State()
    told: str = ""
    problems: tuple[str, ...] = ()
    kept: tuple[dict[str, Article], ...] = ()
    backups: dict[str, dict[str, Article]] = field(default_factory=dict)
    litter: tuple[str, ...] = ()


class World:
    """Paths, and the articles that stand in the files."""

    def __init__(self, folder: Path, rng: Random) -> None:
        self.folder = folder
        self.rng = rng
        self.data = folder / "instance"
        self.index = self.data / "index"
        self.files = folder / "files"
        self.backups = folder / "backups"
        self.old = folder / "old" / "index"
        self.in_files: dict[str, Article] = {}
        self.backup: tuple[Path, State] | None = None
        for path in (self.data, self.files, self.backups):
            path.mkdir(parents=True)

    @property
    def last_backup(self) -> tuple[Path, State]:
        if self.backup is None:
            raise RuntimeError("The first backup, made in peace, has failed.")
        return self.backup

    def open(self) -> LocalIndex:
        """The index as it is, or a new one."""
        is_there = (self.index / "articles.db").exists()
        return LocalIndex.open(self.index, None if is_there else manifest(SIZES[0]))

    def article(self, article_id: str) -> Article:
        """A new text and new metadata under this id."""
        words = [self.rng.choice(WORDS) for _ in range(self.rng.randrange(20, 200))]
        sentences = [
            " ".join(words[place : place + 9]).capitalize() + "." for place in range(0, len(words), 9)
        ]
        number = self.rng.randrange(10**6)
        return Article(
            article_id, " ".join(sentences), f"Title {number}", published=f"20{number % 30 + 10}-01-01",
            author=f"Author {number}", tags=(f"tag{number % 5}",), fields={"number": str(number)},
        )  # fmt: skip

    def write_file(self, article: Article) -> None:
        row = {
            "id": article.article_id, "text": article.text, "title": article.title,
            "published": article.published, "author": article.author, "tags": list(article.tags),
            **article.fields,
        }  # fmt: skip
        (self.files / f"{article.article_id}.jsonl").write_text(json.dumps(row), encoding="utf-8")
        self.in_files[article.article_id] = article

    def delete_file(self, article_id: str) -> None:
        (self.files / f"{article_id}.jsonl").unlink()
        del self.in_files[article_id]


def manifest(size: ChunkSize) -> Manifest:
    return Manifest(ENCODER.name, ENCODER.revision, ENCODER.dimension, size.tokens, size.overlap)


def viewed(world: World) -> View:
    """All that can be seen, as the first command after a crash sees it."""
    finish(world.data)
    kept, backups = [], {}
    for path in world.data.glob("index-before-2*"):
        with suppress(QAError), closing(LocalIndex.open(path)) as index:  # it may be why it was set aside
            kept.append(_articles(index))
    for path in [*world.backups.glob("*"), *world.data.glob("*.backup"), *world.old.parent.glob("*.backup")]:
        if not path.name.startswith("."):
            with suppress(QAError):  # then it is none, or of an index that was damaged
                backups[path.name] = backed_up(path, world.folder / "looked-at")
    try:
        with closing(world.open()) as index:
            problems = tuple(index.verify())
            state = State(_articles(index), _opinions(world), index.manifest.chunk_tokens)
    except QAError as error:
        return View(told=str(error), kept=tuple(kept), backups=backups)
    return View(state, "", problems, tuple(kept), backups, tuple(_litter(world.data)))


def backed_up(path: Path, folder: Path) -> dict[str, Article]:
    """The articles in a backup of this or of an older version; raises BackupError."""
    folder.mkdir(exist_ok=True)
    target = folder / "articles.db"
    target.unlink(missing_ok=True)
    Backup.read(path).extract("articles.db", target)
    try:
        with closing(LocalIndex.open(folder)) as index:
            return _articles(index)
    finally:
        target.unlink()
        for made in folder.parent.glob("looked-at-before-*"):
            made.unlink()


def make_first_schema(folder: Path, articles: list[Article]) -> None:
    """An index as the first version stored it; what it made of the texts is left out, but for the text."""
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "articles.db")) as connection:
        connection.executescript(FIRST_SCHEMA.read_text(encoding="utf-8"))
        for article in articles:
            _store_as_first(connection, article)
        said = {**asdict(manifest(SIZES[0])), "schema_version": 1}
        connection.execute("INSERT INTO meta VALUES ('manifest', ?)", (json.dumps(said),))
        connection.commit()


def _store_as_first(connection: sqlite3.Connection, article: Article) -> None:
    from index.chunking import chunk, encoder_texts
    from index.records import digest

    connection.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.article_id, article.text, article.content_hash, article.title, article.url,
            article.published, article.author, article.source, article.language, json.dumps(article.tags),
        ),
    )  # fmt: skip
    chunks = chunk(article, SIZES[0], ENCODER.count_tokens)
    vectors = ENCODER.encode(encoder_texts(article, chunks, ENCODER.count_tokens))
    for each, vector in zip(chunks, vectors, strict=True):
        body = article.text[each.start : each.end]
        chunk_id = connection.execute(
            "INSERT INTO chunks (article_id, start, stop, digest) VALUES (?, ?, ?, ?)",
            (article.article_id, each.start, each.end, digest(body)),
        ).lastrowid
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (chunk_id, vector.astype("<f4").tobytes()))
        connection.execute(
            "INSERT INTO chunks_fts (rowid, title, body) VALUES (?, ?, ?)", (chunk_id, article.title, body)
        )


def _articles(index: LocalIndex) -> dict[str, Article]:
    return {article.article_id: article for article in index.all()}


def _opinions(world: World) -> int:
    return len(FeedbackStore(world.data / "feedback.db").all())


def _litter(folder: Path) -> Iterator[str]:
    """Names that no user should find; what the next restore clears away may stay until then."""
    for path in folder.iterdir():
        is_known = path.name.startswith(("index", "feedback.db", "feedback-before", "restoring-", "placing-"))
        if not is_known:
            yield path.name
