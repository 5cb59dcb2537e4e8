"""Large input is read in little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.loaders.documents import MB


class TestLargeInput:
    """Each in a process of its own, so that its memory can be measured."""

    @pytest.mark.parametrize(
        ("name", "before", "after", "expected"),
        [
            ("line.txt", b"", b"", ["is larger than 20 MB; split it"]),
            ("line.md", b"", b"", ["is larger than 20 MB; split it"]),
            ("line.html", b"<p>", b"</p>", ["is larger than 20 MB; split it"]),
            ("line.eml", b"Subject: x\n\n", b"", ["is larger than 50 MB; split it"]),
            ("line.jsonl", b'{"text": "', b'"}\n{"text": "b"}\n', ["article", "is longer than 20 MB"]),
            (
                "line.csv",
                b"text\n",
                b"\nb\n",
                ["article", "is longer than 20 MB; is a quotation mark missing?"],
            ),
        ],
        ids=["txt", "md", "html", "eml", "jsonl", "csv"],
    )
    def test_a_line_of_200_mb_is_told_and_takes_no_such_memory(self, tmp_path, name, before, after, expected):
        path = tmp_path / name
        _write_large(path, before, b"x" * MB, 200, after)
        grown, _, loaded, *reasons = _in_child(path)
        assert sorted(reasons) == expected
        assert int(loaded) == len(expected)
        assert int(grown) < 150 * MB

    @pytest.mark.parametrize(
        ("name", "before", "line"),
        [
            ("many.jsonl", b"", b'{"title": "A line", "text": "%s"}\n' % (b"Rain fell. " * 90)),
            ("many.csv", b"title,text\n", b'A row,"%s"\n' % (b"Rain fell, and snow. " * 48)),
        ],
        ids=["jsonl", "csv"],
    )
    def test_a_large_file_of_many_streams(self, tmp_path, name, before, line):
        path = tmp_path / name
        _write_large(path, before, line * 100, 600, b"")
        grown, counted, loaded, *reasons = _in_child(path)
        assert (int(counted), int(loaded), reasons) == (60_000, 60_000, ["article"])
        assert path.stat().st_size > 55 * MB
        assert int(grown) < 25 * MB


def _write_large(path: Path, before: bytes, piece: bytes, times: int, after: bytes) -> None:
    with path.open("wb") as file:
        file.write(before)
        for _ in range(times):
            file.write(piece)
        file.write(after)


def _in_child(path: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.memory_child", str(path)]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    return child.stdout.splitlines()
