"""Sources: registered once, and brought in step by one command."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from index.errors import SourceError
from index.sources import KINDS, is_url
from index.types import clean_text
from qa_service import terminal
from qa_service.cli.verbs import Verbs, column_option, open_index, verb
from qa_service.config import Settings
from qa_service.interrupt import EXIT_STATUS, interruptible

if TYPE_CHECKING:
    from index.registry import Registry, Stored
    from index.sources.kinds import Kind

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Interval(click.ParamType[int]):
    """A number of seconds, minutes, hours or days, such as 15m."""

    name = "interval"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"([1-9]\d{0,8})([smhd])", str(value))
        if match is None:
            self.fail(f"{value!r} is no interval; write it like 30s, 15m, 2h or 1d.", param, ctx)
        return int(match[1]) * _UNITS[match[2]]


@click.group(cls=Verbs)
def source() -> None:
    """Register where articles come from, so that `sync` keeps up with it.

    \b
      python -m qa_service source add ~/articles
      python -m qa_service source add https://example.org/feed.xml --every 15m
      python -m qa_service source add https://example.org/ --kind site --depth 2 --count 200
      python -m qa_service source add ~/export.csv --column text=body --column published=day
      python -m qa_service sync

    The same --data-dir (QA_DATA_DIR) and --json as everywhere belong behind the command.
    """


@verb
@click.argument("what", metavar="PATH_OR_URL")
@click.option("--name", metavar="NAME", help="What to call it.  [default: made of PATH_OR_URL]")
@click.option("--kind", type=click.Choice(KINDS), help="What it is.  [default: seen from what is there]")
@click.option("--depth", type=click.IntRange(0, 100), default=3, show_default=True,
              help="Of a site: how many links away from its first page.")  # fmt: skip
@click.option("--count", type=click.IntRange(1, 1_000_000), default=1000, show_default=True,
              help="Of a site or sitemap: how many pages at most.")  # fmt: skip
@click.option("--every", type=Interval(), default="1h", show_default=True, metavar="INTERVAL",
              help="How often `sync --watch` looks, such as 30s, 15m or 1d.")  # fmt: skip
@column_option
@click.option("--allow-private", is_flag=True, help="Fetch from addresses of your own network too.")
def add(
    settings: Settings, what: str, name: str | None, kind: Kind | None, depth: int, count: int, every: int,
    columns: dict[str, str], allow_private: bool, as_json: bool,
) -> None:  # fmt: skip
    """Register a folder or file, or an address: a page, feed, sitemap or site.

    Nothing is read into the index yet; `sync` does that. What an address is, is seen from what is there,
    but that a whole site is meant has to be said: --kind site. A site is followed by its links on the one
    host, and its robots.txt is honoured.
    """
    from index.registry import Source

    if is_url(what):
        allowed = allow_private or settings.allow_private
        kind, location = _looked_up(settings, what, kind, allowed)
    elif kind not in (None, "folder"):
        raise click.UsageError(f"A {kind} is given by an address that begins with http:// or https://.")
    else:
        kind, location = "folder", _path(what)
    if columns and kind not in ("folder", "url"):
        raise click.UsageError(f"--column is for folders, files and single addresses; this is a {kind}.")
    new = Source(name or _name(location), kind, location, depth, count, every, allow_private, columns=columns)
    open_registry(settings, begin=True).add(new)
    if as_json:
        click.echo(json.dumps(asdict(new)))
    else:
        click.echo(f"Added {new.name} ({new.kind}: {new.location}).")
        click.echo(f"Bring it in: python -m qa_service sync {new.name}")


@verb
def list_(settings: Settings, as_json: bool) -> None:
    """Show the sources, how many articles each holds, and when it was last read to its end."""
    registry = open_registry(settings)
    sizes = registry.sizes()
    rows = [{**asdict(each), "articles": sizes.get(each.name, 0)} for each in registry.all()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        terminal.print_rows(("name", "kind", "articles", "synced", "location"), rows)
    else:
        click.echo("There are no sources. Add one: python -m qa_service source add PATH_OR_URL")


@verb
@click.argument("name")
@click.option("--keep", is_flag=True, help="Leave its articles in the index.")
@click.option("--yes", is_flag=True, help="Delete its articles without asking.")
def remove(settings: Settings, name: str, keep: bool, yes: bool, as_json: bool) -> None:
    """Forget a source, and delete the articles that no other source holds, unless told to keep them."""
    from index import follow

    registry = open_registry(settings)
    size = registry.sizes().get(registry.get(name).name, 0)
    if size and not keep and not yes:
        question = f"What becomes of its {size} articles in the index?"
        keep = click.prompt(question, type=click.Choice(["delete", "keep"]), default="delete") == "keep"
    deleted = 0
    if size and not keep:
        index = open_index(settings)
        with interruptible() as stop:
            deleted = sum(1 for _ in follow.remove(index, registry, name, stop))
        index.save()
        if stop.is_set():
            sys.exit(EXIT_STATUS)
    else:
        registry.remove(name)
    summary = {"removed": name, "deleted": deleted}
    click.echo(json.dumps(summary) if as_json else f"Removed {name}; {deleted} articles were deleted.")


for command in (add, list_, remove):
    source.add_command(command)


def open_registry(settings: Settings, begin: bool = False) -> Registry:
    """The registered sources, until the command ends; looking leaves nothing behind where there are none."""
    from index.registry import Registry

    if not begin and not (settings.index_folder / "articles.db").exists():
        raise SourceError("There are no sources. Add one: python -m qa_service source add PATH_OR_URL")
    # On Milvus the sources are in the folder of the machine that follows them.
    stored = _stored(settings) if settings.index == "milvus" else None
    registry = Registry.open(settings.index_folder, stored)
    click.get_current_context().call_on_close(registry.close)
    return registry


def _stored(settings: Settings) -> Stored:
    """Asks the cluster which articles there are."""
    from qa_service.indexes import open_milvus

    def stored(article_ids: Iterable[str]) -> set[str]:
        with closing(open_milvus(settings)) as index:
            return index.stored(article_ids)

    return stored


def _looked_up(settings: Settings, url: str, kind: Kind | None, allow_private: bool) -> tuple[Kind, str]:
    """The kind of an address, as it was said or else as it is seen, and where it is after redirects."""
    from index.sources import recognised
    from index.sources.fetch import Fetcher

    with closing(Fetcher.open(settings.user_agent, settings.fetch_delay, allow_private, sleep)) as fetcher:
        seen, page = recognised(fetcher, url)
    return kind or seen, page.url


def _path(what: str) -> str:
    path = Path(what).expanduser()
    if not path.exists():
        raise SourceError(f"{what} does not exist. An address begins with http:// or https://.")
    location = str(path.resolve())
    if clean_text(location) != location:
        raise SourceError(f"The name of {what!r} can't be stored, since it is not Unicode. Rename it.")
    return location


def _name(location: str) -> str:
    """A name for a source: the host and path of an address, the last part of a path."""
    parts = urlsplit(location)
    words = f"{parts.netloc}{parts.path}" if parts.netloc else Path(location).stem
    return re.sub(r"[^\w.]+", "-", words).strip("-.") or "source"
