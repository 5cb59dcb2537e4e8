"""Doctor: whether the machine and the folder have what the service needs, and how to mend what they lack."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from index.errors import QAError
from qa_service.config import Settings
from qa_service.memory import available_memory

State: TypeAlias = Literal["well", "doubtful", "wrong"]

MEMORY_BYTES = 600_000_000
"""What serving takes over 100,000 passages (benchmarks/results/speed.json), with some room."""

DISK_BYTES = 500_000_000
"""Free space below which a large upload or a backup may fail."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and how to mend it."""

    subject: str
    state: State
    words: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """A finding for each thing that the service needs, as it is made."""
    for subject, look in (
        ("encoder", _encoder), ("reader", _reader), ("index", _index), ("disk", _disk), ("memory", _memory),
        ("port", _port), ("keys", _keys),
    ):  # fmt: skip
        yield _finding(subject, look, settings)


Look: TypeAlias = Callable[[Settings], "tuple[State, str, str]"]


def _finding(subject: str, look: Look, settings: Settings) -> Finding:
    try:
        return Finding(subject, *look(settings))
    except QAError as error:  # which says itself what to do
        return Finding(subject, "wrong", str(error))
    except OSError as error:
        return Finding(subject, "wrong", str(error), "Look at the rights and the state of the file system.")


def _encoder(settings: Settings) -> tuple[State, str, str]:
    from index.encoder import load_encoder
    from qa_service.pipeline import manifest

    encoder = load_encoder(settings.encoder)
    manifest(settings, encoder)
    return "well", f"{encoder.name} is loaded ({encoder.dimension} dimensions).", ""


def _reader(settings: Settings) -> tuple[State, str, str]:
    from qa_service.confidence import Confidence
    from qa_service.reader import SpanReader

    SpanReader.load()
    Confidence.load()
    return "well", "The reader and its confidence are loaded.", ""


def _index(settings: Settings) -> tuple[State, str, str]:
    from qa_service.indexes import open_index

    if settings.index == "embedded" and not (settings.index_folder / "articles.db").exists():
        mend = "Add articles with: python -m qa_service ingest PATH"
        return "doubtful", f"There is no index in {settings.index_folder}.", mend
    with closing(open_index(settings)) as index:
        if index.manifest.encoder != settings.encoder:
            mend = "Set the encoder back, or encode all articles anew with: python -m qa_service reindex"
            return (
                "wrong",
                f"It was made with the encoder {index.manifest.encoder}, not {settings.encoder}.",
                mend,
            )
        if problems := index.verify():
            mend = "Restore a backup with: python -m qa_service restore FILE"
            if settings.index == "milvus":
                mend = "Delete and ingest anew the articles that python -m qa_service verify names."
            return "wrong", f"It is not sound ({len(problems)} problems): {problems[0]}", mend
        status = index.status()
        return "well", f"Sound: {status.articles} articles, {status.chunks} chunks.", ""


def _disk(settings: Settings) -> tuple[State, str, str]:
    folder = _existing(settings.data_dir)
    if not os.access(folder, os.W_OK):
        return (
            "wrong",
            f"{folder} can't be written to.",
            "Give the user of the service the right, or set data_dir.",
        )
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:.1f} GB are free in {folder}."
    needed = DISK_BYTES + _bytes_in(settings.index_folder)
    if free < needed:
        mend = (
            f"Compacting and backups need {needed / 1e9:.1f} GB: free some, or set data_dir to a larger disk."
        )
        return "doubtful", words, mend
    return "well", words, ""


def _memory(settings: Settings) -> tuple[State, str, str]:
    available = available_memory()
    if available is None:
        return (
            "doubtful",
            "This system does not say how much is free.",
            f"{MEMORY_BYTES / 1e9} GB are needed.",
        )
    words = f"{available / 1e9:.1f} GB are free."
    if available < MEMORY_BYTES:
        return (
            "doubtful",
            words,
            f"Serving needs about {MEMORY_BYTES / 1e9} GB: end other programs, or add some.",
        )
    return "well", words, ""


def _port(settings: Settings) -> tuple[State, str, str]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family) as server:
            return "well", f"{settings.host}:{server.getsockname()[1]} is free.", ""
    except OSError as error:
        mend = "If it is not this service that has it, choose another: PORT=8001, or port = 8001 in qa.toml."
        return "doubtful", f"Can't listen on {settings.host}:{settings.port} ({error.strerror}).", mend


def _keys(settings: Settings) -> tuple[State, str, str]:
    from qa_service.keys import KeyStore
    from qa_service.server import is_loopback

    keys = [key for key in KeyStore(settings.keys_file).list() if not key.revoked]
    if settings.allow_anonymous and not is_loopback(settings.host):
        return "doubtful", f"Whoever reaches {settings.host} may change all.", "Take allow_anonymous away."
    if keys or settings.openid_issuer or is_loopback(settings.host):
        return "well", f"{len(keys)} keys; without any, this machine alone is served.", ""
    mend = "Make one with: python -m qa_service key create NAME --write"
    return "wrong", f"{settings.host} can be reached from other machines, and there is no key.", mend


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.absolute().parent)


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*") if path.is_file())
