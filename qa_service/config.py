"""Settings: one frozen record of everything that can be set, and what is right for each of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from index.encoder_names import DEFAULT_ENCODER
from index.errors import ConfigError
from qa_service import __version__

NO_LIMIT = "none"

_CLUSTER = re.compile(r"https?://[^/\s?#]+(/\w*)?\Z")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?\Z")

_ISSUER = re.compile(r"https://\S+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?")
_LEAST_SECRET = 16


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Raises ConfigError where a value is wrong, or some don't go together."""

    data_dir: Path = Path("instance")
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    index: str = "embedded"
    milvus_uri: str = ""
    milvus_token: str = field(default="", repr=False)
    encoder: str = DEFAULT_ENCODER
    chunk_tokens: int = 160
    chunk_overlap: int = 1
    lexical_weight: float = 0.3
    top_k: int = 10
    answer_threshold: float = 0.45
    max_body_bytes: int = 1_000_000
    allow_private: bool = False
    fetch_delay: float = 1.0
    user_agent: str = f"qa-service/{__version__} (reads articles to answer questions)"
    max_file_bytes: int = 20_000_000
    max_files: int = 50
    max_question_chars: int = 2000
    max_turns: int = 50
    max_passages: int = 100
    max_list: int = 200
    max_questions: int = 4
    max_waiting: int = 16
    max_changes: int = 4
    max_seconds: float = 60
    allow_anonymous: bool = False
    openid_issuer: str = ""
    openid_client_id: str = ""
    openid_client_secret: str = field(default="", repr=False)
    openid_readers: str = ""
    openid_writers: str = ""
    rate_limit: str = "120/minute"
    trusted_proxies: int = 0
    drain_seconds: float = 0
    log_format: str = "pretty"
    log_level: str = "info"
    log_questions: bool = False
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_timeout: float = 30.0
    frame_ancestors: str = ""

    @property
    def index_folder(self) -> Path:
        return self.data_dir / "index"

    @property
    def keys_file(self) -> Path:
        return self.data_dir / "keys.db"

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

    @property
    def all_threads(self) -> int:
        """Of the server: those who wait or change something never take the threads of those who read."""
        return self.threads + self.max_questions + self.max_waiting + self.max_changes

    def __post_init__(self) -> None:
        for name in (*_RANGES, *_CHOICES, "rate_limit", "milvus_uri"):
            value = getattr(self, name)
            if fault := wrong(name, value):
                raise ConfigError(f"{name} is {value}; {fault}.")
        if self.index == "milvus" and not self.milvus_uri:
            raise ConfigError(
                "milvus_uri (QA_MILVUS_URI) is not set; index = milvus needs the address of the cluster and "
                "the name of a database there, such as http://127.0.0.1:19530/articles."
            )
        for origin in self.frame_origins:
            if not _ORIGIN.match(origin):
                raise ConfigError(
                    f"frame_ancestors names {origin!r}; write origins such as https://www.example.org, "
                    "without a path, with spaces between them."
                )
        self._check_openid()
        if bool(self.llm_base_url) != bool(self.llm_model):
            missing = "llm_model" if self.llm_base_url else "llm_base_url"
            raise ConfigError(
                f"{missing} ({missing.upper()}) is not set; a language model needs its address and its name."
            )

    def _check_openid(self) -> None:
        if not self.openid_issuer:
            return
        if not _ISSUER.fullmatch(self.openid_issuer):
            raise ConfigError(
                f"openid_issuer is {self.openid_issuer!r}; write its address with https://, "
                "or with http:// where it is on this machine."
            )
        if not self.openid_client_id or len(self.openid_client_secret) < _LEAST_SECRET:
            raise ConfigError(
                "openid_issuer needs openid_client_id and openid_client_secret, as the provider gives them "
                f"(the secret has at least {_LEAST_SECRET} characters)."
            )
        if not self.openid_readers.split() and not self.openid_writers.split():
            raise ConfigError(
                "openid_issuer is set, but nobody may sign in: name addresses, @domains, or * for everyone "
                "that the provider knows, in openid_readers and openid_writers."
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
    "max_question_chars": (1, 100_000),
    "max_turns": (0, 1000),
    "max_passages": (1, 1000),
    "max_list": (1, 10_000),
    "max_questions": (1, 256),
    "max_waiting": (0, 1000),
    "max_changes": (1, 256),
    "max_seconds": (0.1, 3600),
    "llm_timeout": (1, 3600),
    "trusted_proxies": (0, 10),
    "drain_seconds": (0, 3600),
}

_RATE = re.compile(rf"[1-9]\d{{0,6}}/(second|minute|hour|day)|{NO_LIMIT}")

_CHOICES = {
    "index": ("embedded", "milvus"),
    "log_format": ("pretty", "json"),
    "log_level": ("debug", "info", "warning", "error"),
}

SECRET = {each.name for each in fields(Settings) if not each.repr}
"""Settings whose value nothing may show."""


def wrong(name: str, value: Any) -> str | None:
    """What is wrong with a value of the right type; None if nothing is."""
    if name in _RANGES:
        low, high = _RANGES[name]
        return None if low <= value <= high else f"it must be between {low} and {high}"
    if name == "rate_limit" and not _RATE.fullmatch(value):
        return f"it must be like 120/minute, or {NO_LIMIT}"
    if name == "milvus_uri" and value and not _CLUSTER.match(value):
        return "it must be like http://127.0.0.1:19530/articles, with the name of a database behind the slash"
    if name in _CHOICES and value not in _CHOICES[name]:
        return f"it must be one of {', '.join(_CHOICES[name])}"
    return None
