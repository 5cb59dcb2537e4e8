"""The HTTP interface: one blueprint per concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from flask import current_app, request

if TYPE_CHECKING:
    from qa_service.config import Settings
    from qa_service.pipeline import Pipeline
    from qa_service.recent import Recent


def pipeline() -> Pipeline:
    """The pipeline of the application that serves the present request."""
    return cast("Pipeline", current_app.extensions["pipeline"])


def is_client_gone() -> Callable[[], bool]:
    """Tells, also after the present request has been answered in part, whether anyone waits for the rest."""
    return cast("Callable[[], bool]", request.environ.get("waitress.client_disconnected", lambda: False))


def recent() -> Recent:
    """The last replies of the application that serves the present request."""
    return cast("Recent", current_app.extensions["recent"])


def settings() -> Settings:
    """The settings of the application that serves the present request."""
    return cast("Settings", current_app.extensions["settings"])
