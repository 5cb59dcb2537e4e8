"""Keys: made, listed and revoked."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from index.types import clean_text
from qa_service import terminal
from qa_service.cli.verbs import Verbs, verb
from qa_service.config import Settings


@click.group(cls=Verbs)
def key() -> None:
    """Say who may use the service: keys for reading, and for changing articles.

    \b
      python -m qa_service key create "the newsroom"
      python -m qa_service key create "the archive" --write
      python -m qa_service key list
      python -m qa_service key revoke 1a2b3c4d

    As soon as there is one, nobody gets in without: programs send "Authorization: Bearer KEY", people sign
    in on the page. A server that runs heeds a change at once. Without keys the server listens on this
    machine alone. The same --data-dir (QA_DATA_DIR) and --json as everywhere belong behind the command.
    """


@verb
@click.argument("name")
@click.option("--write", is_flag=True, help="It may add, change and delete articles too.")
def create(settings: Settings, name: str, write: bool, as_json: bool) -> None:
    """Make a key for NAME and show it, this once: only a hash of it is stored."""
    from qa_service.keys import KeyStore

    name = clean_text(name)
    role = "write" if write else "read"
    made = KeyStore(settings.keys_file).create(name, "write" if write else "read")
    if as_json:
        click.echo(json.dumps({"key": made, "name": name, "role": role}))
        return
    click.echo(made)
    click.echo(f"This key may {role}. Keep it now: it is not shown again.", err=True)


@verb
def list_(settings: Settings, as_json: bool) -> None:
    """List the keys: who has them, what they may, when they were used last, and which are revoked."""
    from qa_service.keys import KeyStore

    keys = KeyStore(settings.keys_file).list()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in keys], indent=2))
        return
    for each in keys:
        state = f"revoked {each.revoked}" if each.revoked else f"last used {each.last_used or 'never'}"
        terminal.out.print(
            f"{each.key_id}  {each.role:5}  {state}  {each.name}", markup=False, soft_wrap=True
        )
    if not keys:
        click.echo("There are no keys; make one with: python -m qa_service key create NAME")


@verb
@click.argument("key_id", metavar="ID")
def revoke(settings: Settings, key_id: str, as_json: bool) -> None:
    """Take the key with this ID (see `key list`) out of use, at once and for good.

    To revoke the last key opens nothing: nobody gets in until there is another one.
    """
    from qa_service.keys import KeyStore

    KeyStore(settings.keys_file).revoke(key_id)
    click.echo(json.dumps({"revoked": key_id}) if as_json else f"Revoked {key_id}.")


for command in (create, list_, revoke):
    key.add_command(command)
