"""Syncing: the index brought in step with its sources, once or for ever."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from index.errors import SourceError, StoreError
from qa_service import terminal
from qa_service.cli.sources import open_registry
from qa_service.cli.verbs import open_pipeline, verb
from qa_service.config import Settings
from qa_service.interrupt import EXIT_STATUS, interruptible

if TYPE_CHECKING:
    from index.follow import Run
    from index.registry import Registry, Source
    from qa_service.pipeline import Pipeline


@verb
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--watch", is_flag=True, help="Go on: as files change, and as often as each source says.")
@click.option("--yes", is_flag=True, help="Delete what is gone, though it is more than half of a source.")
def sync(settings: Settings, names: tuple[str, ...], watch: bool, yes: bool, as_json: bool) -> None:
    """Bring the index in step with its sources: all of them, or those that are named.

    What is new or changed is read, what is unchanged costs a conditional request at most, and what is gone
    is deleted: files that are no longer there, pages that answer 404 or 410, and those that a sitemap no
    longer lists. What can't be read now stays as it was. Where more than half of a source is gone, nothing
    of it is deleted without --yes.

    Ctrl-C finishes the article in hand, and the next run goes on from there. With --json each outcome is
    one line, and each source ends with a summary. The exit status is 1 if anything could not be read, and
    130 after Ctrl-C.
    """
    from index.follow import Run
    from index.sources.watch import due

    registry = open_registry(settings)
    sources = [registry.get(name) for name in names] or registry.all()
    if not sources:
        raise SourceError("There are no sources. Add one: python -m qa_service source add PATH_OR_URL")
    pipeline = open_pipeline(settings, quiet=as_json)
    failures = 0
    with interruptible() as stop:
        for source in due(sources, stop) if watch else sources:
            report = terminal.JsonReport(source.name) if as_json else terminal.ProgressReport(1, source.name)
            _bring_in(pipeline, registry, source, Run(stop, approved=yes), report)
            failures += report.failures
            if report.has_news or as_json or not watch:
                report.summarise(pipeline.index.status())
            if stop.is_set():
                break
    if stop.is_set() and not watch:
        terminal.err.print("Interrupted. The same command goes on from here.")
    sys.exit(EXIT_STATUS if stop.is_set() else 1 if failures else 0)


def _bring_in(
    pipeline: Pipeline, registry: Registry, source: Source, run: Run,
    report: terminal.JsonReport | terminal.ProgressReport,
) -> None:  # fmt: skip
    """Follow one source, and report what becomes of its articles."""
    from index.loaders import Failure
    from index.sources import reading
    from index.sources.fetch import Fetcher

    settings = pipeline.settings
    allow_private = source.allow_private or settings.allow_private
    delay = settings.fetch_delay
    with closing(Fetcher.open(settings.user_agent, delay, allow_private, run.stop.wait)) as fetcher, report:
        read = reading(source, fetcher)
        try:
            for outcome in pipeline.follow(registry, source.name, read, run):
                report.expect(read.total)
                report.add(outcome)
            pipeline.save()
        except StoreError as error:
            report.add(Failure(source.name, str(error)))
