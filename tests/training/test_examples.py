"""What the examples are made of."""

from __future__ import annotations

from pathlib import Path
from random import Random

from scripts.reader_training.bm25 import Bm25
from scripts.reader_training.examples import Source
from scripts.reader_training.squad import (
    Passage,
    read_squad,
)
from scripts.reader_training.typing_habits import as_typed
from tests.training.people import asked_of


class TestExamples:
    def test_bm25_prefers_the_rarer_words(self) -> None:
        calm = [f"calm day {number}" for number in range(10)]
        index = Bm25(["a storm in Lima", "a storm in Oslo", *calm])
        assert index.search("the Oslo storm", 5) == [1, 0]
        assert index.search("nothing shared", 5) == []

    def test_answers_stay_at_their_offsets(self, squad_file: Path) -> None:
        source = Source(read_squad(squad_file))
        assert source.of_sentences
        for number, (_, question) in enumerate(source.questions):
            example = source.positive(number, Random(number))
            found = example.answer and example.context[slice(*example.answer)]
            assert found == (question.answers[0].text if question.answers else None)

    def test_a_long_paragraph_is_cropped_around_the_answer(self) -> None:
        filler = "Nothing of note happened on that long and quiet day. " * 40
        text = f"{filler}The mayor lives in Oslo. {filler}"
        question = asked_of("Where does the mayor live?", "Oslo", text)
        source = Source([Passage("Mayors", "Mayors", text, (question,))])
        example = source.positive(0, Random(1))
        assert len(example.context.split()) < 250
        assert example.answer
        assert example.context[slice(*example.answer)] == "Oslo"

    def test_negatives_do_not_hold_the_answer(self, squad_file: Path) -> None:
        source = Source(read_squad(squad_file))
        answerable = [each for each, (_, asked) in enumerate(source.questions) if asked.answers]
        made = {number: source.negative(number, Random(number)) for number in answerable}
        negatives = {number: each for number, each in made.items() if each.answer is None}
        assert len(negatives) > len(made) / 2  # of so few passages not always another is drawn
        for number, example in negatives.items():
            _, question = source.questions[number]
            assert question.answers[0].text not in example.context

    def test_negatives_of_paragraphs_take_the_answer_away(self) -> None:
        filler = "Nothing of note happened to Carl Holm on that quiet day. " * 6
        text = f"{filler}In 1990 Bo Lind lived in Oslo. {filler}"
        question = asked_of("Where did Bo Lind live in 1990?", "Oslo", text)
        source = Source([Passage("Bo", "Bo", text, (question,))])
        made = [source.negative(0, Random(seed)) for seed in range(20)]
        assert all(each.answer is None and "Oslo" not in each.context for each in made)

    def test_the_same_seed_types_the_same(self) -> None:
        typed = {as_typed("Where did the mayor live?", Random(seed)) for seed in range(40)}
        assert len(typed) > 3
        assert as_typed("Who?", Random(3)) == as_typed("Who?", Random(3))
