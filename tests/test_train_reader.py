"""Training the reader, on a tiny encoder and data made here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from scripts.reader_training.bm25 import Bm25, words
from scripts.reader_training.examples import Example, Source
from scripts.reader_training.export import onnx_reader
from scripts.reader_training.features import MAX_LENGTH, Featurizer, collate
from scripts.reader_training.lesson import Lesson
from scripts.reader_training.mixture import Mixture
from scripts.reader_training.prediction import predict, torch_reader
from scripts.reader_training.scoring import Prediction, score, token_f1
from scripts.reader_training.span_reader import SpanReader, imitation_loss
from scripts.reader_training.squad import (
    Answer,
    Passage,
    Question,
    consensus,
    hold_out,
    read_squad,
)
from scripts.reader_training.typing_habits import as_typed
from scripts.train_reader import main

PLACES = ["Oslo", "Lima", "Cairo", "Quito", "Hanoi", "Accra", "Delhi", "Perth"]
NAMES = "Ada Bell, Bo Lind, Cy Hart, Di Moss, Ed Frost, Flo Wood, Gil Ford, Hal Stone"
PEOPLE = NAMES.split(", ")


def paragraph(person: str, place: str, number: int) -> dict[str, object]:
    context = f"{person} came home. In 19{number}0 {person} lived in {place}. It was warm there."
    return {
        "context": context,
        "qas": [
            {
                "id": f"{number}-where",
                "question": f"Where did {person} live in 19{number}0?",
                "answers": [{"text": place, "answer_start": context.index(place)}],
                "is_impossible": False,
            },
            {
                "id": f"{number}-who",
                "question": f"Who married {person}?",
                "answers": [],
                "plausible_answers": [{"text": place, "answer_start": 0}],
                "is_impossible": True,
            },
        ],
    }


def squad(title: str = "Some_people") -> dict[str, object]:
    people = enumerate(zip(PEOPLE, PLACES, strict=True))
    paragraphs = [paragraph(person, place, number) for number, (person, place) in people]
    return {
        "version": "v2.0",
        "data": [
            {"title": title, "paragraphs": paragraphs[:6]},
            {"title": "Others", "paragraphs": paragraphs[6:]},
        ],
    }


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    path = tmp_path / "people.json.gz"
    path.write_bytes(gzip.compress(json.dumps(squad()).encode()))
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer encoder with a vocabulary of single letters and a few words."""
    path = tmp_path_factory.mktemp("encoder")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    text = json.dumps(squad()).lower()
    pieces = [*special, *sorted(set(words(text))), *"abcdefghijklmnopqrstuvwxyz0123456789.,?"]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(path / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=MAX_LENGTH,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(path)
    return path


def options(squad_file: Path, encoder: Path, out: Path) -> list[str]:
    return [
        f"{squad_file}=9", "--dev", str(squad_file), "--hold-out", "Others",
        "--encoder", str(encoder), "--out", str(out),
    ]  # fmt: skip


def checkpoint(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
    return loaded


def asked_of(text: str, answer: str, context: str) -> Question:
    return Question("1", text, (Answer(answer, context.index(answer)),))


class TestSquad:
    def test_gzipped_and_plain_files_are_read_alike(self, squad_file: Path, tmp_path: Path) -> None:
        plain = tmp_path / "people.json"
        plain.write_bytes(gzip.decompress(squad_file.read_bytes()))
        passages = read_squad(plain)
        assert passages == read_squad(squad_file)
        assert len(passages) == 8
        assert passages[0].title == "Some people"
        answerable, unanswerable = passages[0].questions
        assert answerable.answers == (Answer("Oslo", passages[0].text.index("Oslo")),)
        assert unanswerable.answers == ()

    def test_an_answer_that_is_not_at_its_offset_is_refused(self, tmp_path: Path) -> None:
        document = json.dumps(squad()).replace('"answer_start": 4', '"answer_start": 5')
        path = tmp_path / "wrong.json"
        path.write_text(document)
        with pytest.raises(ValueError, match=r"wrong\.json.*does not stand at"):
            read_squad(path)

    def test_other_json_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "other.json"
        path.write_text('{"articles": []}')
        with pytest.raises(ValueError, match="not SQuAD"):
            read_squad(path)

    def test_an_identifier_is_no_title(self, tmp_path: Path) -> None:
        path = tmp_path / "numbered.json"
        path.write_text(json.dumps(squad("wikinews:749788")))
        assert read_squad(path)[0].title is None

    def test_annotators_agree_on_the_span_that_most_overlap(self) -> None:
        answers = [Answer("b", 2), Answer("a b c", 0), Answer("a b", 0), Answer("z", 9)]
        assert consensus(answers) == Answer("a b", 0)

    def test_hold_out_takes_whole_articles(self, squad_file: Path) -> None:
        kept, held = hold_out(read_squad(squad_file), ["Others"])
        assert {each.article for each in kept} == {"Some_people"}
        assert {each.article for each in held} == {"Others"}


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
