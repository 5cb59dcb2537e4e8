"""A larger reader teaches a small one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, processors

from scripts.reader_training.examples import Example
from scripts.reader_training.features import Featurizer, collate
from scripts.reader_training.lesson import Lesson
from scripts.reader_training.span_reader import imitation_loss
from scripts.train_reader import main
from tests.training.people import checkpoint, options


class TestTeacher:
    def test_scores_move_to_the_students_tokens(self, encoder: Path, tmp_path: Path) -> None:
        """A tokenizer with other numbers and one more separator, as MPNet's beside BERT's."""
        other = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        other.post_processor = processors.RobertaProcessing(
            ("[SEP]", 3), ("[CLS]", 2), trim_offsets=False, add_prefix_space=False
        )
        other.save(str(tmp_path / "tokenizer.json"))
        examples = [
            Example("Where?", "Bo Lind lived in Lima.", "Some people", None),
            Example("Where?", "It was warm in Lima. " * 90, None, None),  # cut, and shorter for the teacher
        ]
        mine, theirs = (
            collate(Featurizer(folder / "tokenizer.json").first_windows(examples))
            for folder in (encoder, tmp_path)
        )
        lesson = Lesson.of(mine, theirs)
        named = lesson.moved(torch.from_numpy(theirs.ids.astype(np.float32)))  # scores that name their token
        assert np.array_equal(named[lesson.places], mine.ids[lesson.places])
        assert np.isneginf(named[~lesson.places]).all()
        assert (mine.allowed & ~lesson.places).sum(1).tolist() == [0, 1]

    def test_nothing_imitates_better_than_the_same_scores(self) -> None:
        low = float("-inf")
        taught = torch.tensor([[1.0, 3.0, low, 0.5]])
        nearly = torch.tensor([[1.0, 2.0, low, 0.5]], requires_grad=True)
        loss = imitation_loss([nearly, nearly], [taught, taught])
        loss.backward()
        assert nearly.grad is not None
        assert nearly.grad.isfinite().all()
        assert loss.item() > imitation_loss([taught, taught], [taught, taught]).item()

    def test_a_run_goes_on_from_another_and_learns_from_it(
        self, squad_file: Path, encoder: Path, tmp_path: Path
    ) -> None:
        first, second = tmp_path / "first", tmp_path / "second"
        main(options(squad_file, encoder, first))
        main([
            *options(squad_file, encoder, second), "--start", str(first),
            "--teacher", str(encoder), str(first), str(first), "--learning-rate", "0", "--steps", "1",
        ])  # fmt: skip
        for left, right in zip(checkpoint(first)["average"], checkpoint(second)["masters"], strict=True):
            assert torch.allclose(left, right)

    def test_a_teacher_that_is_not_there_is_named(self, squad_file: Path, encoder: Path) -> None:
        out = squad_file.parent / "out"
        arguments = [*options(squad_file, encoder, out), "--teacher", str(encoder), "nowhere"]
        with pytest.raises(SystemExit, match="nowhere"):
            main(arguments)
