"""Channel: a connection of waitress whose limits are ours, and whose own errors are problem details.

Waitress takes in a whole body before the application sees anything of it. So what is too large for its
address is refused here, by its header, and not first written to disk.
"""

from __future__ import annotations

import copy
import json
import logging
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask
from waitress.utilities import RequestEntityTooLarge

from qa_service.body_limits import BodyLimit, body_limit
from qa_service.config import Settings
from qa_service.logs import REQUEST_ID, begin_request
from qa_service.problems import MEDIA_TYPE, details

logger = logging.getLogger("qa_service.requests")


class ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The answer to a request that the application never gets."""

    def execute(self) -> None:
        error = self.request.error
        request_id = begin_request()
        is_large = isinstance(error, RequestEntityTooLarge)
        detail = error.body if is_large else f"The request can't be understood: {error.body}."
        body = json.dumps(details(error.code, detail)).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([("Content-Type", MEDIA_TYPE), (REQUEST_ID, request_id)])
        self.set_close_on_finish()
        self.content_length = len(body)
        logger.info("request", extra={"path": self.request.path or None, "status": error.code})
        self.write(body)


def channel_class(settings: Settings) -> type[HTTPChannel]:
    """The class of the connections of a server with these settings."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        path = ""  # waitress logs it, of requests that it could not parse too

        def parse_header(self, header_plus: bytes) -> None:
            try:
                super().parse_header(header_plus)
            except ValueError as error:  # an address that is none, which waitress does not expect
                raise ParsingError(str(error)) from error
            self._require_one_length()
            self.adj: Any = copy.copy(self.adj)
            self.adj.max_request_body_size = self._limit().most + 1  # waitress refuses from here on

        def received(self, data: bytes) -> int:
            consumed: int = super().received(data)
            if isinstance(self.error, RequestEntityTooLarge):
                self.error.body = self._limit().refusal(self.content_length)
            return consumed

        def _require_one_length(self) -> None:
            """Waitress would go by the chunks, and a proxy in front by the length, or the other way round."""
            if self.chunked and "CONTENT_LENGTH" in self.headers:
                raise ParsingError("it has both Content-Length and Transfer-Encoding")
            if "TRANSFER_ENCODING" in self.headers:  # which waitress leaves where it takes no notice of it
                raise ParsingError("Transfer-Encoding belongs to HTTP/1.1")

        def _limit(self) -> BodyLimit:
            mimetype = self.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
            return body_limit(settings, self.path, mimetype)

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser
        error_task_class = ProblemTask

    return Channel
