"""Access: who asks, what they may, and how often."""

from __future__ import annotations

import ipaddress
from math import ceil
from time import time
from typing import cast
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import Forbidden

from qa_service.config import NO_LIMIT
from qa_service.keys import Key, KeyStore
from qa_service.problems import problem
from qa_service.routes import openid, settings
from qa_service.routes.admission import QUESTIONS
from qa_service.routes.guard import SAFE

COOKIE = "qa_key"
GUESSES = parse("10/minute")
"""Wrong keys from one address; more and none is looked at for a while."""

_OPEN = {"health.health", "health.ready", "static", "sign_in.show", "sign_in.sign_in", "sign_in.sign_out",
         "openid.begin", "openid.end"}  # fmt: skip
"""For whoever looks after the service, and for signing in."""

_ASKING = {*QUESTIONS, "feedback.give_feedback"}
"""What changes no article, though it is posted."""


def init_app(app: Flask) -> None:
    app.extensions["keys"] = KeyStore(app.extensions["settings"].keys_file)
    app.extensions["rates"] = MovingWindowRateLimiter(MemoryStorage())
    app.before_request(_admit)
    app.context_processor(lambda: {"is_signed_in": present_key() is not None})
    app.after_request(_demand_https)


def present_key() -> Key | None:
    """The valid key that came with the present request, if one did."""
    return cast("Key | None", g.get("key"))


def owner(text: str) -> Key | None:
    """Whose key this is. Too many wrong ones from an address are 429."""
    address = str(request.remote_addr)
    if not _rates().test(GUESSES, "guesses", address):
        _refuse_for_now("Too many wrong keys came from this address", GUESSES, "guesses", address)
    keys = cast("KeyStore", current_app.extensions["keys"])
    found = keys.owner(text)
    if found is None:
        _rates().hit(GUESSES, "guesses", address)
    return found


def _admit() -> Response | None:
    if not settings().allow_anonymous and request.endpoint not in _OPEN:
        keys = cast("KeyStore", current_app.extensions["keys"])
        if not (keys.are_in_force() or openid.is_on()):
            _require_own_name()
        elif (refusal := _identify()) is not None:
            return refusal
        else:
            _require_role()
    _limit_rate()
    return None


def _require_own_name() -> None:
    """A page elsewhere can have its own name lead to this machine, and is no other site then (DNS rebinding).

    So where nobody is asked for a key, only the names that no such page can have are answered to.
    """
    if settings().trusted_proxies or _is_own_name(request.host):
        return
    raise Forbidden(
        f"Without keys this service is for its own machine (localhost, 127.0.0.1), not for {request.host}. "
        "Make a key; behind a reverse proxy, set trusted_proxies; or let everyone in with allow_anonymous."
    )


def _is_own_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    is_local = name == "localhost" or name.endswith(".localhost") or _is_loopback(name)
    return is_local or name == settings().host.lower()


def _identify() -> Response | None:
    given, is_cookie = _given()
    g.key = owner(given) if given else openid.person()
    if g.key is None:
        if request.blueprint == "page":
            here = request.full_path if request.query_string else request.path
            return cast("Response", redirect(f"/sign-in?next={quote(here)}"))
        return _unauthorised(bool(given))
    if is_cookie and request.method not in SAFE and not _says_where_from():
        raise Forbidden(
            "A browser that is signed in must say where its request comes from (Origin or Sec-Fetch-Site); "
            "programs send their key as 'Authorization: Bearer KEY'."
        )
    return None


def _given() -> tuple[str, bool]:
    """The key as it was sent, and whether a browser sent it of itself."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return text.strip(), False
    return request.cookies.get(COOKIE, ""), True


def _says_where_from() -> bool:
    """What is said was looked at by the guard."""
    return "Origin" in request.headers or "Sec-Fetch-Site" in request.headers


def _require_role() -> None:
    changes = request.method not in SAFE and request.endpoint not in _ASKING
    if changes and not g.key.may_write:
        raise Forbidden("This key may read. To change articles, use one made with: key create NAME --write")


def _unauthorised(is_wrong: bool) -> Response:
    said = "This key is not valid, or was revoked." if is_wrong else "A key is needed."
    response = problem(
        401, f"{said} Send it as 'Authorization: Bearer KEY', or sign in at /sign-in. "
        "Keys are made with: python -m qa_service key create NAME",
    )  # fmt: skip
    response.headers["WWW-Authenticate"] = 'Bearer realm="qa-service"'
    return response


def _limit_rate() -> None:
    """Of what takes work: questions and changes. This machine itself is only limited with a key."""
    rate, key = settings().rate_limit, present_key()
    if rate == NO_LIMIT or request.method in SAFE or request.endpoint in _OPEN:
        return
    if key is None and _is_loopback(request.remote_addr):
        return
    limit, who = parse(rate), key.key_id if key else str(request.remote_addr)
    if not _rates().hit(limit, who):
        _refuse_for_now(f"This is more than {limit.amount} requests in {_window(limit)}", limit, who)


def _refuse_for_now(why: str, limit: RateLimitItem, *who: str) -> None:
    seconds = max(1, ceil(_rates().get_window_stats(limit, *who).reset_time - time()))
    response = problem(429, f"{why}. Try again in {seconds} seconds.")
    response.retry_after = seconds
    abort(response)


def _window(limit: RateLimitItem) -> str:
    seconds = limit.get_expiry()
    return "a minute" if seconds == 60 else f"{seconds} seconds"


def _rates() -> MovingWindowRateLimiter:
    return cast("MovingWindowRateLimiter", current_app.extensions["rates"])


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _demand_https(response: Response) -> Response:
    """A browser that came over TLS once comes no other way for a year."""
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
