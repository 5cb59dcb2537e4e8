"""Tokens, windows and batches."""

from __future__ import annotations

from pathlib import Path

from scripts.reader_training.examples import Example
from scripts.reader_training.features import MAX_LENGTH, Featurizer, collate


class TestFeatures:
    def test_windows_cover_a_long_passage_and_map_back(self, encoder: Path) -> None:
        context = "It was warm there. " * 150 + "Bo Lind lived in Lima."
        start = context.index("Lima")
        example = Example("Where did Bo Lind live?", context, "Some people", (start, start + 4))
        [windows] = Featurizer(encoder / "tokenizer.json").windows([example])
        assert len(windows) > 1
        assert all(len(window.ids) <= MAX_LENGTH for window in windows)
        seen = {span for window in windows for span in window.spans if span}
        assert "".join(context[a:b] for a, b in sorted(seen)) == context.replace(" ", "")
        targets = [window.target(example.answer) for window in windows]
        assert targets[0] == (0, 0)
        first, last = targets[-1]
        assert windows[-1].text(first, last, context) == "Lima"

    def test_question_and_title_cannot_be_answers(self, encoder: Path) -> None:
        example = Example("Where is Lima?", "Lima.", "Lima", None)
        [[window]] = Featurizer(encoder / "tokenizer.json").windows([example])
        batch = collate([window])
        assert [span for span in window.spans if span] == [(0, 4), (4, 5)]
        assert batch.allowed.sum() == 3  # those and [CLS]
        assert batch.ids.shape[1] % 16 == 0
