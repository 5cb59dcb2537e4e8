"""Questions: answered in the terminal, one or one after the other, and in the browser."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from index.types import clean_text
from qa_service import terminal
from qa_service.cli.verbs import as_of_option, open_pipeline, verb
from qa_service.config import Settings
from qa_service.filter_options import filtered

if TYPE_CHECKING:
    from index.types import Filters
    from qa_service.types import Mode

LEAVING = ("exit", "quit")
AS_TYPED = "="


extractive_option = click.option(
    "--extractive", is_flag=True, help="Don't ask the language model, if one is configured."
)


def mode_of(extractive: bool) -> Mode | None:
    return "extractive" if extractive else None


def _asked(_context: click.Context, _parameter: click.Parameter, question: str) -> str:
    question = clean_text(question)
    if not question:
        raise click.BadParameter('it is empty; ask something, such as "who visited Sokha".')
    return question


@verb
@click.argument("question", callback=_asked)
@click.option("--top-k", type=click.IntRange(1, 100), metavar="N", help="How many passages to read.")
@as_of_option
@click.option("--any-time", is_flag=True, help="Don't act on what the question says of time.")
@extractive_option
@filtered
def ask(
    settings: Settings,
    question: str,
    top_k: int | None,
    as_of: datetime,
    any_time: bool,
    extractive: bool,
    filters: Filters,
    as_json: bool,
) -> None:
    """Answer QUESTION from the articles, with the quoted sentence and its source.

    "this week", "since yesterday" and the like search the articles of that time alone; "latest" and dates
    such as "in 2018" decide which of several answers comes first.

    The options that begin with "Only" narrow down which articles may answer; all that are given must hold.
    An article dated 2019 may be of any day of that year, so --after 2019-11 lets it pass.

    The exit status is 0 when the articles answer, and 3 when they don't say.
    """
    from qa_service.conversation.phrasing import timeframe_in

    when = None if any_time else timeframe_in(question, as_of.date())
    reply = open_pipeline(settings, quiet=as_json).ask(
        question, filters=filters, top_k=top_k, timeframe=when, mode=mode_of(extractive)
    )
    if as_json:
        click.echo(reply.model_dump_json(indent=2))
    else:
        terminal.print_reply(reply)
    sys.exit(0 if reply.answerable else 3)


@verb
@extractive_option
def chat(settings: Settings, extractive: bool, as_json: bool) -> None:
    """Ask one question after the other in the terminal, until Ctrl-D, "exit" or "quit".

    A question may follow up on those before it: "when?", "and who has not called him?". Begin it with = to
    search its words as typed.

    With --json each line of the input is a question, and each line of the output is a reply.
    """
    from qa_service.conversation import Conversation
    from qa_service.conversation.phrasing import timeframe_in

    pipeline = open_pipeline(settings, quiet=as_json)
    conversation = Conversation()
    for line in terminal.lines(quiet=as_json):
        question = clean_text(line.removeprefix(AS_TYPED))
        if not question:
            continue
        if question.lower() in LEAVING and not as_json:
            break
        meant = question if line.startswith(AS_TYPED) else conversation.standalone(question)
        when = timeframe_in(meant, datetime.now().date())
        reply = pipeline.ask(question, timeframe=when, meant=meant, mode=mode_of(extractive))
        conversation.add(meant, reply.answer or "")
        click.echo(reply.model_dump_json()) if as_json else terminal.print_reply(reply)


@verb
@click.option("--host", metavar="HOST", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="[env PORT; default: 8000]")
@click.option("--allow-anonymous", is_flag=True, help="Let whoever reaches it read and change all.")
def serve(
    settings: Settings, host: str | None, port: int | None, allow_anonymous: bool, as_json: bool
) -> None:
    """Serve the chat page and the HTTP API.

    On another address than this machine's own it asks for keys, and does not start without one: see
    python -m qa_service key --help
    """
    from dataclasses import replace

    from qa_service import server

    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        allow_anonymous=allow_anonymous or settings.allow_anonymous,
    )
    server.serve(settings, lambda: open_pipeline(settings, quiet=as_json), as_json)
