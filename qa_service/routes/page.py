"""The pages, and the headers that keep a browser from doing anything but show them."""

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from index.errors import QAError
from index.loaders.kinds import SUFFIXES
from qa_service.routes import pipeline, settings

page = Blueprint("page", __name__)

EXAMPLES = {
    "who visited Sokha": "kem-sokha-ambassadors",
    "where was the James Webb telescope launched from": "webb-telescope-launch",
    "why did the Ever Given run aground": "ever-given-suez",
    "what is Human Acts about": "han-kang-nobel",
}
"""Questions, each with the sample article that answers it."""

# Every script and style is a file of ours, so an article can never run or fetch anything,
# even if a mistake in the page put its text into the document as markup.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors ",
    )
)


@page.get("/")
def chat() -> str:
    return render_template("chat.html", **_chat())


@page.get("/library")
def library() -> str:
    return render_template("articles.html", kinds=SUFFIXES, max_file_bytes=settings().max_file_bytes)


@page.get("/widget")
def widget() -> str:
    """The chat, to be framed by the sites that the settings name."""
    return render_template("widget.html", **_chat(), is_framed=True)


@page.get("/widget.js")
def widget_script() -> Response:
    """What another site includes. It knows where it may be, and says so elsewhere: a browser only blocks."""
    script = Path(str(current_app.static_folder), "widget.js").read_text(encoding="utf-8")
    allowed = json.dumps(settings().frame_origins)
    return Response(script.replace("__ALLOWED__", allowed, 1), content_type="text/javascript; charset=utf-8")


def _chat() -> dict[str, Any]:
    """What the templates of the chat are filled with."""
    now = settings()
    limits = {"max_passages": now.max_passages, "max_question_chars": now.max_question_chars}
    return {"examples": _examples(), "llm_model": now.llm_model, "top_k": now.top_k, **limits}


def _examples() -> list[str]:
    """The questions that the articles answer: without the sample articles they would only be refused."""
    return [question for question, article_id in EXAMPLES.items() if _has(article_id)]


def _has(article_id: str) -> bool:
    try:
        return bool(pipeline().index.get(article_id))
    except QAError:  # also where the index can't be reached: the page says so itself
        return False


@page.after_app_request
def add_security_headers(response: Response) -> Response:
    may_frame = settings().frame_origins if request.endpoint == "page.widget" else ()
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY + (" ".join(may_frame) or "'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
