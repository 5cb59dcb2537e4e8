"""OpenID Connect: signing in to the pages with an account that somebody else looks after.

What is known of a person stands in a signed cookie; what they may is looked up anew at each request.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface

from index.errors import ConfigError
from qa_service.keys import Key, Role
from qa_service.routes import settings
from qa_service.routes.paths import own_path

if TYPE_CHECKING:
    from authlib.integrations.flask_client import FlaskOAuth2App

    from qa_service.config import Settings

HOURS = 12
"""After so many one signs in again, and the provider says whether that is still possible."""

SECONDS = 10
"""The provider has so many for an answer."""

logger = logging.getLogger(__name__)
routes = Blueprint("openid", __name__)


def init_app(app: Flask) -> None:
    """Register the provider. Raises ConfigError if the library is not installed."""
    wanted: Settings = app.extensions["settings"]
    if not wanted.openid_issuer:
        return
    try:
        from authlib.integrations.flask_client import OAuth
    except ImportError as error:
        raise ConfigError(
            f"openid_issuer needs what is not installed ({error}): pip install '.[oidc]'"
        ) from error
    app.secret_key = hmac.digest(
        wanted.openid_client_secret.encode(), b"qa-service sessions", hashlib.sha256
    )  # all processes have the same, and a new secret signs everybody out
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="qa_session", SESSION_COOKIE_SAMESITE="Lax", SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=HOURS),
    )  # fmt: skip
    app.extensions["openid"] = OAuth(app).register(
        "openid",
        server_metadata_url=f"{wanted.openid_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=wanted.openid_client_id,
        client_secret=wanted.openid_client_secret,
        client_kwargs={
            "scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": SECONDS,
        },
    )  # fmt: skip
    app.register_blueprint(routes)


def is_on() -> bool:
    return "openid" in current_app.extensions


def person() -> Key | None:
    """Who is signed in through the provider, as a key that may do what they may; None where nobody is."""
    if not is_on() or "person" not in session:
        return None
    known: dict[str, str] = session["person"]
    role = role_of(known["email"], settings())
    return Key(f"openid-{known['sub']}", known["name"], role, "", None, None) if role else None


def role_of(email: str, wanted: Settings) -> Role | None:
    """What a person of this address may; the address is "" where the provider does not vouch for it."""
    if _is_among(email, wanted.openid_writers):
        return "write"
    return "read" if _is_among(email, wanted.openid_readers) else None


def _is_among(email: str, named: str) -> bool:
    _, _, domain = email.rpartition("@")
    return any(
        name == "*" or (bool(email) and name.lower() in (email.lower(), f"@{domain.lower()}"))
        for name in named.split()
    )


@routes.get("/sign-in/openid")
def begin() -> Response:
    """To the provider, which sends the browser back to ``end``."""
    session["next"] = own_path(request.args.get("next"))
    try:
        return cast("Response", _provider().authorize_redirect(url_for("openid.end", _external=True)))
    except Exception as error:  # of the network, of HTTP, of JSON: the library gives them as they come
        return _failed("The provider of accounts does not answer. Try again later.", 502, error)


@routes.get("/sign-in/openid/end")
def end() -> Response:
    """Back from the provider, with what proves who it is."""
    issuer = settings().openid_issuer
    target = own_path(session.get("next"))
    try:
        token = _provider().authorize_access_token(
            claims_options={"iss": {"essential": True, "value": issuer}}
        )
        claims: dict[str, Any] = token["userinfo"]
    except Exception as error:
        return _failed("Signing in did not work. Try again from here.", 403, error)
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    session.clear()
    if role_of(email, settings()) is None:
        return _failed(
            "This account may not read these articles. Whoever runs this service can say who may.", 403
        )
    session.permanent = True
    name = email or str(claims.get("name") or claims["sub"])
    session["person"] = {"sub": str(claims["sub"]), "email": email, "name": name}
    return cast("Response", redirect(target, 303))


def _failed(words: str, status: int, error: Exception | None = None) -> Response:
    if error:
        logger.warning("signing in through OpenID Connect failed: %s: %s", type(error).__name__, error)
    page = render_template("sign-in.html", key=None, next="/", notice=words)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _provider() -> FlaskOAuth2App:
    return cast("FlaskOAuth2App", current_app.extensions["openid"])


class _Sessions(SecureCookieSessionInterface):
    """Whose cookie comes back over TLS alone where it was given over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure
