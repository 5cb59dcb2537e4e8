"""The database: connections and their threads."""

import os
import threading
from contextlib import closing
from pathlib import Path

from index.database import Database


def test_a_thread_that_has_ended_leaves_no_connection_open(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "articles.db")) as database:

        def ask_from_a_thread() -> None:
            thread = threading.Thread(target=lambda: database.generation)
            thread.start()
            thread.join()

        ask_from_a_thread()
        before = open_files(tmp_path)
        for _ in range(5):
            ask_from_a_thread()
        assert open_files(tmp_path) == before
        assert database.generation == 0


def open_files(folder: Path) -> int:
    """How many descriptors this process has of files in the folder."""
    links = (Path("/proc/self/fd") / each for each in os.listdir("/proc/self/fd"))
    return sum(str(os.path.realpath(link)).startswith(f"{folder.resolve()}/") for link in links)
