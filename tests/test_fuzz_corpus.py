"""What fuzzing found to reach new code is read again: nothing but articles, failures and errors of ours."""

from pathlib import Path

import pytest

from benchmarks.fuzz.inputs import kept, kinds, target


@pytest.mark.parametrize("name", [*kinds(), "configuration"])
def test_no_input_raises(name: str, tmp_path: Path) -> None:
    read = target(name, tmp_path)
    inputs = list(kept(name))
    assert inputs
    for path, data in inputs:
        try:
            read(data)
        except Exception as error:
            raise AssertionError(f"{path} of benchmarks/fuzz/corpus.zip") from error
