"""MCP guard: the MCP server over HTTP answers those who send a key, as the other interface does."""

from __future__ import annotations

from http import HTTPStatus

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_service.config import Settings
from qa_service.keys import KeyStore

GUESSES = parse("10/minute")
"""Wrong keys from one address; more and none is looked at for a while."""


class Guarded:
    """An ASGI application for those who send a key, where there are keys.

    A page of another site can't send one. Where none are asked for, the server listens on this machine alone,
    and the SDK refuses what another site's page sends there.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._keys = KeyStore(settings.keys_file)
        self._is_open = settings.allow_anonymous
        self._rates = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        if self._is_open or not self._keys.are_in_force():
            return None
        said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        scheme, _, key = said.partition(" ")
        address = (scope.get("client") or ("",))[0]
        if not self._rates.test(GUESSES, address):
            return _refused(429, "Too many wrong keys came from this address. Try again in a minute.")
        if scheme.lower() == "bearer" and self._keys.owner(key.strip()):
            return None
        if key:
            self._rates.hit(GUESSES, address)
        return _refused(
            401, "A key is needed: send it as 'Authorization: Bearer KEY'. "
            "Keys are made with: python -m qa_service key create NAME",
        )  # fmt: skip


def _refused(status: int, detail: str) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="qa-service"'} if status == 401 else {"Retry-After": "60"}
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, "application/problem+json")
