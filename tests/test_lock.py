"""requirements.lock is what requirements.txt and the optional parts ask for, each with hashes."""

import re
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if "==" in line]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
LOCKED = re.findall(
    r"^([a-z0-9._-]+)==(\S+)([^\\]*)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", LOCK, re.MULTILINE
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    "pin", [line for line in (*PINS, *EXTRAS["otel"], *EXTRAS["oidc"]) if not line.startswith("#")]
)
def test_each_pin_is_locked_at_its_version(pin: str) -> None:
    found = re.fullmatch(r"([A-Za-z0-9._-]+)==([^;\s]+)(?:; python_version (<|>=) \"3\.11\")?", pin)
    assert found, "a pin is a name, one version, and perhaps from which Python on"
    name, version, side = found.groups()
    locked = {
        (version, marker.strip(" ;")) for each, version, marker, _ in LOCKED if plain(each) == plain(name)
    }
    wanted = f"python_full_version {side} '3.11'" if side else ""
    assert any(version == each and wanted in marker for each, marker in locked), (
        f"{name} is locked as {locked or 'nothing'}; write it again with: scripts/lock"
    )


def test_everything_in_it_has_hashes_and_no_address() -> None:
    assert len(LOCKED) == len(re.findall("^[a-z0-9]", LOCK, re.MULTILINE))
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_serving_brings_no_pytorch() -> None:
    """For other encoders there are requirements-encoders.txt and an optional part, which say the same."""
    assert not {"torch", "sentence-transformers", "transformers"} & {plain(name) for name, *_ in LOCKED}
    lines = (ROOT / "requirements-encoders.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "==" in line] == EXTRAS["encoders"]


def test_the_container_installs_by_it() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in text
