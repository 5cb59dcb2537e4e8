"""Given settings: what is set in a TOML file and in the environment, and where.

``QA_`` and the name of a setting in capitals sets it from the environment. So do ``PORT``, ``LLM_BASE_URL``,
``LLM_MODEL``, ``LLM_API_KEY`` and ``LLM_TIMEOUT`` without it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from index.errors import ConfigError
from qa_service.config import SECRET, Settings, wrong

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFIG_FILE = "qa.toml"

_TAKEN: dict[type, tuple[type, ...]] = {
    **{bool: (str, bool), int: (str, int), float: (str, int, float), str: (str,), Path: (str,)},
}
"""What a setting of each type may be given as; all comes as text from the environment."""

_BOOLS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True)
class Given:
    """A setting as it was given, before it is checked, and where."""

    name: str
    value: Any
    where: str


def load_settings(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Defaults, then the TOML file (``QA_CONFIG``, or qa.toml if there is one), then the environment.

    ``overrides`` that are not None win over all. Raises ConfigError, naming the key and where it stands.
    """
    values = {each.name: _converted(each) for each in given(environ)}
    wanted = {name: value for name, value in overrides.items() if value is not None}
    return replace(Settings(), **values | wanted)


def given(environ: Mapping[str, str] = os.environ) -> list[Given]:
    """All that is set, the strongest last. Raises ConfigError if the file can't be read."""
    found = _from_file(environ)
    for name in (each.name for each in fields(Settings)):
        for variable in _variables(name):
            if text := environ.get(variable):
                found.append(Given(name, text, f"the environment variable {variable}"))
    return found


def faults(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Everything that is wrong with what is set, where ``load_settings`` tells the first alone."""
    found = []
    try:
        settings = given(environ)
    except ConfigError as error:
        return [str(error)]
    for each in settings:
        try:
            _converted(each)
        except ConfigError as error:
            found.append(str(error))
    try:  # values that are right by themselves may not go together
        load_settings(environ)
    except ConfigError as error:
        if str(error) not in found:
            found.append(str(error))
    return found


def _variables(name: str) -> tuple[str, ...]:
    """What sets it from the environment, the strongest last."""
    usual = name == "port" or name.startswith("llm_")
    return (name.upper(), f"QA_{name.upper()}") if usual else (f"QA_{name.upper()}",)


def _from_file(environ: Mapping[str, str]) -> list[Given]:
    path = Path(environ.get("QA_CONFIG") or CONFIG_FILE)
    if not path.exists():
        if environ.get("QA_CONFIG"):
            raise ConfigError(f"QA_CONFIG names {path}, which does not exist.")
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}.") from error
    return [Given(name, value, f"{path}{_line(text, name)}") for name, value in table.items()]


def _line(text: str, name: str) -> str:
    """The line at which a key or table begins; the library keeps none, and all our keys stand alone."""
    begins = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    numbers = (number for number, line in enumerate(text.splitlines(), start=1) if begins.match(line))
    number = next(numbers, None)
    return f", line {number}," if number else ""


def _converted(setting: Given) -> Any:
    """The value as the type of the setting, and within its range."""
    name, value, where = setting.name, setting.value, setting.where
    defaults: dict[str, Any] = {each.name: each.default for each in fields(Settings)}
    if name not in defaults:
        raise ConfigError(
            f"{where} sets {name!r}, which is not a setting. Known: {', '.join(sorted(defaults))}."
        )
    kind: Any = Path if isinstance(defaults[name], Path) else type(defaults[name])
    shown = "what is not shown" if name in SECRET else repr(value)
    try:
        if type(value) not in _TAKEN[kind]:
            raise TypeError
        converted: Any = _BOOLS[str(value).lower()] if kind is bool else kind(value)
    except (TypeError, ValueError, OverflowError, KeyError):
        raise ConfigError(f"{where} sets {name} to {shown}; it must be of type {kind.__name__}.") from None
    if fault := wrong(name, converted):
        raise ConfigError(f"{where} sets {name} to {shown}; {fault}.")
    return converted
