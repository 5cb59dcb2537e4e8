"""Reading SQuAD files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from scripts.reader_training.squad import (
    Answer,
    consensus,
    hold_out,
    read_squad,
)
from tests.training.people import squad


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
