"""Settings: one frozen record from defaults, then a TOML file, then the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from index.encoder import DEFAULT_ENCODER
from index.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFIG_FILE = "qa.toml"

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?\Z")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. ``QA_`` and a field's name in capitals sets it from the environment.

    So do ``PORT`` and ``LLM_BASE_URL``, ``LLM_MODEL``, ``LLM_API_KEY`` and ``LLM_TIMEOUT`` without it.
    """

    data_dir: Path = Path("instance")
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    encoder: str = DEFAULT_ENCODER
    chunk_tokens: int = 160
    chunk_overlap: int = 1
    lexical_weight: float = 0.3
    top_k: int = 10
    answer_threshold: float = 0.45
    max_body_bytes: int = 1_000_000
    allow_private: bool = False
    fetch_delay: float = 1.0
    user_agent: str = "qa-service/0.1 (reads articles to answer questions)"
    max_file_bytes: int = 20_000_000
    max_files: int = 50
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_timeout: float = 30.0
    frame_ancestors: str = ""

    @property
    def index_folder(self) -> Path:
        return self.data_dir / "index"

    @property
    def feedback_file(self) -> Path:
        return self.data_dir / "feedback.db"

    @property
    def frame_origins(self) -> tuple[str, ...]:
        """The origins of other sites that may frame the widget's page."""
        return tuple(self.frame_ancestors.split())

    @property
    def max_upload_bytes(self) -> int:
        """The largest request: all the files that may be sent at once, with their names between them."""
        return self.max_files * self.max_file_bytes + self.max_body_bytes

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(f"{name} is {value}; it must be between {low} and {high}.")
        for origin in self.frame_origins:
            if not _ORIGIN.match(origin):
                raise ConfigError(
                    f"frame_ancestors names {origin!r}; write origins such as https://www.example.org, "
                    "without a path, with spaces between them."
                )
        if bool(self.llm_base_url) != bool(self.llm_model):
            missing = "llm_model" if self.llm_base_url else "llm_base_url"
            raise ConfigError(
                f"{missing} ({missing.upper()}) is not set; a language model needs its address and its name."
            )


_RANGES: dict[str, tuple[float, float]] = {
    "port": (0, 65535),
    "threads": (1, 256),
    "chunk_tokens": (16, 8192),
    "chunk_overlap": (0, 100),
    "lexical_weight": (0, 1),
    "top_k": (1, 100),
    "answer_threshold": (0, 1),
    "max_body_bytes": (1000, 1_000_000_000),
    "fetch_delay": (0, 3600),
    "max_file_bytes": (1000, 10_000_000_000),
    "max_files": (1, 10_000),
    "llm_timeout": (1, 3600),
}

_SECRET = {each.name for each in fields(Settings) if not each.repr}
"""Settings whose value no error may show."""

_TAKEN: dict[type, tuple[type, ...]] = {
    **{bool: (str, bool), int: (str, int), float: (str, int, float), str: (str,), Path: (str,)},
}
"""What a setting of each type may be given as; all comes as text from the environment."""

_BOOLS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def load_settings(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Defaults, then the TOML file (``QA_CONFIG``, or qa.toml if there is one), then the environment.

    ``overrides`` that are not None win over all. Raises ConfigError, naming the key and where it stands.
    """
    values = _from_file(environ)
    for name in (each.name for each in fields(Settings)):
        for variable in _variables(name):
            if text := environ.get(variable):
                values[name] = _converted(name, text, f"the environment variable {variable}")
    given = {name: value for name, value in overrides.items() if value is not None}
    return replace(Settings(), **values | given)


def _variables(name: str) -> tuple[str, ...]:
    """What sets it from the environment, the strongest last."""
    usual = name == "port" or name.startswith("llm_")
    return (name.upper(), f"QA_{name.upper()}") if usual else (f"QA_{name.upper()}",)


def _from_file(environ: Mapping[str, str]) -> dict[str, Any]:
    path = Path(environ.get("QA_CONFIG") or CONFIG_FILE)
    if not path.exists():
        if environ.get("QA_CONFIG"):
            raise ConfigError(f"QA_CONFIG names {path}, which does not exist.")
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}.") from error
    return {name: _converted(name, value, str(path)) for name, value in table.items()}


def _converted(name: str, value: Any, where: str) -> Any:
    """``value`` as the type of the setting ``name``, and within its range."""
    defaults: dict[str, Any] = {each.name: each.default for each in fields(Settings)}
    if name not in defaults:
        raise ConfigError(
            f"{where} sets {name!r}, which is not a setting. Known: {', '.join(sorted(defaults))}."
        )
    kind: Any = Path if isinstance(defaults[name], Path) else type(defaults[name])
    shown = "what is not shown" if name in _SECRET else repr(value)
    try:
        if type(value) not in _TAKEN[kind]:
            raise TypeError
        converted: Any = _BOOLS[str(value).lower()] if kind is bool else kind(value)
    except (TypeError, ValueError, OverflowError, KeyError):
        raise ConfigError(f"{where} sets {name} to {shown}; it must be of type {kind.__name__}.") from None
    low, high = _RANGES.get(name, (None, None))
    if low is not None and not low <= converted <= high:
        raise ConfigError(f"{where} sets {name} to {shown}; it must be between {low} and {high}.")
    return converted
