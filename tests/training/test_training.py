"""Whole runs: stopped, taken up again, exported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from scripts.reader_training.examples import Example
from scripts.reader_training.export import onnx_reader
from scripts.reader_training.features import MAX_LENGTH, Featurizer, collate
from scripts.reader_training.prediction import predict, torch_reader
from scripts.reader_training.span_reader import SpanReader
from scripts.train_reader import main
from tests.training.people import checkpoint, options


class TestTraining:
    def test_a_stopped_run_ends_with_the_same_weights(
        self, squad_file: Path, encoder: Path, tmp_path: Path
    ) -> None:
        whole, stopped = tmp_path / "whole", tmp_path / "stopped"
        main(options(squad_file, encoder, whole))
        main([*options(squad_file, encoder, stopped), "--stop-after", "2"])
        assert checkpoint(stopped)["step"] == 2
        assert not (stopped / "model.onnx").exists()
        main(options(squad_file, encoder, stopped))
        one, other = checkpoint(whole), checkpoint(stopped)
        assert one["step"] == other["step"] == one["steps"] > 2
        for name in ("masters", "average"):
            for left, right in zip(one[name], other[name], strict=True):
                assert torch.equal(left, right)

    def test_a_checkpoint_of_another_recipe_is_refused(
        self, squad_file: Path, encoder: Path, tmp_path: Path
    ) -> None:
        arguments = [*options(squad_file, encoder, tmp_path / "out"), "--stop-after", "1"]
        main(arguments)
        with pytest.raises(ValueError, match="seed = 13, not 14"):
            main([*arguments, "--seed", "14"])

    def test_steps_end_a_run_early(self, squad_file: Path, encoder: Path, tmp_path: Path) -> None:
        main([*options(squad_file, encoder, tmp_path / "out"), "--steps", "2"])
        assert checkpoint(tmp_path / "out")["steps"] == 2
        assert (tmp_path / "out" / "model.onnx").exists()

    def test_an_unknown_article_is_refused(self, squad_file: Path, encoder: Path) -> None:
        arguments = options(squad_file, encoder, squad_file.parent / "out")
        arguments[arguments.index("Others")] = "Nobody"
        with pytest.raises(SystemExit, match="Nobody"):
            main(arguments)

    def test_the_exported_model_reads_as_the_trained_one(
        self, squad_file: Path, encoder: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        main(options(squad_file, encoder, out))
        report = json.loads((out / "scores.json").read_text())
        assert set(report) == {"fp32", "int8", "passages_per_second"}
        assert report["int8"]["held out"]["unanswerable"] == 2
        assert json.loads((out / "reader.json").read_text())["max_length"] == MAX_LENGTH
        average = checkpoint(out)["average"]
        model = SpanReader(encoder)
        with torch.no_grad():
            for weight, value in zip(model.parameters(), average, strict=True):
                weight.copy_(value)
        featurizer = Featurizer(out / "tokenizer.json")
        questions = ["Where did Bo Lind live?", "Who came home? " * 20]
        examples = [Example(each, "Bo Lind lived in Lima. " * 9, None, None) for each in questions]
        batch = collate([some[0] for some in featurizer.windows(examples)])
        expected = torch_reader(model)(batch)
        exported = onnx_reader(out / "model.onnx")
        for left, right in zip(expected, exported(batch), strict=True):
            difference = np.abs(left - right)[batch.allowed]
            assert difference.max() < 0.1 * np.abs(left[batch.allowed]).max() + 0.02
        for each in predict(exported, featurizer, examples):
            assert each.text in examples[0].context
