"""Folders, and single files: what is on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from index import loaders
from index.errors import SourceError
from index.sources.findings import NOTHING_KNOWN, Finding, Found, Gone, Known, Same, State

_AT_ONCE = 1 << 20


class Folder:
    """All files of a folder that can be loaded, or one file."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self.path = path
        self._columns = columns
        self.total = 0

    def findings(self, known: Known) -> Iterator[Finding]:
        if not self.path.exists():
            raise SourceError(f"{self.path} does not exist. Is its disk there?")
        files, failures = loaders.find([self.path])
        self.total = sum(map(loaders.count, files))
        yield from failures
        keys = [path.resolve().as_uri() for path in files]
        for key, path in zip(keys, files, strict=True):
            yield self._finding(key, path, known.get(key, NOTHING_KNOWN))
        if not failures:  # what is in a folder that can't be listed is not gone
            yield from map(Gone, known.keys() - set(keys))

    def _finding(self, key: str, path: Path, state: State) -> Finding:
        try:
            fingerprint = _fingerprint(path)
        except OSError:
            fingerprint = ""  # loading says what is wrong
        if fingerprint and fingerprint == state.fingerprint:
            return Same(key)
        return Found(key, State(fingerprint), loaders.load(path, self._columns))


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
