"""The HTTP interface: one blueprint per concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from qa_service.config import Settings
    from qa_service.pipeline import Pipeline


def pipeline() -> Pipeline:
    """The pipeline of the application that serves the present request."""
    return cast("Pipeline", current_app.extensions["pipeline"])


def settings() -> Settings:
    """The settings of the application that serves the present request."""
    return cast("Settings", current_app.extensions["settings"])
