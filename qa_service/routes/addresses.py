"""Addresses: what is at one of the web, fetched as the command line fetches it, in the same bounds."""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from time import sleep
from typing import Annotated

from flask import Response
from pydantic import AfterValidator, Field

from index.errors import FetchError, FetchRefused, PageGone
from index.loaders import anything
from index.sources import is_url, recognised
from index.sources.fetch import Fetcher, Page
from index.sources.pages import articles
from qa_service.pipeline import Pipeline
from qa_service.problems import InvalidField, problem
from qa_service.routes.fields import StrictModel, Text
from qa_service.routes.outcomes import reported
from qa_service.routes.uploads import one_at_a_time

MOST_CHARS = 2000

_OTHER = "Give another address, or save the page and send it as a file."
_LATER = "Try again later, or save the page and send it as a file."


def _address(text: str) -> str:
    if not is_url(text):
        raise ValueError("Give an address that begins with http:// or https://.")
    if len(text) > MOST_CHARS:
        raise ValueError(f"Give an address of at most {MOST_CHARS:,} characters; this one has {len(text):,}.")
    return text


class NewAddress(StrictModel):
    """The address of a page, or of a file of articles, to be fetched now."""

    url: Annotated[Text, AfterValidator(_address), Field(json_schema_extra={"maxLength": MOST_CHARS})]


def ingest(pipeline: Pipeline, url: str) -> Response:
    """Fetch what is at the address into the index, and say what became of it or why it can't be had."""
    try:
        page = _fetched(pipeline, url)
    except FetchError as error:
        return _refusal(error)
    with one_at_a_time:
        outcomes = pipeline.ingest(anything(articles(page), url))
        return reported([(url, outcome) for outcome in outcomes], field="url")


def _fetched(pipeline: Pipeline, url: str) -> Page:
    settings = pipeline.settings
    fetcher = Fetcher.open(settings.user_agent, settings.fetch_delay, settings.allow_private, sleep)
    with closing(fetcher):
        kind, page = recognised(fetcher, url)
    if kind != "url":
        raise FetchRefused(
            url, f"is a {kind}, not one page; follow it with: python -m qa_service source add {url}"
        )
    return page


def _refusal(error: FetchError) -> Response:
    """422 where another address is needed, 502 where this one may give it another time."""
    needs_another = isinstance(error, FetchRefused | PageGone)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if needs_another else HTTPStatus.BAD_GATEWAY
    message = f"{error} {_OTHER if needs_another else _LATER}"
    return problem(status, f"url: {message}", [InvalidField(field="url", message=message)])
