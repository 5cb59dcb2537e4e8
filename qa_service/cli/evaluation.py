"""Evaluation: how good the answers are, on questions of one's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.errors import QAError
from qa_service import terminal
from qa_service.cli.verbs import as_of_option, open_pipeline, verb
from qa_service.config import Settings

if TYPE_CHECKING:
    from qa_service.limits import Limit
    from qa_service.questions import Question
    from qa_service.reader import Reader


def _limits(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> list[Limit]:
    if not texts:
        return []
    from qa_service.limits import Limit

    try:
        return [Limit.parse(text, most=parameter.name == "fail_above") for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@verb
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--given-passage", is_flag=True, help="Read each question's own passage; nothing is searched.")
@as_of_option
@click.option("--predictions", type=click.Path(path_type=Path, dir_okay=False, writable=True), metavar="OUT",
              help="Write what was answered to each question, as JSON.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False, writable=True), metavar="DIR",
              help="Write DIR/index.html, with plots and the worst errors.")  # fmt: skip
@click.option("--fail-below", multiple=True, callback=_limits, metavar="METRIC=VALUE",
              help="Exit with status 1 if the metric is lower; may be repeated.")  # fmt: skip
@click.option("--fail-above", multiple=True, callback=_limits, metavar="METRIC=VALUE",
              help="The same, where lower is better, as for latency.")  # fmt: skip
def evaluate(
    settings: Settings, file: Path, given_passage: bool, as_of: datetime, predictions: Path | None,
    report: Path | None, fail_below: list[Limit], fail_above: list[Limit], as_json: bool,
) -> None:  # fmt: skip
    """Measure the answers to the questions in FILE, over the articles in the index.

    FILE is SQuAD v2.0 JSON (.json, .json.gz), or JSONL: "question", "answers" (exact words; empty when
    no article answers), "article_id", "sentence", the sentence that answers, and "as_of", the day on which
    it is asked, where the question says "this week".

    With --given-passage the reader alone is measured, on the passages of a SQuAD file; the index is not used.

    OUT is {"answers": {id: text}, "margins": {id: best span score minus null score}}: in "answers" stands
    the best span, whatever its margin, with --given-passage; otherwise what a user is told, "" for a refusal.

    DIR gets index.html, which needs no network, each plot as SVG, and metrics.json, which is what --json
    prints. A metric is named as it is printed: --fail-below recall@5=0.97 --fail-above read_p95_ms=500.
    """
    from qa_service import evaluation
    from qa_service.limits import check
    from qa_service.metrics import Evaluation
    from qa_service.report import prepare, write

    questions = _questions(file, given_passage)
    for path in filter(None, (predictions and predictions.parent, report)):
        prepare(path)
    asked = terminal.track(questions, quiet=as_json)
    if given_passage:
        reader = _reader(quiet=as_json)
        outcomes = [evaluation.read(reader, question) for question in asked]
    else:
        pipeline = open_pipeline(settings, quiet=as_json)
        outcomes = [evaluation.ask(pipeline, question, as_of.date()) for question in asked]
    measured = Evaluation(file, 0.0 if given_passage else settings.answer_threshold, outcomes)
    click.echo(measured.as_json()) if as_json else terminal.print_metrics(measured.metrics)
    if predictions:
        evaluation.write_predictions(outcomes, predictions)
    if report:
        with terminal.activity("Drawing the report", quiet=as_json):
            page = write(measured, report)
        if not as_json:
            click.echo(f"The report: {page}")
    check([*fail_below, *fail_above], measured.metrics)


def _questions(file: Path, given_passage: bool) -> list[Question]:
    from qa_service import questions

    loaded = questions.load(file)
    if given_passage and any(question.passage is None for question in loaded):
        raise QAError(f"--given-passage needs the passages of a SQuAD file, which {file} does not have.")
    return loaded


def _reader(quiet: bool) -> Reader:
    with terminal.activity("Loading the reader", quiet=quiet):
        from qa_service.reader import SpanReader

        return SpanReader.load()
