"""Several processes on one index: each sees one state of it, soon, and a second writer waits."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest

from index import database
from index.encoder import HashingEncoder
from index.errors import IndexLocked
from index.local import LocalIndex
from index.sync import ingest
from index.types import Article
from tests.conftest import SIZE
from tests.together_child import version

Child = subprocess.Popen[str]
Start = Callable[[str], Child]


@pytest.fixture
def start(index: LocalIndex) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda verb: stack.enter_context(child(index.folder, verb))


@contextmanager
def child(folder: Path, verb: str) -> Iterator[Child]:
    command = [sys.executable, "-m", "tests.together_child", str(folder), verb]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: Child, line: str = "go") -> str:
    """What the process answers to a line."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def add(index: LocalIndex, encoder: HashingEncoder, *articles: Article) -> None:
    list(ingest(index, encoder, SIZE, articles))


def test_readers_see_one_version_at_every_instant_while_another_process_changes_saves_and_compacts(
    index: LocalIndex, encoder: HashingEncoder, start: Start
) -> None:
    others = [Article(f"other-{number}", f"Other words number{number}.") for number in range(20)]
    add(index, encoder, version(0), *others)
    reader = start("search")
    said(reader)
    writer = start("change")
    seen = []
    while writer.poll() is None:
        count, _, text = said(reader).partition(" ")
        assert count == "1", f"one version of the article, never none or two: {text}"
        seen.append(int(text.partition("version")[2].partition(".")[0]))
    assert writer.returncode == 0
    assert seen == sorted(seen), "never back to an older version"
    assert "version29" in said(reader)
    assert not index.verify()


def test_another_process_sees_an_article_with_its_next_search(
    index: LocalIndex, encoder: HashingEncoder, start: Start
) -> None:
    add(index, encoder, version(1), Article("other", "Other words."))
    readers = [start("search"), start("search")]
    assert all("version1." in said(reader) for reader in readers)
    add(index, encoder, version(2))
    assert all("version2." in said(reader) for reader in readers)
    index.compact()  # to another snapshot
    assert all("version2." in said(reader) for reader in readers)
    index.delete("lasting")
    assert [said(reader) for reader in readers] == ["0", "0"]


def test_a_second_writer_waits_for_the_first(
    index: LocalIndex, encoder: HashingEncoder, start: Start
) -> None:
    first = start("hold")
    assert first.stdout
    assert first.stdout.readline() == "holding\n"
    second = threading.Thread(target=add, args=(index, encoder, Article("late", "Written by the second.")))
    second.start()
    assert not index.count(), "nobody has written yet"
    first.communicate("go on\n")
    second.join()
    assert {article.article_id for article in index.list(9)} == {"held", "late"}


def test_a_writer_that_waits_too_long_is_told_for_whom(
    index: LocalIndex, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = start("hold")
    assert holder.stdout
    holder.stdout.readline()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    index.close()  # connections wait as long as was said when they were made
    with pytest.raises(IndexLocked, match=f"Process {holder.pid} .*together_child.*has been writing"):
        index.delete("any")


def test_a_snapshot_that_another_process_writes_is_taken_up_while_searching(
    index: LocalIndex, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, encoder, *(Article(f"a{number}", f"Some words number{number}.") for number in range(30)))
    query = np.ones(encoder.dimension, np.float32)
    monkeypatch.setattr("index.vectors.RECENT_ROWS", 10)
    index.delete("a0")
    expected = index.search_dense(query, 99)
    process = index._snapshots._process
    assert process is not None, "so much is new that a process was begun"
    assert process.wait() == 0
    assert index.search_dense(query, 99) == expected
    assert index._current_vectors().base is not None
    assert not index._current_vectors().is_snapshot_due
    assert not index.verify()
