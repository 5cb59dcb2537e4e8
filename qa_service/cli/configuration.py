"""Configuration: what is set, whether it is right, and whether the machine has what it needs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from qa_service import terminal
from qa_service.cli.verbs import Verbs, verb
from qa_service.config import SECRET, Settings
from qa_service.given_settings import faults, given

HIDDEN = "(hidden)"
MARKS = {"well": "✓", "doubtful": "!", "wrong": "✗"}


@click.group(cls=Verbs)
def config() -> None:
    """Show what is set and where, or check it.

    \b
      python -m qa_service config show
      python -m qa_service config check
      QA_CONFIG=other.toml python -m qa_service config check

    Settings come from qa.toml in the working folder, or the file that QA_CONFIG names, then from the
    environment (QA_DATA_DIR and so on). They all stand in the README. --json belongs behind the command.
    """


@verb
def show(settings: Settings, as_json: bool) -> None:
    """Show each setting, its value and where it was set; what is secret is hidden."""
    places = {each.name: each.where.rstrip(",") for each in given()}
    shown: dict[str, dict[str, Any]] = {}
    for each in fields(Settings):
        value = getattr(settings, each.name)
        plain = str(value) if isinstance(value, Path) else value
        is_hidden = each.name in SECRET and bool(value)
        shown[each.name] = {"value": HIDDEN if is_hidden else plain, "from": places.get(each.name, "default")}
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    for name, said in shown.items():
        origin = "" if said["from"] == "default" else f"  # {said['from']}"
        click.echo(f"{name} = {json.dumps(said['value'])}{origin}")


@click.command()
@click.option("--data-dir", expose_value=False, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def check(as_json: bool) -> None:
    """Say everything that is wrong with what is set, by its key and line. The exit status is then 1.

    The file is qa.toml, or the one that QA_CONFIG names; variables such as QA_DATA_DIR are looked at too.
    """
    found = faults()
    if as_json:
        click.echo(json.dumps({"right": not found, "faults": found}, indent=2))
    else:
        for fault in found:
            click.echo(f"✗ {fault}")
        if not found:
            click.echo("All that is set is right.")
    sys.exit(1 if found else 0)


config.add_command(show)
config.add_command(check)


@verb
def doctor(settings: Settings, as_json: bool) -> None:
    """Look at all that the service needs, and say how to mend what is missing.

    Models, index, disk, memory, port and keys. The exit status is 1 if anything is wrong; what is doubtful
    (!) may be meant so, as a port that the running service has.
    """
    from qa_service.doctor import examine

    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            words = f"{MARKS[finding.state]} {finding.subject}: {finding.words} {finding.mend}".rstrip()
            terminal.out.print(words, markup=False, soft_wrap=True)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    sys.exit(1 if any(finding.state == "wrong" for finding in findings) else 0)
