"""Safekeeping: backups of everything, and articles as a file that any version reads."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, closing
from datetime import datetime, timezone
from pathlib import Path
from typing import TextIO

import click

from index.errors import BackupError, ConfigError
from qa_service import terminal
from qa_service.cli.articles import put_in
from qa_service.cli.verbs import open_embedded, open_index, verb
from qa_service.config import Settings

COPY = (
    "Copy the articles to a folder (migrate --to embedded) and back that up, or use the backup of Milvus; "
    "what was restored in a folder goes back with: migrate --to milvus"
)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)
OLD_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


def _databases(settings: Settings) -> dict[str, Path]:
    """What a backup holds, by its name there. Keys are not in it: one that was revoked must stay so."""
    return {"articles.db": settings.index_folder / "articles.db", "feedback.db": settings.feedback_file}


@verb
@click.argument("file", type=NEW_FILE)
def backup(settings: Settings, file: Path, as_json: bool) -> None:
    """Write the articles with all that was made of them, and the feedback, to FILE; a server may run on.

    FILE is consistent, whatever is written meanwhile, and has checksums, which are read back before it
    appears. Keys are not in it.
    """
    from index.backup import back_up

    open_embedded(settings, COPY)  # says how to begin where there is none
    present = {name: path for name, path in _databases(settings).items() if path.exists()}
    with terminal.activity("Backing up", quiet=as_json):
        made = back_up(present, file)
    size = file.stat().st_size
    said = {"file": str(file), "created": made.created, "bytes": size, "sha256": dict(made.databases)}
    names = " and ".join(made.databases)
    click.echo(json.dumps(said) if as_json else f"Backed up {names} to {file} ({size / 1e6:.1f} MB).")


@verb
@click.argument("file", type=OLD_FILE)
def restore(settings: Settings, file: Path, as_json: bool) -> None:
    """Bring back what FILE holds, once all of it was verified; stop the server first.

    Nothing is overwritten: the present articles and feedback are kept beside the restored ones, under
    names that are told. Where FILE is damaged, nothing is changed.
    """
    from index.backup import Backup, require_alone
    from index.moves import put_in_place
    from index.scratch import scratch

    if settings.index == "milvus":
        raise ConfigError(f"That can't be done with index = milvus. {COPY}")
    places = _databases(settings)
    with terminal.activity("Verifying", quiet=as_json), ExitStack() as stack:
        kept = Backup.read(file)
        if unknown := kept.databases.keys() - places.keys():
            raise BackupError(f"{file} holds {', '.join(sorted(unknown))}, which this version doesn't know.")
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        folder = stack.enter_context(scratch(settings.data_dir, "restoring-"))
        (folder / "index").mkdir()
        new = {"articles.db": folder / "index" / "articles.db", "feedback.db": folder / "feedback.db"}
        for name in kept.databases:
            kept.extract(name, new[name])
            require_alone(places[name])
        articles = _verified(folder / "index", file)
        stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S")
        moves = {"index": settings.index_folder.name}
        if "feedback.db" in kept.databases:
            moves["feedback.db"] = settings.feedback_file.name
        aside = put_in_place(folder, moves, stamp)
    said = {"articles": articles, "created": kept.created, "kept": [str(path) for path in aside]}
    if as_json:
        click.echo(json.dumps(said))
        return
    click.echo(f"Restored {articles} articles as of {kept.created}.")
    for path in aside:
        click.echo(f"What was there before is kept in {path}; delete it when all is well.")


@verb
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
def export(settings: Settings, file: Path, as_json: bool) -> None:
    """Write every article as a line of JSON to FILE, or to the terminal; `import` reads them back.

    All that is stored of an article is in its line, and nothing that was made of it: another version of
    this program, or other software, can read it. All lines are as of one moment.
    """
    from index import exchange

    index = open_index(settings)
    with ExitStack() as stack:
        out: TextIO = sys.stdout
        if str(file) != "-":
            out = stack.enter_context(file.open("x", encoding="utf-8", errors="surrogateescape"))
        count = 0
        for article in index.all():
            click.echo(exchange.line(article), out)
            count += 1
    if str(file) != "-":
        said = {"file": str(file), "articles": count}
        click.echo(json.dumps(said) if as_json else f"Exported {count} articles to {file}.")


@verb
@click.argument("file", type=OLD_FILE)
def import_(settings: Settings, file: Path, as_json: bool) -> None:
    """Put the articles that `export` wrote to FILE in, exactly as they were.

    What is unchanged is skipped, what changed is replaced, and a line that can't be read is reported while
    the rest goes on. For other JSON use: python -m qa_service ingest FILE
    """
    from index import exchange

    with file.open("rb") as lines:
        total = sum(1 for _ in lines)
    put_in(settings, lambda _: exchange.read(file), total, as_json)


def _verified(folder: Path, file: Path) -> int:
    """How many articles the index in ``folder`` has. Raises BackupError if anything is wrong with it."""
    from index.local import LocalIndex

    with closing(LocalIndex.open(folder)) as index:
        if problems := index.verify():
            raise BackupError(f"{file} holds an index that is not sound: {problems[0]}")
        return index.status().articles
