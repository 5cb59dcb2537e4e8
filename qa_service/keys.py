"""Keys: who may ask and who may change articles. Only hashes are stored, in a SQLite file of their own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from index.clock import now
from index.errors import QAError

Role: TypeAlias = Literal["read", "write"]

PREFIX = "qa"
NOTED_AFTER = timedelta(minutes=1)
"""The last use is written no more often than this."""

_TABLE = """CREATE TABLE IF NOT EXISTS keys (
    key_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, digest BLOB NOT NULL,
    created TEXT NOT NULL, last_used TEXT, revoked TEXT
) WITHOUT ROWID"""
_COLUMNS = "key_id, name, role, created, last_used, revoked"


class KeysError(QAError):
    """The keys can't be read or changed as was asked."""


@dataclass(frozen=True)
class Key:
    """What is known of a key; the times are ISO 8601 in UTC."""

    key_id: str
    name: str
    role: Role
    created: str
    last_used: str | None
    revoked: str | None

    @property
    def may_write(self) -> bool:
        return self.role == "write"


class KeyStore:
    """The keys in a file, which is made with the first of them. Safe to use from several threads.

    A key is ``qa_ID_SECRET``. Its secret has 256 random bits, so that one SHA-256 of it is as hard to turn
    round as any slow hash. Raises KeysError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, name: str, role: Role) -> str:
        """The new key, which is shown this once and can't be had again."""
        key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        with self._open(create=True) as connection:
            connection.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                (key_id, name, role, _digest(secret), now()),
            )
        return f"{PREFIX}_{key_id}_{secret}"

    def list(self) -> Sequence[Key]:
        """All keys there ever were, the oldest first."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created, key_id")
            return [Key(*row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """The key opens nothing from now on. Raises KeysError if there is none of that id."""
        changed = 0
        if self.path.exists():
            with self._open() as connection:
                changed = connection.execute(
                    "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE key_id = ?", (now(), key_id)
                ).rowcount
        if not changed:
            raise KeysError(f"There is no key {key_id!r}. See: python -m qa_service key list")

    def are_in_force(self) -> bool:
        """Whether there ever was a key: to revoke the last one opens nothing."""
        if not self.path.exists():
            return False
        with self._open() as connection:
            return connection.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None

    def owner(self, text: str) -> Key | None:
        """The key that ``text`` is, if it is a valid one; its use is noted."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != PREFIX or not self.path.exists():
            return None
        with self._open() as connection:
            row = connection.execute(
                f"SELECT digest, {_COLUMNS} FROM keys WHERE key_id = ?", (key_id,)
            ).fetchone()
            # Compared whatever was found, so that the time tells nothing of which ids there are.
            is_right = hmac.compare_digest(_digest(secret), row[0] if row else bytes(32))
            if row is None or not is_right:
                return None
            key = Key(*row[1:])
            if key.revoked:
                return None
            if key.last_used is None or key.last_used < now(-NOTED_AFTER):
                connection.execute("UPDATE keys SET last_used = ? WHERE key_id = ?", (now(), key_id))
            return key

    @contextmanager
    def _open(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        try:
            if create and not self.path.exists():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=5)) as connection, connection:
                if create:
                    connection.execute(_TABLE)
                yield connection
        except sqlite3.DatabaseError as error:
            raise KeysError(f"The keys in {self.path} can't be read or changed: {error}.") from error


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
