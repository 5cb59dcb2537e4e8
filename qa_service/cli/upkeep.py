"""Upkeep: what the index holds, whether it is sound, and changes of the whole of it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from index.types import clean_text
from qa_service import terminal
from qa_service.cli.verbs import open_embedded, open_index, verb
from qa_service.config import Settings

NEW_DATABASE = (
    "Export the articles, set milvus_uri to a new database of the cluster and the encoder or chunk size as "
    "wanted, and import them there; then have the servers use the new database."
)


@verb
def status(settings: Settings, as_json: bool) -> None:
    """Show what the index holds and what it was made with."""
    index = open_index(settings)
    place = (
        {"milvus": settings.milvus_uri}
        if settings.index == "milvus"
        else {"folder": str(settings.index_folder)}
    )
    table = {**place, **asdict(index.status()), **asdict(index.manifest)}
    click.echo(json.dumps(table, indent=2)) if as_json else terminal.print_table(table)


@verb
def verify(settings: Settings, as_json: bool) -> None:
    """Prove that the index is sound: articles, chunks, vectors and both searches agree.

    The exit status is 1 when anything is wrong, and each thing that is wrong is named.
    """
    index = open_index(settings)
    problems = index.verify()
    if as_json:
        click.echo(json.dumps({"sound": not problems, "problems": problems}, indent=2))
    else:
        terminal.print_problems(problems, index.status())
    sys.exit(1 if problems else 0)


@verb
@click.argument("article_id")
def delete(settings: Settings, article_id: str, as_json: bool) -> None:
    """Remove an article and all that was derived from it, and erase its words from the files.

    An article with the same text under another id stays.
    """
    index, article_id = open_index(settings), clean_text(article_id)
    index.delete(article_id)
    index.save()
    click.echo(json.dumps({"deleted": article_id}) if as_json else f"Deleted {article_id}.")


@verb
def compact(settings: Settings, as_json: bool) -> None:
    """Give the disk space of what was deleted back; questions are answered meanwhile.

    It needs as much free space as the index takes. On Milvus it removes what interrupted changes left more
    than an hour ago, and asks the cluster to take the room back.
    """
    index = open_index(settings)
    if settings.index == "milvus":
        index.compact()
        click.echo(json.dumps({"compacted": settings.milvus_uri}) if as_json else "Compacted.")
        return
    before = _bytes_in(settings.index_folder)
    with terminal.activity("Compacting", quiet=as_json):
        index.compact()
    after = _bytes_in(settings.index_folder)
    words = f"Compacted {settings.index_folder}: {before / 1e6:.1f} MB → {after / 1e6:.1f} MB."
    click.echo(json.dumps({"bytes_before": before, "bytes_after": after}) if as_json else words)


@verb
def reindex(settings: Settings, as_json: bool) -> None:
    """Cut and encode all stored articles anew, after the encoder or the chunk size was changed.

    The old index serves until the new one is complete; a server that runs must be started again.
    """
    from index import sync
    from index.encoder import load_encoder
    from qa_service.pipeline import chunk_size, manifest

    index = open_embedded(settings, NEW_DATABASE)
    with terminal.activity("Loading the encoder", quiet=as_json):
        encoder = load_encoder(settings.encoder)
    report = terminal.JsonReport() if as_json else terminal.ProgressReport(index.status().articles)
    size, wanted = chunk_size(settings), manifest(settings, encoder)
    with report:
        for change in sync.reindex(index, encoder, size, wanted):
            report.add(change)
    index.save()
    report.summarise(index.status())


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
