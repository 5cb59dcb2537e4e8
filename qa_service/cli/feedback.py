"""Feedback: what readers thought of answers, and the test questions that it makes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service import terminal
from qa_service.cli.verbs import Verbs, verb
from qa_service.config import Settings

if TYPE_CHECKING:
    from qa_service.feedback import Entry, FeedbackStore


@click.group(cls=Verbs)
def feedback() -> None:
    """What readers thought of answers: read it, and make test questions of it.

    \b
      python -m qa_service feedback list
      python -m qa_service feedback export complaints.jsonl
      python -m qa_service evaluate complaints.jsonl

    It is kept in feedback.db in the data folder, apart from the index. The same --data-dir (QA_DATA_DIR)
    and --json as everywhere belong behind the command.
    """


@verb
def list_(settings: Settings, as_json: bool) -> None:
    """Show all feedback, the oldest first."""
    entries = _store(settings).all()
    if as_json:
        click.echo(json.dumps([_flat(entry) for entry in entries], indent=2, ensure_ascii=False))
    elif entries:
        columns = ("id", "day", "rating", "question", "answer", "right_answer", "comment")
        terminal.print_rows(columns, [{**_flat(entry), "day": entry.given[:10]} for entry in entries])
    else:
        click.echo("There is no feedback yet. Readers give it below each answer on the page.")


@verb
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
def export(settings: Settings, file: Path, as_json: bool) -> None:
    """Write test questions to FILE, as JSONL that `evaluate` reads.

    A good answer becomes a question with that answer; a bad one a question with what the reader said is
    right, or with none where they said that the articles don't tell. Where they said neither, nothing can
    be tested; such feedback is left out and counted.
    """
    entries = _store(settings).all()
    lines = [line for entry in entries if (line := _line(entry))]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    left_out = len(entries) - len(lines)
    if as_json:
        click.echo(json.dumps({"exported": len(lines), "left_out": left_out}))
    else:
        click.echo(f"Test questions in {file}: {len(lines)}.")
        if left_out:
            click.echo(f"Left out: {left_out}. They don't say what is right; `feedback list` shows them.")


@verb
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Delete all feedback.")
def delete(settings: Settings, ids: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Delete feedback by its ids, which `feedback list` shows, or all of it."""
    if bool(ids) == everything:
        raise click.UsageError("Give the ids of what to delete, or --all.")
    store = _store(settings)
    deleted = [entry.feedback_id for entry in store.all()] if everything else sorted(set(ids))
    store.delete(deleted)
    click.echo(json.dumps({"deleted": deleted}) if as_json else f"Deleted {len(deleted)}.")


for command in (list_, export, delete):
    feedback.add_command(command)


def _store(settings: Settings) -> FeedbackStore:
    from qa_service.feedback import FeedbackStore

    return FeedbackStore(settings.feedback_file)


def _flat(entry: Entry) -> dict[str, Any]:
    return {"id": entry.feedback_id, "given": entry.given, **asdict(entry.feedback)}


def _line(entry: Entry) -> str | None:
    question = entry.feedback.as_question()
    if question is None:
        return None
    line = {
        "id": f"feedback-{entry.feedback_id}", "question": question.question, "answers": question.answers,
        "article_id": question.article_id,
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False)
