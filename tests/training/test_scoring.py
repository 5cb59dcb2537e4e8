"""The measures of SQuAD."""

from __future__ import annotations

import pytest

from scripts.reader_training.scoring import Prediction, score, token_f1


class TestScoring:
    def test_f1_is_of_words_without_case_articles_and_punctuation(self) -> None:
        assert token_f1("The Hague!", "hague") == 1.0
        assert token_f1("New York City", "New York") == pytest.approx(0.8)
        assert token_f1("Oslo", "Lima") == 0.0

    def test_best_f1_refuses_below_the_best_threshold(self) -> None:
        predictions = [Prediction("Oslo", 3.0), Prediction("Lima", -1.0), Prediction("Cairo", 2.0)]
        result = score(predictions, [["Oslo"], [], ["Quito"]])
        assert (result.answerable, result.unanswerable) == (2, 1)
        assert result.f1 == result.exact == 0.5
        assert result.best_f1 == pytest.approx(2 / 3)
        assert result.threshold == 3.0
