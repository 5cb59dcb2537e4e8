"""One of several processes on one index: python -m tests.together_child FOLDER VERB

It says what it does on stdout, line by line. Run by test_together.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

from index.encoder import HashingEncoder
from index.local import LocalIndex
from index.search import Search
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE, manifest

ROUNDS = 30


def change(index: LocalIndex, encoder: HashingEncoder) -> None:
    """Give one article a new text again and again, and add and delete others, with upkeep between."""
    for number in range(ROUNDS):
        list(ingest(index, encoder, SIZE, [version(number)]))
        list(ingest(index, encoder, SIZE, [Article(f"passing-{number}", f"Passing words number{number}.")]))
        index.delete(f"passing-{number}")
        if number % 10 == 5:
            index.save()
        if number % 10 == 9:
            index.compact()
    print("changed", flush=True)


def version(number: int) -> Article:
    return Article("lasting", f"The lasting article is of version{number}. It always has these words.")


def search(index: LocalIndex, encoder: HashingEncoder) -> None:
    """Say for each line of stdin which versions of the lasting article are found."""
    asked = Search(index, encoder, 0.3)
    for _ in sys.stdin:
        found = [hit.text for hit in asked.hits("lasting article version", 5) if "lasting" in hit.text]
        print(len(found), *found, flush=True)


def hold(index: LocalIndex, encoder: HashingEncoder) -> None:
    """Keep the lock of the writer until stdin has a line."""
    with index.together():
        print("holding", flush=True)
        sys.stdin.readline()
        list(ingest(index, encoder, SIZE, [Article("held", "Written by the one who held the lock.")]))


def main(folder: Path, verb: str) -> None:
    encoder = HashingEncoder()
    index = LocalIndex.open(folder, manifest(encoder))
    {"change": change, "search": search, "hold": hold}[verb](index, encoder)
    index.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
