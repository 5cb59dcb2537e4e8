"""Backup: databases in one checksummed file, taken while others write, and brought back whole or not at all.

A backup is a ZIP with the databases as SQLite's online backup makes them, each as of one moment, and
``backup.json``, which has the SHA-256 of each. FAISS is not in it: it is derived from the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from index.clock import now
from index.errors import BackupError, DiskFull, IndexLocked
from index.moves import sync_folder
from index.scratch import scratch

CONTENTS = "backup.json"
FORMAT = 1
_BLOCK = 2**20


@dataclass(frozen=True)
class Backup:
    """A backup file whose checksums are right; ``databases`` has the SHA-256 of each by its name."""

    path: Path
    created: str
    databases: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Backup:
        """Check all of the file. Raises BackupError, which says what is wrong with it."""
        with _opened(path) as archive:
            contents = json.loads(archive.read(CONTENTS))
            if contents["format"] != FORMAT:
                raise BackupError(f"{path} is of format {contents['format']}; this version reads {FORMAT}.")
            backup = cls(path, contents["created"], contents["databases"])
            for name, known in backup.databases.items():
                with archive.open(name) as file:
                    if (found := _digest(file)) != known:
                        raise BackupError(f"{path} is damaged: {name} has the SHA-256 {found}, not {known}.")
            return backup

    def extract(self, name: str, target: Path) -> None:
        """Write a database of the backup to ``target``, which must not exist. Raises BackupError."""
        with _opened(self.path) as archive, archive.open(name) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
        with target.open("rb") as file:
            if _digest(file) != self.databases[name]:
                raise BackupError(f"{self.path} was changed while it was read. Try again.")
        _check_database(target, self.path)


def back_up(databases: Mapping[str, Path], out: Path) -> Backup:
    """Write the databases, by their names in the backup, to ``out``, which must not exist.

    Others may go on writing: what is committed when the copy begins is in it, each database as of one
    moment. ``out`` appears when it is complete. Raises BackupError and DiskFull.
    """
    if out.exists():
        raise BackupError(f"{out} exists, and no backup is overwritten. Give another name.")
    with scratch(out.parent, ".backup-") as folder:
        for name, path in databases.items():
            _copy(path, folder / name)
            _check_database(folder / name, path)
        created = now()
        contents = {
            "format": FORMAT, "created": created,
            "databases": {name: _file_digest(folder / name) for name in databases},
        }  # fmt: skip
        packed = folder / "packed"
        with packed.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(CONTENTS, json.dumps(contents, indent=2))
                for name in databases:
                    archive.write(folder / name, name)
            file.flush()
            os.fsync(file.fileno())
        backup = Backup.read(packed)
        os.replace(packed, out)
        sync_folder(out.parent)
    return Backup(out, created, backup.databases)


def require_alone(path: Path) -> None:
    """Raise IndexLocked if another process has the database open; what is in its log is folded in.

    One that is too damaged to tell is taken to be nobody's.
    """
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise IndexLocked(
                    f"Another process has {path} open. Stop the server and whatever else uses it, "
                    "then try again."
                ) from error


def _copy(path: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.DatabaseError as error:
        if "disk is full" in str(error):
            raise DiskFull(target.parent.parent) from error
        raise BackupError(f"{path} can't be backed up: {error}. See: python -m qa_service verify") from error


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive. Whatever is wrong with it is a BackupError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, LookupError, TypeError, ValueError, EOFError) as error:
        raise BackupError(f"{path} is damaged, or no backup of this program: {error}.") from error


def _check_database(path: Path, of: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise BackupError(
            f"{of} holds a database that is damaged: {said}. "
            "Restore an earlier backup with: python -m qa_service restore FILE"
        )
