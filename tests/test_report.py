"""The report: one page with all in it, each plot as a file, and the figures."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from index.errors import QAError
from index.types import Article
from qa_service.evaluation import Outcome
from qa_service.metrics import Evaluation
from qa_service.questions import Question
from qa_service.report import MOST_ERRORS, Quote, errors, prepare, write
from tests.outcomes import UNKNOWN, VISITED, given, outcome

OUTCOMES = [
    outcome(VISITED, "Six ambassadors", 0.95, found=("sokha",), reread=("sokha",)),
    outcome(VISITED, "China did not call him.", 0.5, found=("x", "sokha"), reread=("sokha", "x")),
    outcome(VISITED, "China", 0.8, found=("x",), reread=("x",)),
    outcome(VISITED, "Six ambassadors", 0.3, answered=False, found=("sokha",), reread=("sokha",)),
    outcome(UNKNOWN, "Six ambassadors", 0.7),
    outcome(UNKNOWN, "Kem Sokha", 0.1, answered=False),
]
SHARED = {"risk-coverage", "f1-over-thresholds", "answered-over-thresholds", "latency"}


def written(folder: Path, outcomes: list[Outcome]) -> str:
    return write(Evaluation(Path("my.jsonl"), 0.45, outcomes), folder).read_text(encoding="utf-8")


class TestFiles:
    def test_are_a_page_the_plots_and_the_figures(self, tmp_path: Path) -> None:
        written(tmp_path, OUTCOMES)
        assert {path.stem for path in tmp_path.glob("*.svg")} == {*SHARED, "reliability", "ranks"}
        figures = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
        assert (figures["questions"], figures["recall@5"]) == (6, 0.75)

    def test_with_the_passage_given_there_are_fewer_plots(self, tmp_path: Path) -> None:
        written(tmp_path, [given(VISITED, "China", 2), given(UNKNOWN, "", float("-inf"))])
        assert {path.stem for path in tmp_path.glob("*.svg")} == SHARED

    def test_one_question_is_enough(self, tmp_path: Path) -> None:
        assert "<svg" in written(tmp_path / ".", [outcome(UNKNOWN, "", 0.0, answered=False)])

    def test_each_plot_is_sound_says_what_it_shows_and_knows_the_dark(self, tmp_path: Path) -> None:
        written(tmp_path, OUTCOMES)
        for path in tmp_path.glob("*.svg"):
            svg = ElementTree.parse(path).getroot()
            assert svg.get("role") == "img"
            assert len(svg.get("aria-label", "")) > 30
            assert "prefers-color-scheme: dark" in path.read_text(encoding="utf-8")

    def test_the_same_outcomes_give_the_same_files(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        assert written(tmp_path, OUTCOMES) == written(tmp_path / "other", OUTCOMES)


class TestPage:
    def test_fetches_nothing_and_has_each_id_once(self, tmp_path: Path) -> None:
        page = written(tmp_path, OUTCOMES)
        assert not re.search(r"<script|<link|<img|@import|url\((?!#)|(src|href)=\"(?!#)", page)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))

    def test_shows_expected_beside_answered(self, tmp_path: Path) -> None:
        page = written(tmp_path, OUTCOMES)
        assert page.count("<mark>China did not call him.</mark>") == 1
        assert "ranked 2 by search, 1 after reading" in page
        assert "not found" in page
        assert "no answer" in page

    def test_what_articles_and_questions_say_is_text_not_markup(self, tmp_path: Path) -> None:
        evil = Article("<i>", "Six </svg><script>alert(1)</script> men.", "<b>")
        question = Question("<script>alert(2)</script>", ('"><img src=x>',), "<i>", "<script>")
        asked = outcome(question, "</svg><script>alert(1)</script>", 0.9, article=evil, found=("<i>",),
                        reread=("<i>",))  # fmt: skip
        page = written(tmp_path, [asked])
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(2)" in page


class TestErrors:
    def test_are_sorted_by_kind_the_most_confident_first(self) -> None:
        wrong, refused, invented = errors(OUTCOMES)
        assert [each.answer for each in wrong.outcomes] == ["China", "China did not call him."]
        assert [each.score for each in refused.outcomes] == [0.3]
        assert [each.question for each in invented.outcomes] == [UNKNOWN]

    def test_the_page_shows_the_worst_and_says_how_many_there_are(self, tmp_path: Path) -> None:
        many = [outcome(VISITED, "China", 0.5 + number / 100) for number in range(MOST_ERRORS + 3)]
        page = written(tmp_path, many)
        assert page.count('<article class="error">') == MOST_ERRORS
        assert f"{MOST_ERRORS + 3}, of which the {MOST_ERRORS} most confident" in page

    def test_a_quote_is_shown_with_some_of_what_stands_around_it(self) -> None:
        words = " ".join(f"word{number}" for number in range(99))
        article = Article("a", f"{words} six men {words}", "A title")
        quote = Quote.of(outcome(VISITED, "six men", 0.9, article=article))
        assert quote is not None
        assert (quote.words, quote.title) == ("six men", "A title")
        assert re.fullmatch(r"… (word\d+ )+", quote.before)
        assert re.fullmatch(r"( word\d+)+ …", quote.behind)
        assert Quote.of(outcome(VISITED, "Six ambassadors", 0.9)) == Quote(
            "", "Six ambassadors", " visited Kem Sokha. China did not call him.", "Envoys"
        )

    def test_a_refusal_quotes_nothing(self) -> None:
        assert Quote.of(outcome(VISITED, "China", 0.2, answered=False)) is None
        assert Quote.of(given(VISITED, "China", 2)) is None


class TestFolder:
    def test_is_made_with_those_above_it(self, tmp_path: Path) -> None:
        prepare(tmp_path / "a" / "b")
        prepare(tmp_path / "a" / "b")
        assert (tmp_path / "a" / "b").is_dir()

    def test_one_that_can_not_be_made_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        with pytest.raises(QAError, match="can't be made: Not a directory"):
            prepare(tmp_path / "file" / "report")
