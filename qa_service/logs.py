"""Logs: one line an event, for people or for programs, with the id of the request that it belongs to."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from typing import TYPE_CHECKING

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

if TYPE_CHECKING:
    from structlog.typing import Processor

    from qa_service.config import Settings

REQUEST_ID = "X-Request-Id"
"""The header with the id of a request."""

OURS = ("qa_service", "index")

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def configure(settings: Settings) -> None:
    """Write what we log to stderr as the settings say, and of libraries what is a warning."""
    is_json = settings.log_format == "json"
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        *(_for_programs() if is_json else _for_people()),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=last))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())


def begin_request(given: str | None = None) -> str:
    """The id that all lines of this thread bear from now on: ``given`` if it is well-formed, or a new one."""
    clear_contextvars()
    request_id = given if given and _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    bind_contextvars(request_id=request_id)
    return request_id


def request_id() -> str | None:
    """That of the request that this thread is at."""
    found = get_contextvars().get("request_id")
    return str(found) if found else None


def _for_programs() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _for_people() -> list[Processor]:
    # Plain tracebacks: those of rich show the values of variables, and so questions and keys.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
