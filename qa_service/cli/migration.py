"""Migration: the index copied from this machine's folder to a Milvus cluster, or back."""

from __future__ import annotations

import sys
from contextlib import closing
from itertools import takewhile
from typing import TYPE_CHECKING

import click

from index.errors import StoreError
from qa_service import terminal
from qa_service.cli.verbs import verb
from qa_service.config import Settings
from qa_service.interrupt import EXIT_STATUS, interruptible

if TYPE_CHECKING:
    from index.milvus import MilvusIndex


@verb
@click.option("--to", "where", type=click.Choice(["milvus", "embedded"]), required=True,
              help="Where the articles go; they come from the other one.")  # fmt: skip
def migrate(settings: Settings, where: str, as_json: bool) -> None:
    """Copy all articles from the folder to a Milvus cluster, or back; nothing is encoded anew.

    \b
      python -m qa_service migrate --to milvus --milvus-uri http://127.0.0.1:19530/articles
      python -m qa_service migrate --to embedded --milvus-uri http://127.0.0.1:19530/articles --data-dir new

    Chunks and vectors go over as they are. What is in the other index already is left alone, so that the same
    command goes on after an interruption, and what else is there stays. Nothing is taken away where the
    articles come from. At the end both are verified and compared.

    Sources, feedback and keys are in the folder in either case, and stay there.
    """
    from index.local import LocalIndex
    from index.transfer import differences, transfer
    from qa_service.indexes import open_milvus

    source: LocalIndex | MilvusIndex
    target: LocalIndex | MilvusIndex
    report = terminal.JsonReport() if as_json else terminal.ProgressReport(1)
    if where == "milvus":
        source = LocalIndex.open(settings.index_folder)
        target = open_milvus(settings, source.manifest)
    else:
        source = open_milvus(settings)
        target = LocalIndex.open(settings.index_folder, source.manifest)
    with closing(source), closing(target):
        with report, interruptible() as stop:
            report.expect(source.status().articles)
            for change in takewhile(lambda _: not stop.is_set(), transfer(source, target)):
                report.add(change)
            target.save()
        if stop.is_set():
            terminal.err.print("Interrupted. The same command goes on from here.")
            sys.exit(EXIT_STATUS)
        with terminal.activity("Verifying", quiet=as_json):
            problems = [*source.verify(), *target.verify(), *differences(source, target)]
        if problems:
            raise StoreError(f"{len(problems)} things are wrong, the first of them: {problems[0]}")
        report.summarise(target.status())
