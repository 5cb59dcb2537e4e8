"""Body limits: how large a request may be, by what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from qa_service.config import Settings

FORM = "multipart/form-data"


@dataclass(frozen=True)
class BodyLimit:
    """The bytes that a body may have, and what to do beyond them."""

    most: int
    advice: str

    def refusal(self, size: int | None = None) -> str:
        has = f"has {size:,} bytes" if size else "is too large"
        return f"The request {has}; the limit is {self.most:,}. {self.advice}."


def body_limit(settings: Settings, path: str, mimetype: str) -> BodyLimit:
    """That of a request to ``path``."""
    if path == "/articles" and mimetype == FORM:
        advice = "Send fewer or smaller files, or have max_files and max_file_bytes raised"
        return BodyLimit(settings.max_upload_bytes, advice)
    if path == "/articles" or path.startswith("/articles/"):
        return BodyLimit(settings.max_file_bytes, "Send a shorter text, or have max_file_bytes raised")
    advice = "Ask a shorter question or send less history, or have max_body_bytes raised"
    return BodyLimit(settings.max_body_bytes, advice)
