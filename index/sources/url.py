"""Single addresses: one page, or one file of articles, on the web."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from index.errors import SourceError
from index.sources.fetch import Fetcher
from index.sources.findings import Finding, Gone, Known
from index.sources.pages import articles, visit


class Url:
    """One address. Its robots.txt is not asked: a person named it."""

    def __init__(self, fetcher: Fetcher, url: str, columns: Mapping[str, str]) -> None:
        self.total = 1
        self._fetcher = fetcher
        self._url = url
        self._columns = columns

    def findings(self, known: Known) -> Iterator[Finding]:
        read = partial(articles, columns=self._columns)
        finding = visit(self._fetcher, self._url, known, read=read)
        if isinstance(finding, Gone) and not known:
            raise SourceError(f"There is nothing at {self._url} (404 or 410). Is it spelt right?")
        yield finding
