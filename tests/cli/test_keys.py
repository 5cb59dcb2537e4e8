"""Keys on the command line."""

import json
from pathlib import Path

from qa_service.keys import KeyStore
from tests.cli.conftest import Run


def test_a_key_is_shown_once_listed_and_revoked(run: Run) -> None:
    assert "key create NAME" in run("key", "list").stdout
    made = run("key", "create", "the [bold] newsroom")
    key = made.stdout.strip()
    assert "not shown again" in made.stderr
    store = KeyStore(Path("instance/keys.db"))
    assert store.owner(key) is not None
    (listed,) = json.loads(run("key", "list", "--json").stdout)
    assert (listed["name"], listed["role"]) == ("the [bold] newsroom", "read")
    text = run("key", "list").stdout
    assert "the [bold] newsroom" in text
    assert key.rsplit("_", 1)[1] not in text + str(listed)
    assert run("key", "revoke", listed["key_id"]).stdout == f"Revoked {listed['key_id']}.\n"
    assert "revoked 20" in run("key", "list").stdout
    assert store.owner(key) is None


def test_one_for_writing(run: Run) -> None:
    made = json.loads(run("key", "create", "a", "--write", "--json").stdout)
    assert made["role"] == "write"
    key = KeyStore(Path("instance/keys.db")).owner(made["key"])
    assert key is not None
    assert key.may_write


def test_one_that_there_is_not(run: Run) -> None:
    assert "There is no key 'x'" in run("key", "revoke", "x", status=1).stderr


def test_serving_elsewhere_needs_one(run: Run) -> None:
    message = run("serve", "--host", "0.0.0.0", status=1).stderr
    assert "key create NAME --write" in message
    assert "--allow-anonymous" in message
