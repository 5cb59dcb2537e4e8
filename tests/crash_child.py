"""Changes an index for ever, one numbered step after another, and tells each step that is committed.

Run by test_crash.py, which kills it: python -m tests.crash_child FOLDER FIRST_STEP
"""

from __future__ import annotations

import itertools
import sys
from contextlib import suppress
from pathlib import Path

from index.encoder import HashingEncoder
from index.errors import ArticleNotFound
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE, manifest

ARTICLES = 12


def step_article(step: int) -> Article | None:
    """What step number ``step`` stores, or None where it deletes."""
    if step % 7 == 6:
        return None
    text = f"This is version {step}. It has two sentences. " * (1 + step % 5)
    return Article(f"article-{step % ARTICLES}", text.strip())


def state_after(steps: int) -> dict[str, str]:
    """The texts by article id after so many steps from an empty index."""
    texts: dict[str, str] = {}
    for step in range(steps):
        if article := step_article(step):
            texts[article.article_id] = article.text
        else:
            texts.pop(f"article-{step % ARTICLES}", None)
    return texts


def main(folder: Path, first: int) -> None:
    encoder = HashingEncoder()
    index = LocalIndex.open(folder, manifest(encoder))
    for step in itertools.count(first):
        if article := step_article(step):
            for _ in ingest(index, encoder, SIZE, [article]):
                pass
        else:
            # It may be deleted already, by this same step before a kill that hid the report.
            with suppress(ArticleNotFound):
                index.delete(f"article-{step % ARTICLES}")
        print(step, flush=True)
        if step % 5 == 0:
            index.save()
        if step % 5 == 3:
            index.compact()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
