"""Files and folders come to their places together; what a kill left undone is done by whoever comes next."""

import multiprocessing
import os
import shutil
import signal
import tempfile
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from index.errors import IndexLocked
from index.moves import PREFIX, finish, put_in_place
from index.scratch import scratch

MOVES = {"new-index": "index", "new.db": "feedback.db"}


def contents(folder: Path) -> dict[str, str]:
    return {path.name: (path / "words" if path.is_dir() else path).read_text() for path in folder.iterdir()}


def fill(folder: Path, folder_name: str, file_name: str, words: str) -> None:
    (folder / folder_name).mkdir()
    (folder / folder_name / "words").write_text(words)
    (folder / file_name).write_text(words)


def restore(parent: Path, renames: int | None = None) -> list[Path]:
    """Put new things in place of old ones; killed before one rename more than so many."""
    left = renames

    def rename(source: str | Path, target: str | Path) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left = None if left is None else left - 1
        os.replace(source, target)

    if renames is not None:
        os.rename = rename  # type: ignore[assignment]  # in a process of its own
    with scratch(parent, "new-") as folder:
        fill(folder, "new-index", "new.db", "new")
        return put_in_place(folder, MOVES, "now")


def restore_and_kill(parent: Path, renames: int) -> None:
    process = multiprocessing.get_context("fork").Process(target=restore, args=(parent, renames))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


ALL_NEW = {"index": "new", "feedback.db": "new", "index-before-now": "old", "feedback-before-now.db": "old"}


def test_what_was_there_is_kept(tmp_path: Path) -> None:
    fill(tmp_path, "index", "feedback.db", "old")
    assert restore(tmp_path) == [tmp_path / "index-before-now", tmp_path / "feedback-before-now.db"]
    assert contents(tmp_path) == ALL_NEW


def test_where_nothing_was_there_nothing_is_kept(tmp_path: Path) -> None:
    assert restore(tmp_path) == []
    assert contents(tmp_path) == {"index": "new", "feedback.db": "new"}


def test_killed_before_the_first_move_all_is_as_it_was(tmp_path: Path) -> None:
    fill(tmp_path, "index", "feedback.db", "old")
    restore_and_kill(tmp_path, renames=0)
    (abandoned,) = tmp_path.glob("new-*")
    finish(tmp_path)
    shutil.rmtree(abandoned)
    assert contents(tmp_path) == {"index": "old", "feedback.db": "old"}


@pytest.mark.parametrize("renames", range(1, 5))
def test_the_next_one_does_what_a_killed_one_left_undone(tmp_path: Path, renames: int) -> None:
    fill(tmp_path, "index", "feedback.db", "old")
    restore_and_kill(tmp_path, renames)
    finish(tmp_path)
    assert contents(tmp_path) == ALL_NEW
    finish(tmp_path)
    assert contents(tmp_path) == ALL_NEW, "there is nothing more to do"


def test_what_a_database_has_beside_it_goes_with_it(tmp_path: Path) -> None:
    fill(tmp_path, "index", "feedback.db", "old")
    (tmp_path / "feedback.db-journal").write_text("old")
    restore(tmp_path)
    assert contents(tmp_path) == ALL_NEW | {"feedback-before-now.db-journal": "old"}


def hold(parent: Path, is_held: Event, may_end: Event) -> None:
    with scratch(parent, PREFIX):
        is_held.set()
        may_end.wait(60)


def test_nobody_takes_what_another_is_at(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    is_held, may_end = fork.Event(), fork.Event()
    process = fork.Process(target=hold, args=(tmp_path, is_held, may_end))
    process.start()
    assert is_held.wait(60)
    (held,) = tmp_path.iterdir()
    with pytest.raises(IndexLocked, match="being restored"):
        finish(tmp_path)
    with scratch(tmp_path, PREFIX) as own:
        assert {path.name for path in tmp_path.iterdir()} == {held.name, own.name}
    may_end.set()
    process.join(60)
    assert not list(tmp_path.iterdir())
    held.mkdir()
    finish(tmp_path)
    assert not held.exists()
    held.mkdir()
    with scratch(tmp_path, PREFIX) as own:
        assert [path.name for path in tmp_path.iterdir()] == [own.name], "what was abandoned is cleared away"


def test_one_that_is_cleared_away_before_it_is_owned_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def made_and_lost(**where: Any) -> str:
        made.append(tempfile.mkdtemp(**where))
        if len(made) == 1:
            shutil.rmtree(made[0])  # as another process does that sees it without a lock
        return made[-1]

    monkeypatch.setattr("index.scratch.mkdtemp", made_and_lost)
    with scratch(tmp_path, PREFIX) as folder:
        assert folder == Path(made[1])
        (folder / "words").write_text("kept")
    assert not list(tmp_path.iterdir())
