"""The command line: the same verbs as the HTTP API, and those that look after the index."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import QAError
from index.types import clean_text
from qa_service import __version__, terminal
from qa_service.config import Settings, load_settings
from qa_service.timeframe import timeframe

if TYPE_CHECKING:
    from index.local import LocalIndex
    from qa_service.limits import Limit
    from qa_service.pipeline import Pipeline
    from qa_service.questions import Question
    from qa_service.reader import Reader

EPILOG = "Every verb explains itself: python -m qa_service VERB --help"


class _Teaching(click.Group):
    """Lists the verbs in the order in which a newcomer needs them, and turns our errors into advice."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QAError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # click ends quietly when the reader of our output is gone
        except OSError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Teaching, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="qa_service")
def cli() -> None:
    """Ask your own articles a question, and get the answer with the sentence that proves it.

    \b
    Begin like this:
      python -m qa_service ingest samples/articles     put articles in
      python -m qa_service ask "who visited Sokha"     ask in the terminal
      python -m qa_service serve                       ask in the browser

    Nothing leaves this machine, and no language model is needed.
    """


def main() -> None:
    # Nothing is fetched unless a hub model is configured; the libraries are told before they load.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    cli(prog_name="python -m qa_service")


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """A command with ``--data-dir`` and ``--json``; it gets the settings first."""

    @cli.command(name=function.__name__.rstrip("_"))
    @click.option("--data-dir", type=click.Path(path_type=Path), metavar="DIR",
                  help="Where the index is kept.  [env QA_DATA_DIR; default: instance]")  # fmt: skip
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
    @functools.wraps(function)
    def command(data_dir: Path | None, **arguments: Any) -> None:
        function(load_settings(data_dir=data_dir), **arguments)

    return command


@verb
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
def ingest(settings: Settings, paths: tuple[Path, ...], as_json: bool) -> None:
    """Put articles in: files and folders of .txt, .md, .html and .jsonl.

    What is unchanged is skipped, what changed is replaced, and a file that can't be read is reported
    while the rest goes on. Each article is safe on disk as soon as it is counted.

    A JSONL line is one article: "text" is required; "id", "title", "url", "published", "author",
    "source", "language" and "tags" are kept where given.

    With --json each outcome is one line, and the last line is the summary. The exit status is 1 if
    anything could not be read.
    """
    from index import loaders

    files, missing = loaders.find(paths)
    total = len(missing) + sum(map(loaders.count, files))
    documents = (document for file in files for document in loaders.load(file))
    report = terminal.JsonReport() if as_json else terminal.ProgressReport(total)
    with report:
        for failure in missing:
            report.add(failure)
        pipeline = _pipeline(settings, quiet=as_json)
        for outcome in pipeline.ingest(documents):
            report.add(outcome)
        pipeline.save()
    report.summarise(pipeline.index.status())
    sys.exit(1 if report.failures else 0)


as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), default=datetime.now, metavar="YYYY-MM-DD",
    help='The day that "last week" counts back from.  [default: today]',
)  # fmt: skip


def _asked(_context: click.Context, _parameter: click.Parameter, question: str) -> str:
    question = clean_text(question)
    if not question:
        raise click.BadParameter('it is empty; ask something, such as "who visited Sokha".')
    return question


@verb
@click.argument("question", callback=_asked)
@click.option("--top-k", type=click.IntRange(1, 100), metavar="N", help="How many passages to read.")
@as_of_option
@click.option("--any-time", is_flag=True, help="Don't act on what the question says of time.")
def ask(
    settings: Settings,
    question: str,
    top_k: int | None,
    as_of: datetime,
    any_time: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION from the articles, with the quoted sentence and its source.

    "this week", "since yesterday" and the like search the articles of that time alone; "latest" and dates
    such as "in 2018" decide which of several answers comes first.

    The exit status is 0 when the articles answer, and 3 when they don't say.
    """
    when = None if any_time else timeframe(question, as_of.date())
    reply = _pipeline(settings, quiet=as_json).ask(question, top_k=top_k, timeframe=when)
    if as_json:
        click.echo(reply.model_dump_json(indent=2))
    else:
        terminal.print_reply(reply)
    sys.exit(0 if reply.answerable else 3)


AS_TYPED = "="


@verb
def chat(settings: Settings, as_json: bool) -> None:
    """Ask one question after the other in the terminal, until Ctrl-D.

    A question may follow up on those before it: "when?", "and who has not called him?". Begin it with = to
    search its words as typed.

    With --json each line of the input is a question, and each line of the output is a reply.
    """
    from qa_service.conversation import Conversation

    pipeline = _pipeline(settings, quiet=as_json)
    conversation = Conversation()
    for line in terminal.lines(quiet=as_json):
        question = clean_text(line.removeprefix(AS_TYPED))
        if not question:
            continue
        meant = question if line.startswith(AS_TYPED) else conversation.standalone(question)
        reply = pipeline.ask(question, timeframe=timeframe(meant, datetime.now().date()), meant=meant)
        conversation.add(meant, reply.answer or "")
        click.echo(reply.model_dump_json()) if as_json else terminal.print_reply(reply)


@verb
@click.option("--host", metavar="HOST", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="[env PORT; default: 8000]")
def serve(settings: Settings, host: str | None, port: int | None, as_json: bool) -> None:
    """Serve the chat page and the HTTP API."""
    from dataclasses import replace

    from qa_service import server

    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    server.serve(settings, lambda: _pipeline(settings, quiet=as_json), as_json)


@verb
def status(settings: Settings, as_json: bool) -> None:
    """Show what the index holds and what it was made with."""
    index = _index(settings)
    table = {"folder": str(index.folder), **asdict(index.status()), **asdict(index.manifest)}
    click.echo(json.dumps(table, indent=2)) if as_json else terminal.print_table(table)


@verb
def verify(settings: Settings, as_json: bool) -> None:
    """Prove that the index is sound: articles, chunks, vectors and both searches agree.

    The exit status is 1 when anything is wrong, and each thing that is wrong is named.
    """
    index = _index(settings)
    problems = index.verify()
    if as_json:
        click.echo(json.dumps({"sound": not problems, "problems": problems}, indent=2))
    else:
        terminal.print_problems(problems, index.status())
    sys.exit(1 if problems else 0)


@verb
@click.argument("article_id")
def delete(settings: Settings, article_id: str, as_json: bool) -> None:
    """Remove an article and all that was derived from it."""
    index, article_id = _index(settings), clean_text(article_id)
    index.delete(article_id)
    index.save()
    click.echo(json.dumps({"deleted": article_id}) if as_json else f"Deleted {article_id}.")


@verb
def reindex(settings: Settings, as_json: bool) -> None:
    """Cut and encode all stored articles anew, after the encoder or the chunk size was changed.

    The old index serves until the new one is complete; a server that runs must be started again.
    """
    from index import sync
    from index.chunking import ChunkSize
    from index.encoder import SentenceEncoder
    from qa_service.pipeline import manifest

    index = _index(settings)
    with terminal.activity("Loading the encoder", quiet=as_json):
        encoder = SentenceEncoder.load(settings.encoder)
    report = terminal.JsonReport() if as_json else terminal.ProgressReport(index.status().articles)
    size = ChunkSize(settings.chunk_tokens, settings.chunk_overlap)
    with report:
        for change in sync.reindex(index, encoder, size, manifest(settings, encoder)):
            report.add(change)
    index.save()
    report.summarise(index.status())


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
    no article answers), "article_id", and "sentence", the sentence that answers.

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
        pipeline = _pipeline(settings, quiet=as_json)
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


def _pipeline(settings: Settings, quiet: bool) -> Pipeline:
    with terminal.activity("Loading the models", quiet=quiet):
        from qa_service.pipeline import Pipeline

        pipeline = Pipeline.open(settings)
    click.get_current_context().call_on_close(pipeline.index.close)
    return pipeline


def _index(settings: Settings) -> LocalIndex:
    from index.local import LocalIndex

    index = LocalIndex.open(settings.index_folder)
    click.get_current_context().call_on_close(index.close)
    return index
