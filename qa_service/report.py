"""Report: an evaluation as one web page that needs no network, with its plots and its figures as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import QAError
from qa_service import __version__
from qa_service.evaluation import Outcome
from qa_service.metrics import GROUPS, STAGES, Evaluation

if TYPE_CHECKING:
    from qa_service.plots import Plot

MOST_ERRORS = 10
"""So many errors of each kind are shown."""

_CONTEXT = 140
"""Characters of the passage that are shown on each side of a quote."""


@dataclass(frozen=True)
class Quote:
    """Words that were answered, and what stands around them."""

    before: str
    words: str
    behind: str
    title: str

    @classmethod
    def of(cls, outcome: Outcome) -> Quote | None:
        """The first citation of an answer; None where nothing was cited for it."""
        if outcome.reply is None or not outcome.reply.answerable:
            return None
        cited = outcome.reply.citations[0]
        start, end = cited.start - cited.passage_start, cited.end - cited.passage_start
        before, behind = cited.passage[:start], cited.passage[end:]
        if len(before) > _CONTEXT:
            before = "… " + before[-_CONTEXT:].partition(" ")[2]
        if len(behind) > _CONTEXT:
            behind = behind[:_CONTEXT].rpartition(" ")[0] + " …"
        return cls(before, cited.quote, behind, cited.title or cited.article_id)


@dataclass(frozen=True)
class Errors:
    """One kind of error, the worst first."""

    title: str
    meaning: str
    outcomes: Sequence[Outcome]


def errors(outcomes: Sequence[Outcome]) -> list[Errors]:
    """Every error, by kind; in each the most confident comes first."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.score)
    wrong = [each for each in ordered if each.answerable and each.answered and not each.right]
    refused = [each for each in ordered if each.answerable and not each.answered]
    invented = [each for each in ordered if not each.answerable and each.answered]
    return [
        Errors("Confident and wrong", "The articles answer, but with other words than these.", wrong),
        Errors("Wrongly refused", "There is an answer, and none was given.", refused),
        Errors("Wrongly answered", "There is no answer, and one was given.", invented),
    ]


def prepare(folder: Path) -> None:
    """Make the folder, before the work that fills it. Raises QAError where that can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QAError(f"The folder {folder} can't be made: {error.strerror}. Name another one.") from error


def write(evaluation: Evaluation, folder: Path) -> Path:
    """index.html with all in it, each plot as SVG, and metrics.json; gives the page's path."""
    from qa_service.plots import plots

    drawn = list(plots(evaluation.outcomes, evaluation.threshold))
    for plot in drawn:
        (folder / f"{plot.name}.svg").write_text(plot.svg, encoding="utf-8")
    (folder / "metrics.json").write_text(evaluation.as_json() + "\n", encoding="utf-8")
    page = folder / "index.html"
    page.write_text(_page(evaluation, drawn), encoding="utf-8")
    return page


def _page(evaluation: Evaluation, drawn: Sequence[Plot]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("report.html").render(
        evaluation=evaluation, metrics=evaluation.metrics, groups=GROUPS, stages=STAGES, plots=drawn,
        errors=errors(evaluation.outcomes), most=MOST_ERRORS, quote=Quote.of, today=date.today(),
        version=__version__,
    )  # fmt: skip
