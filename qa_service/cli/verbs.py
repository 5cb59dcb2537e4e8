"""Verbs: what all commands share, their options, their settings and the index that they open."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import QAError
from index.moves import finish
from qa_service import terminal
from qa_service.config import Settings
from qa_service.given_settings import load_settings

if TYPE_CHECKING:
    from index.local import LocalIndex
    from qa_service.indexes import AnyIndex
    from qa_service.pipeline import Pipeline


class Verbs(click.Group):
    """Lists the verbs in the order in which a newcomer needs them, and turns our errors into advice."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QAError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # click ends quietly when the reader of our output is gone
        except OSError as error:
            raise click.ClickException(_in_words(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, but each first sentence whole, in lines, where click cuts it off."""
        rows = [(name, command.get_short_help_str(limit=500)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _in_words(error: OSError) -> str:
    """ "/nonexistent/file: No such file or directory", where it is known which and why."""
    return f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)


def verb(function: Callable[..., None]) -> click.Command:
    """A command with the options that all have; it gets the settings first."""

    @click.command(name=function.__name__.rstrip("_"))
    @click.option("--data-dir", type=click.Path(path_type=Path), metavar="DIR",
                  help="Where the index is kept.  [env QA_DATA_DIR; default: instance]")  # fmt: skip
    @click.option("--index", type=click.Choice(["embedded", "milvus"]),
                  help="In that folder, or on a cluster.  [env QA_INDEX; default: embedded]")  # fmt: skip
    @click.option("--milvus-uri", metavar="URI",
                  help="The database there: http://HOST:19530/NAME.  [env QA_MILVUS_URI]")  # fmt: skip
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
    @functools.wraps(function)
    def command(data_dir: Path | None, index: str | None, milvus_uri: str | None, **arguments: Any) -> None:
        settings = load_settings(data_dir=data_dir, index=index, milvus_uri=milvus_uri)
        finish(settings.data_dir)
        function(settings, **arguments)

    return command


as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), default=datetime.now, metavar="YYYY-MM-DD",
    help='The day that "last week" counts back from.  [default: today]',
)  # fmt: skip


def _columns(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    if not pairs:
        return {}
    from index.loaders.records import FIELDS

    columns = dict(pair.partition("=")[::2] for pair in pairs)
    for field, name in columns.items():
        if field not in FIELDS or not name:
            raise click.BadParameter(
                f"write FIELD=NAME, such as text=body; a field is one of {', '.join(FIELDS)}."
            )
    return columns


column_option = click.option(
    "--column", "columns", multiple=True, callback=_columns, metavar="FIELD=NAME",
    help="The column of CSV or key of JSONL with a field: text=body. Repeatable.",
)  # fmt: skip


def open_pipeline(settings: Settings, quiet: bool) -> Pipeline:
    """The service, until the command ends."""
    with terminal.activity("Loading the models", quiet=quiet):
        from qa_service.pipeline import Pipeline

        pipeline = Pipeline.open(settings)
    click.get_current_context().call_on_close(pipeline.index.close)
    return pipeline


def open_index(settings: Settings) -> AnyIndex:
    """The index alone, without the models, until the command ends."""
    from qa_service import indexes

    index = indexes.open_index(settings)
    click.get_current_context().call_on_close(index.close)
    return index


def open_embedded(settings: Settings, instead: str) -> LocalIndex:
    """The embedded index, until the command ends; ``instead`` is what to do where it is Milvus."""
    from qa_service import indexes

    index = indexes.open_embedded(settings, instead)
    click.get_current_context().call_on_close(index.close)
    return index
