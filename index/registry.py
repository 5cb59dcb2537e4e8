"""Registry: the sources that an index follows, and which articles each of them holds.

It lives in the database of the index, in tables of its own that are made when the first source is
registered; a version of the program that knows nothing of sources does not mind them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

from index.database import Database
from index.errors import SourceError
from index.sources.findings import NOTHING_KNOWN, State
from index.sources.kinds import Kind

_TABLES = (
    """CREATE TABLE IF NOT EXISTS sources (
        name TEXT PRIMARY KEY, kind TEXT NOT NULL, location TEXT NOT NULL, depth INTEGER NOT NULL,
        count INTEGER NOT NULL, every INTEGER NOT NULL, allow_private INTEGER NOT NULL, synced TEXT,
        columns TEXT NOT NULL DEFAULT '{}'
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS documents (
        source TEXT NOT NULL REFERENCES sources ON DELETE CASCADE, key TEXT NOT NULL, state TEXT NOT NULL,
        PRIMARY KEY (source, key)
    ) WITHOUT ROWID""",
    # Not tied to the articles: replacing an article must not lose who holds it.
    """CREATE TABLE IF NOT EXISTS holdings (
        source TEXT NOT NULL, key TEXT NOT NULL, article_id TEXT NOT NULL,
        PRIMARY KEY (source, key, article_id),
        FOREIGN KEY (source, key) REFERENCES documents ON DELETE CASCADE
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS holdings_article ON holdings (article_id)",
    # What a document was about to bring when it was last read; emptied when it was read to its end.
    """CREATE TABLE IF NOT EXISTS claims (
        source TEXT NOT NULL, key TEXT NOT NULL, article_id TEXT NOT NULL,
        PRIMARY KEY (source, key, article_id),
        FOREIGN KEY (source, key) REFERENCES documents ON DELETE CASCADE
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS claims_article ON claims (article_id)",
)
Holder: TypeAlias = tuple[str, str]
"""The name of a source, and the key of a document of it."""

Stored: TypeAlias = Callable[[Iterable[str]], set[str]]
"""Those of some articles that there are."""

_COLUMNS = "name, kind, location, depth, count, every, allow_private, synced, columns"


@dataclass(frozen=True)
class Source:
    """A source as it was registered.

    ``every`` is in seconds; ``synced`` is when, in ISO 8601, UTC; ``columns`` says, for fields of ours, by
    which name its CSV and JSONL have them.
    """

    name: str
    kind: Kind
    location: str
    depth: int = 3
    count: int = 1000
    every: int = 3600
    allow_private: bool = False
    synced: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Document:
    """What is remembered of one document of a source: its state, and the articles that it holds.

    ``claimed`` are those that it was about to bring when a run ended early; they may be in the index or not.
    """

    state: State = NOTHING_KNOWN
    article_ids: frozenset[str] = field(default_factory=frozenset)
    claimed: frozenset[str] = field(default_factory=frozenset)

    @property
    def all_ids(self) -> frozenset[str]:
        return self.article_ids | self.claimed


class Registry:
    """Sources, documents and who holds which article. Raises StoreErrors as the database does.

    ``stored`` says which of some articles there are, where these are not in the same database.
    """

    def __init__(self, database: Database, stored: Stored | None = None) -> None:
        self._database = database
        self._stored = stored or self._in_database
        if not database.read("SELECT 1 FROM sqlite_schema WHERE name = 'claims'"):
            with database.write() as connection:
                for statement in _TABLES:
                    connection.execute(statement)
        if not database.read("SELECT 1 FROM pragma_table_info('sources') WHERE name = 'columns'"):
            with database.write() as connection:  # registered before columns could be named
                connection.execute("ALTER TABLE sources ADD COLUMN columns TEXT NOT NULL DEFAULT '{}'")

    @classmethod
    def open(cls, folder: Path, stored: Stored | None = None) -> Registry:
        """The registry of the index in ``folder``; the folder is made where there is none."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(Database(folder / "articles.db"), stored)

    def add(self, source: Source) -> None:
        """Register a source. Raises SourceError when its name is taken."""
        with self._database.write() as connection:
            if self._rows("WHERE name = ?", source.name):
                raise SourceError(
                    f"There is a source {source.name!r} already. Give another --name, or remove it first: "
                    f"python -m qa_service source remove {source.name} --keep"
                )
            connection.execute(
                f"INSERT INTO sources ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                tuple({**asdict(source), "columns": json.dumps(dict(source.columns))}.values()),
            )

    def all(self) -> list[Source]:
        """All sources, by name."""
        return self._rows("ORDER BY name")

    def get(self, name: str) -> Source:
        """The source of that name. Raises SourceError, naming those there are."""
        found = self._rows("WHERE name = ?", name)
        if not found:
            names = ", ".join(source.name for source in self.all()) or "none"
            raise SourceError(f"There is no source {name!r}. Registered: {names}.")
        return found[0]

    def sizes(self) -> dict[str, int]:
        """How many articles each source holds, where it holds any."""
        rows = self._database.read("SELECT source, count(DISTINCT article_id) FROM holdings GROUP BY source")
        return dict(rows)

    def remove(self, name: str) -> None:
        """Forget a source and what it held; the articles themselves are not touched."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM sources WHERE name = ?", (name,))

    def synced(self, name: str, moment: str) -> None:
        """Note that the source was read to its end."""
        with self._database.write() as connection:
            connection.execute("UPDATE sources SET synced = ? WHERE name = ?", (moment, name))

    def documents(self, name: str) -> dict[str, Document]:
        """What is remembered of each document of a source, by its key.

        The state of a document is forgotten where an article of it has gone from the index by another
        way, so that it is read again.
        """
        held: dict[str, set[str]] = {}
        missing: set[str] = set()
        holdings = self._database.read("SELECT key, article_id FROM holdings WHERE source = ?", (name,))
        stored = self._stored({article_id for _, article_id in holdings})
        for key, article_id in holdings:
            held.setdefault(key, set()).add(article_id)
            if article_id not in stored:
                missing.add(key)
        claimed: dict[str, set[str]] = {}
        for key, article_id in self._database.read(
            "SELECT key, article_id FROM claims WHERE source = ?", (name,)
        ):
            claimed.setdefault(key, set()).add(article_id)
        rows = self._database.read("SELECT key, state FROM documents WHERE source = ?", (name,))
        return {
            key: Document(
                NOTHING_KNOWN if key in missing else _loaded(state),
                frozenset(held.get(key, ())), frozenset(claimed.get(key, ())),
            )
            for key, state in rows
        }  # fmt: skip

    def record(self, name: str, documents: Mapping[str, Document]) -> None:
        """Remember documents as they are now, in place of what was remembered of them."""
        with self._database.write() as connection:
            for key, document in documents.items():
                self._forget(name, [key])
                connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?)", (name, key, _dumped(document.state))
                )
                connection.executemany(
                    "INSERT INTO holdings VALUES (?, ?, ?)",
                    [(name, key, article_id) for article_id in document.article_ids],
                )

    def claim(self, name: str, key: str, article_id: str) -> None:
        """Note that the document is about to bring an article, until it is recorded."""
        with self._database.write() as connection:
            state = _dumped(NOTHING_KNOWN)
            connection.execute("INSERT OR IGNORE INTO documents VALUES (?, ?, ?)", (name, key, state))
            connection.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", (name, key, article_id))

    def forget(self, name: str, keys: Iterable[str]) -> None:
        """Remember nothing more of these documents."""
        with self._database.write():
            self._forget(name, keys)

    def holders(self, article_id: str) -> set[Holder]:
        """The documents, of all sources, that hold the article."""
        return set(
            self._database.read(
                "SELECT source, key FROM holdings WHERE article_id = ?1 "
                "UNION SELECT source, key FROM claims WHERE article_id = ?1",
                (article_id,),
            )
        )

    def read_again(self, holders: Iterable[Holder]) -> None:
        """Forget the state of these documents, so that they are read anew when their source is synced."""
        state = _dumped(NOTHING_KNOWN)
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE documents SET state = ? WHERE source = ? AND key = ?",
                [(state, *holder) for holder in holders],
            )

    def close(self) -> None:
        self._database.close()

    def _in_database(self, article_ids: Iterable[str]) -> set[str]:
        rows = self._database.read(
            "SELECT article_id FROM articles WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        return {row[0] for row in rows}

    def _forget(self, name: str, keys: Iterable[str]) -> None:
        self._database.connection.executemany(
            "DELETE FROM documents WHERE source = ? AND key = ?", [(name, key) for key in keys]
        )

    def _rows(self, condition: str, *values: str) -> list[Source]:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM sources {condition}", values)
        return [
            Source(
                name, kind, location, depth, count, every, bool(allow_private), synced, json.loads(columns)
            )
            for name, kind, location, depth, count, every, allow_private, synced, columns in rows
        ]


def _dumped(state: State) -> str:
    return json.dumps(asdict(state))


def _loaded(text: str) -> State:
    values = json.loads(text)
    return State(**{**values, "links": tuple(values["links"])})
