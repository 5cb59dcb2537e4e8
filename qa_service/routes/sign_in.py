"""Signing in on the page: the key goes into a cookie that no script can read."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, session

from qa_service.routes import openid
from qa_service.routes.access import COOKIE, owner
from qa_service.routes.paths import own_path

WRONG = "This key is not valid, or was revoked."
SECONDS = 30 * 24 * 3600

routes = Blueprint("sign_in", __name__)


def init_app(app: Flask) -> None:
    """Before the pages, whose headers are the rule and this the exception."""
    app.after_request(_let_forms_be_sent_here)
    app.context_processor(lambda: {"has_openid": openid.is_on()})


@routes.get("/sign-in")
def show() -> str:
    key = owner(request.cookies[COOKIE]) if COOKIE in request.cookies else openid.person()
    return render_template("sign-in.html", key=key, next=own_path(request.args.get("next")))


@routes.post("/sign-in")
def sign_in() -> Response:
    text, target = request.form.get("key", "").strip(), own_path(request.form.get("next"))
    if owner(text) is None:
        page = render_template("sign-in.html", key=None, next=target, wrong=WRONG)
        return make_response(page, 403)
    response = cast("Response", redirect(target, 303))
    response.set_cookie(
        COOKIE, text, max_age=SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


@routes.post("/sign-out")
def sign_out() -> Response:
    response = cast("Response", redirect("/sign-in", 303))
    if openid.is_on():
        session.clear()
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _let_forms_be_sent_here(response: Response) -> Response:
    """And let them say where they come from, which the guard wants to know."""
    if request.blueprint in (routes.name, openid.routes.name):
        policy = response.headers.get("Content-Security-Policy", "")
        response.headers["Content-Security-Policy"] = policy.replace(
            "form-action 'none'", "form-action 'self'"
        )
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
    return response
