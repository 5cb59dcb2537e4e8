"""Documents that several tests load, and what comes of them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from index.loaders import Failure, load
from index.types import Article

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


SENTENCE = "The council met on Tuesday and agreed to build the bridge."


MB = 1_000_000
WATER = ARTICLES / "water-report.pdf"


def article(path: Path) -> Article:
    """The one article of a file."""
    (loaded,) = load(path)
    assert isinstance(loaded, Article), loaded
    return loaded


def failure(path: Path) -> Failure:
    """The one reason why a file gave no article."""
    (loaded,) = load(path)
    assert isinstance(loaded, Failure), loaded
    return loaded


def outcomes(path: Path) -> list[str]:
    return ["article" if isinstance(one, Article) else one.reason for one in load(path)]


def zipped(members: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode) as file:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return archive.getvalue()


MEMBERS = {
    "news/2019/a.txt": SENTENCE.encode(),
    "b.jsonl": b'{"id": "one", "text": "First."}\n{"id": "two", "text": "Second."}\n',
    "photo.png": b"\x89PNG",
    ".hidden.txt": b"x",
    "__MACOSX/._a.txt": b"x",
    "water.pdf": WATER.read_bytes(),
    "bad.pdf": b"not one",
}
