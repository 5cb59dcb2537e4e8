"""The order of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scripts.reader_training.examples import Source
from scripts.reader_training.features import Featurizer
from scripts.reader_training.mixture import Mixture
from scripts.reader_training.squad import (
    read_squad,
)


class TestMixture:
    def test_half_a_pass_takes_about_half_of_the_questions(self, squad_file: Path, encoder: Path) -> None:
        source = Source(read_squad(squad_file))
        featurizer = Featurizer(encoder / "tokenizer.json")
        sizes = {
            passes: np.mean([len(Mixture([source], [passes], featurizer, seed, 1)) for seed in range(20)])
            for passes in (0.5, 1, 1.5)
        }
        assert 0.4 < sizes[0.5] / sizes[1] < 0.6
        assert 1.4 < sizes[1.5] / sizes[1] < 1.6
