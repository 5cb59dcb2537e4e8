"""The command line: the same verbs as the HTTP API, and those that look after the index."""

from __future__ import annotations

import os

import click

from qa_service import __version__
from qa_service.cli import (
    articles,
    configuration,
    evaluation,
    feedback,
    keys,
    mcp,
    migration,
    questions,
    safekeeping,
    sources,
    syncing,
    upkeep,
)
from qa_service.cli.verbs import Verbs

EPILOG = "Every verb explains itself: python -m qa_service VERB --help"


@click.group(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="qa_service")
def cli() -> None:
    """Ask your own articles a question, and get the answer with the sentence that proves it.

    \b
    Begin like this:
      python -m qa_service ingest samples/articles     put articles in
      python -m qa_service ask "who visited Sokha"     ask in the terminal
      python -m qa_service serve                       ask in the browser

    Nothing is fetched but the addresses that you name, and no language model is needed.
    """


for command in (
    *(articles.ingest, sources.source, syncing.sync, questions.ask),
    *(questions.chat, questions.serve, mcp.mcp, keys.key),
    *(upkeep.status, upkeep.verify, upkeep.delete, upkeep.compact, upkeep.reindex),
    *(evaluation.evaluate, feedback.feedback),
    *(configuration.config, configuration.doctor),
    *(safekeeping.backup, safekeeping.restore, safekeeping.export, safekeeping.import_, migration.migrate),
):
    cli.add_command(command)


def main() -> None:
    # Nothing is fetched unless a hub model is configured; the libraries are told before they load.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    cli(prog_name="python -m qa_service")
