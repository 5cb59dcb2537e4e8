"""Articles: put in from files, folders and addresses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, takewhile
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NoReturn

import click

from qa_service import terminal
from qa_service.cli.verbs import column_option, open_pipeline, verb
from qa_service.config import Settings
from qa_service.interrupt import EXIT_STATUS, interruptible

if TYPE_CHECKING:
    from index.loaders import Failure
    from index.types import Article


@verb
@click.argument("what", nargs=-1, required=True, metavar="PATH_OR_URL...")
@column_option
def ingest(settings: Settings, what: tuple[str, ...], columns: dict[str, str], as_json: bool) -> None:
    """Put articles in: files, folders and archives of documents, and what is at addresses.

    \b
      .txt .md .html      text in any encoding, Markdown, web pages
      .pdf                with page numbers; scans need OCR first
      .docx .odt .rtf     Word, LibreOffice, rich text
      .epub .eml          books, e-mail
      .csv .tsv .jsonl    one article a row or line
      .zip .tar .tar.gz   archives of all these

    An address may be of a page, a file, an RSS or Atom feed or a sitemap. To keep up with one, or to
    follow a whole site, see: python -m qa_service source add --help

    What is unchanged is skipped, what changed is replaced, and what can't be read is reported while the
    rest goes on. Each article is safe on disk as soon as it is counted; Ctrl-C finishes the article in hand.

    A row of CSV or a line of JSONL is one article: "text" is required; "id", "title", "url", "published",
    "author", "source", "language" and "tags" are kept where given, and so are others, as free fields. Usual
    other names are known ("body", "headline", "date"); name still others with --column.

    With --json each outcome is one line, and the last line is the summary. The exit status is 1 if
    anything could not be read, and 130 after Ctrl-C.
    """
    from index import loaders
    from index.loaders.kinds import SUFFIXES
    from index.sources import is_url

    urls = [each for each in what if is_url(each)]
    files, missing = loaders.find([Path(each) for each in what if not is_url(each)])
    if not (files or missing or urls):
        kinds = " ".join(SUFFIXES)
        missing = [loaders.Failure.of(Path(each), f"has no file that can be read: {kinds}") for each in what]
    total = len(missing) + sum(map(loaders.count, files)) + len(urls)

    def documents(stop: Event) -> Iterator[Article | Failure]:
        read = (
            document
            for file in files
            for document in loaders.anything(loaders.load(file, columns), str(file))
        )
        return chain(missing, read, _fetched(settings, urls, columns, stop))

    put_in(settings, documents, total, as_json)


def put_in(
    settings: Settings, documents: Callable[[Event], Iterator[Article | Failure]], total: int, as_json: bool
) -> NoReturn:
    """Bring the documents in, ``total`` as far as is known, with a report; then end the process.

    They are given what is set at Ctrl-C.
    """
    from index.errors import DiskFull
    from index.loaders import Failure

    report = terminal.JsonReport() if as_json else terminal.ProgressReport(total)
    with report, interruptible() as stop:
        pipeline = open_pipeline(settings, quiet=as_json)
        try:
            for outcome in pipeline.ingest(takewhile(lambda _: not stop.is_set(), documents(stop))):
                report.add(outcome)
            pipeline.save()
        except DiskFull as error:
            report.add(Failure(str(settings.index_folder), str(error)))
    report.summarise(pipeline.index.status())
    if stop.is_set():
        terminal.err.print("Interrupted. The same command goes on from here.")
        sys.exit(EXIT_STATUS)
    sys.exit(1 if report.failures else 0)


def _fetched(
    settings: Settings, urls: list[str], columns: dict[str, str], stop: Event
) -> Iterator[Article | Failure]:
    """The articles at addresses, and a Failure for each that gives none."""
    if not urls:
        return
    from index import loaders
    from index.errors import FetchError
    from index.registry import Source
    from index.sources import reading, recognised
    from index.sources.fetch import Fetcher
    from index.sources.findings import contents
    from index.sources.pages import articles

    user_agent, delay, allow_private = settings.user_agent, settings.fetch_delay, settings.allow_private
    with closing(Fetcher.open(user_agent, delay, allow_private, stop.wait)) as fetcher:
        for url in urls:
            try:
                kind, page = recognised(fetcher, url)
                if kind == "url":  # then all of it is here
                    yield from loaders.anything(articles(page, columns), url)
                else:
                    yield from contents(reading(Source("", kind, page.url), fetcher).findings({}))
            except FetchError as error:
                yield loaders.Failure(error.url, error.reason)
