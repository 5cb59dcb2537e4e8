"""The articles as tools for language models, over the Model Context Protocol."""

from __future__ import annotations

import json
from dataclasses import replace

import click

from qa_service.cli.verbs import open_pipeline, verb
from qa_service.config import Settings

DEFAULT_PORT = 8765
LOOPBACK = "127.0.0.1"


@verb
@click.option("--http", is_flag=True, help="Serve streamable HTTP instead of stdio.")
@click.option(
    "--host", metavar="HOST", help="The address of --http; another than this machine's needs a key."
)
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True,
              metavar="PORT", help="The port of --http.")  # fmt: skip
def mcp(settings: Settings, http: bool, host: str | None, port: int, as_json: bool) -> None:
    """Let language models use the articles: tools to ask, search and read them (MCP).

    Without --http a client such as Claude Desktop or an editor starts this command itself, and speaks with it
    over its input and output. Its configuration is like this:

    \b
      {"mcpServers": {"articles": {
        "command": "/path/to/.venv/bin/python",
        "args": ["-m", "qa_service", "mcp", "--data-dir", "/path/to/instance"],
        "env": {"PYTHONPATH": "/path/to/this/folder"}}}}

    With --http it is at http://127.0.0.1:8765/mcp, for clients of this machine. Where there are keys, clients
    send one for reading as "Authorization: Bearer KEY".
    """
    from qa_service import mcp_server

    pipeline = open_pipeline(settings, quiet=as_json)
    server = mcp_server.mcp_server(pipeline)
    if http:
        settings = replace(settings, host=host or LOOPBACK)
        mcp_server.serve_http(server, settings, port, lambda url: _ready(url, as_json))
    else:
        server.run()


def _ready(url: str, as_json: bool) -> None:
    click.echo(json.dumps({"ready": url}) if as_json else f"Ready: {url}  (Ctrl-C stops it)")
