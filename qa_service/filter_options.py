"""The options of a command that say which articles may answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from index.types import Filters, clean_text

Command = Callable[..., None]


def _text(value: str) -> str:
    return " ".join(clean_text(value).split())


class _Date(click.ParamType[str]):
    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from index.loaders.dates import iso_date

        iso = iso_date(value)
        if iso is None:
            self.fail(f"{value!r} is no date; write it like 2019-11-30, 2019-11 or 2019.", param, ctx)
        return iso


class _Field(click.ParamType[tuple[str, str]]):
    name = "field"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        field, _, text = map(_text, value.partition("="))
        if not (field and text):
            self.fail(f"{value!r} is no field; write it like section=Asia.", param, ctx)
        return field, text


_OPTIONS = [
    click.option("--author", type=_text, metavar="NAME", help="Only articles by this author."),
    click.option("--source", type=_text, metavar="NAME", help="Only articles of this source."),
    click.option("--language", type=_text, metavar="CODE", help="Only articles in this language (en)."),
    click.option("--tag", "tags", type=_text, multiple=True, metavar="TAG",
                 help="Only articles with this tag; may be given again."),
    click.option("--after", type=_Date(), metavar="DATE", help="Only articles from this date on."),
    click.option("--before", type=_Date(), metavar="DATE", help="Only articles up to and with this date."),
    click.option("--field", "fields", type=_Field(), multiple=True, metavar="NAME=VALUE",
                 help="Only articles that say this, such as section=Asia; may be given again."),
]  # fmt: skip


def filtered(command: Command) -> Command:
    """The options as one argument ``filters``."""

    @functools.wraps(command)
    def with_filters(
        *arguments: Any, after: str | None, before: str | None, author: str | None, source: str | None,
        language: str | None, tags: tuple[str, ...], fields: tuple[tuple[str, str], ...], **others: Any,
    ) -> None:  # fmt: skip
        filters = Filters(after, before, source, author, language, tags, dict(fields))
        command(*arguments, filters=filters, **others)

    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), with_filters)
