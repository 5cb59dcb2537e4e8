"""Uploads: the files of a request, read as files on disk are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast

from flask import Response, abort
from werkzeug.datastructures import FileStorage

from index.loaders import Failure, anything, load_file
from index.loaders.kinds import is_supported, unsupported
from index.sync import Change
from qa_service.pipeline import Pipeline
from qa_service.problems import InvalidField, problem

_LONGEST_NAME = 200  # bytes; file systems take 255
one_at_a_time = Lock()


@dataclass(frozen=True)
class Refusal(Failure):
    """A file that is not even read, and the status that says so."""

    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY


class Uploads:
    """Takes files into the index of ``pipeline``, within limits."""

    def __init__(self, pipeline: Pipeline, max_file_bytes: int, max_files: int) -> None:
        self.pipeline = pipeline
        self.max_file_bytes = max_file_bytes
        self.max_files = max_files

    def ingest(self, files: Sequence[FileStorage]) -> Iterator[tuple[str, Change | Failure]]:
        """The name of each file with what became of it, or of each article in it."""
        named = [file for file in files if file.filename]
        self._check_number(len(named))
        for file in named:
            name = _plain_name(file.filename or "")
            for outcome in self._ingest_one(file, name):
                yield name, outcome

    def _check_number(self, number: int) -> None:
        if number == 0:
            abort(_invalid("Send at least one file, such as with: curl -F files=@article.md"))
        if number > self.max_files:
            abort(
                _invalid(
                    f"Send at most {self.max_files} files at once (max_files); these are {number}. "
                    "Send the others in another request."
                )
            )

    def _ingest_one(self, file: FileStorage, name: str) -> Iterator[Change | Failure]:
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        if not is_supported(Path(name)):
            yield Refusal(name, unsupported(Path(name)).reason, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif size > self.max_file_bytes:
            yield Refusal(
                name,
                f"has {size:,} bytes; a file may have {self.max_file_bytes:,} (max_file_bytes). "
                "Split it, or have the limit raised",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        else:
            path = _place(file, self.pipeline.settings.data_dir, name)
            with one_at_a_time:
                articles = load_file(path, cast("BinaryIO", file.stream))
                for outcome in self.pipeline.ingest(anything(articles, name)):
                    yield _renamed(outcome, path, name)


def _place(file: FileStorage, folder: Path, name: str) -> Path:
    """Where the upload would be: loaders make ids of paths, and nothing is written there.

    The path is made of the content: the same file sent again is the same article, and another file of the
    same name is another one and replaces nothing.
    """
    digest = hashlib.sha256()
    for block in iter(lambda: file.stream.read(2**20), b""):
        digest.update(block)
    file.stream.seek(0)
    return folder / f"upload-{digest.hexdigest()[:16]}" / name


def _plain_name(filename: str) -> str:
    """The last part of a name that may be a path of any system, fit to be a file's name here."""
    name = re.sub(r"[\x00-\x1f\x7f]", "_", re.split(r"[/\\]", filename)[-1])
    return name.encode("utf-8", "replace")[-_LONGEST_NAME:].decode("utf-8", "ignore")


def _renamed(outcome: Change | Failure, path: Path, name: str) -> Change | Failure:
    """Failures speak of the file by the name that it was sent with."""
    if isinstance(outcome, Change):
        return outcome
    return replace(
        outcome,
        location=outcome.location.replace(str(path), name),
        reason=outcome.reason.replace(str(path), name),
    )


def _invalid(message: str) -> Response:
    return problem(422, f"files: {message}", [InvalidField(field="files", message=message)])
