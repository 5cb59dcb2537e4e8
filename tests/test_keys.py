"""Keys are stored as hashes, open what they are made for, and nothing once they are revoked."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from qa_service.keys import KeysError, KeyStore


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "data" / "keys.db")


def test_without_a_key_nothing_is_made(store: KeyStore) -> None:
    assert not store.are_in_force()
    assert store.list() == []
    assert store.owner("qa_1_2") is None
    assert not store.path.parent.exists()


def test_a_key_is_known_and_its_use_noted(store: KeyStore) -> None:
    made = store.create("the archive", "write")
    assert store.list()[0].last_used is None
    key = store.owner(made)
    assert key is not None
    assert (key.name, key.may_write) == ("the archive", True)
    assert store.list()[0].last_used is not None
    reading = store.owner(store.create("the newsroom", "read"))
    assert reading is not None
    assert not reading.may_write


def test_only_its_hash_is_in_the_file_which_others_can_not_read(store: KeyStore) -> None:
    made = store.create("a", "read")
    assert made.split("_", 2)[2].encode() not in store.path.read_bytes()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("change", ["", "qa", "qa_", "qa__", "xx", "truncated", "longer", "secret", "id"])
def test_what_is_nearly_a_key_is_none(store: KeyStore, change: str) -> None:
    made = store.create("a", "read")
    other = store.create("b", "read")
    prefix, key_id, secret = made.split("_", 2)
    tried = {
        "xx": f"xx_{key_id}_{secret}", "truncated": made[:-1], "longer": made + "A",
        "secret": f"{prefix}_{key_id}_{other.split('_', 2)[2]}", "id": f"{prefix}_{key_id}",
    }.get(change, change)  # fmt: skip
    assert store.owner(tried) is None
    assert store.owner(made) is not None


def test_a_revoked_one_opens_nothing_and_opens_nothing_to_others(store: KeyStore) -> None:
    made = store.create("a", "read")
    store.revoke(store.list()[0].key_id)
    assert store.owner(made) is None
    assert store.are_in_force()
    when = store.list()[0].revoked
    store.revoke(store.list()[0].key_id)
    assert store.list()[0].revoked == when


def test_one_that_there_is_not_can_not_be_revoked(store: KeyStore) -> None:
    for _ in range(2):
        with pytest.raises(KeysError, match="no key 'x'"):
            store.revoke("x")
        store.create("a", "read")


def test_a_file_that_is_no_database_is_told(store: KeyStore) -> None:
    store.create("a", "read")
    store.path.write_bytes(b"nothing" * 1000)
    with pytest.raises(KeysError, match="can't be read"):
        store.are_in_force()


def test_keys_are_told_apart_by_their_ids(store: KeyStore) -> None:
    made = [store.create("same name", "read") for _ in range(20)]
    assert len(set(made)) == len({key.key_id for key in store.list()}) == 20
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT count(DISTINCT digest) FROM keys").fetchone() == (20,)
