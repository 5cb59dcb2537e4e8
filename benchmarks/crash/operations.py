"""Operations: what is done in a round, and what must be seen once it is done."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import click

from benchmarks.crash.process import Report
from benchmarks.crash.world import ENCODER, SIZES, State, World, make_first_schema, manifest
from index.chunking import ChunkSize
from index.errors import ArticleNotFound, QAError
from index.follow import Run, follow
from index.loaders import Failure
from index.local import LocalIndex
from index.registry import Registry, Source
from index.sources.folder import Folder
from index.sync import Change, ingest, reindex
from index.types import Article
from qa_service.cli import cli
from qa_service.feedback import Feedback, FeedbackStore

TOLD = (QAError, click.ClickException, OSError)
"""Errors that the command line turns into a message."""


@dataclass(frozen=True)
class Operation:
    """Work that reports each article that is committed, and the state when it is done.

    ``is_whole``: it is seen all or not at all. ``writes`` is the backup that there is afterwards.
    """

    name: str
    work: Callable[[Report], object]
    before: State
    done: State
    is_whole: bool = False
    writes: Path | None = None


def _ingest(world: World, state: State) -> Operation:
    articles = [
        world.article(f"article-{each}") for each in world.rng.sample(range(14), world.rng.randrange(1, 7))
    ]

    def work(report: Report) -> None:
        with closing(world.open()) as index:
            _reported(ingest(index, ENCODER, _size(index), articles), report)
            index.save()

    return Operation("ingest", work, state, _with(state, {each.article_id: each for each in articles}))


def _sync(world: World, state: State) -> Operation:
    for number in world.rng.sample(range(9), 3):
        article_id = f"file-{number}"
        if article_id in world.in_files and world.rng.random() < 0.4:
            world.delete_file(article_id)
        else:
            world.write_file(world.article(article_id))
    others = {key: each for key, each in state.articles.items() if not key.startswith("file-")}

    def work(report: Report) -> None:
        registry = Registry.open(world.index)
        with closing(registry), closing(world.open()) as index:
            if "files" not in {source.name for source in registry.all()}:
                registry.add(Source("files", "folder", str(world.files)))
            run = Run(Event(), approved=True)
            reading = Folder(world.files, {})
            _reported(follow(index, ENCODER, _size(index), registry, "files", reading, run), report)
            index.save()

    return Operation("sync", work, state, replace(state, articles=others | world.in_files))


def _delete(world: World, state: State) -> Operation:
    known = sorted(key for key in state.articles if key.startswith("article-"))
    gone = world.rng.sample(known, min(len(known), world.rng.randrange(1, 4)))

    def work(report: Report) -> None:
        with closing(world.open()) as index:
            for article_id in gone:
                with suppress(ArticleNotFound):
                    index.delete(article_id)
                report(article_id)
            index.save()

    left = {key: each for key, each in state.articles.items() if key not in gone}
    return Operation("delete", work, state, replace(state, articles=left))


def _compact(world: World, state: State) -> Operation:
    def work(report: Report) -> None:
        with closing(world.open()) as index:
            index.compact()

    return Operation("compact", work, state, state, is_whole=True)


def _reindex(world: World, state: State) -> Operation:
    size = next(each for each in SIZES if each.tokens != state.tokens)

    def work(report: Report) -> None:
        with closing(world.open()) as index:
            for _ in reindex(index, ENCODER, size, manifest(size)):
                pass
            index.save()

    return Operation("index switch", work, state, replace(state, tokens=size.tokens), is_whole=True)


def _backup(world: World, state: State) -> Operation:
    file = world.backups / f"{world.rng.randrange(10**9)}.backup"

    def work(report: Report) -> None:
        _command(world, "backup", str(file))

    return Operation("backup", work, state, state, is_whole=True, writes=file)


def restored(world: World, state: State) -> Operation:
    """The last backup brought back."""
    file, then = world.last_backup

    def work(report: Report) -> None:
        _command(world, "restore", str(file))

    done = then if then.opinions else replace(then, opinions=state.opinions)
    return Operation("restore", work, state, done, is_whole=True)


def _migration(world: World, state: State) -> Operation:
    """The index of the first version takes the place of ours, and is opened."""
    kept = [replace(each, fields={}) for key, each in state.articles.items() if key.startswith("article-")]
    shutil.rmtree(world.old.parent, ignore_errors=True)
    make_first_schema(world.old, kept)
    shutil.rmtree(world.index)
    os.rename(world.old, world.index)

    def work(report: Report) -> None:
        with closing(world.open()):
            pass

    migrated = State({each.article_id: each for each in kept}, state.opinions, SIZES[0].tokens)
    return Operation("migration", work, migrated, migrated, is_whole=True)


OPERATIONS = (_ingest, _sync, _delete, _compact, _backup, restored, _reindex, _migration)


def give_opinion(world: World) -> None:
    FeedbackStore(world.data / "feedback.db").add(Feedback("up", "who?", "who?", "they"))


def _reported(outcomes: object, report: Report) -> None:
    for outcome in outcomes:  # type: ignore[attr-defined]
        if isinstance(outcome, Change):
            report(outcome.article_id)
        elif isinstance(outcome, Failure):
            raise OSError(f"{outcome.location} {outcome.reason}")


def _with(state: State, articles: dict[str, Article]) -> State:
    return replace(state, articles=state.articles | articles)


def _size(index: LocalIndex) -> ChunkSize:
    return ChunkSize(index.manifest.chunk_tokens, index.manifest.chunk_overlap)


def _command(world: World, *words: str) -> None:
    """As on the command line, without what it says."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # of a process that ends soon
    cli.main([*words, "--json", "--data-dir", str(world.data)], standalone_mode=False)
