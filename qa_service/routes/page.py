"""The pages, and the headers that keep a browser from doing anything but show them."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request

from index.loaders.kinds import SUFFIXES
from qa_service.routes import settings

page = Blueprint("page", __name__)

EXAMPLES = (
    "who visited Sokha",
    "where was the James Webb telescope launched from",
    "why did the Ever Given run aground",
    "what is Human Acts about",
)

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
    return render_template("chat.html", examples=EXAMPLES, llm_model=settings().llm_model)


@page.get("/library")
def library() -> str:
    return render_template("articles.html", kinds=SUFFIXES, max_file_bytes=settings().max_file_bytes)


@page.get("/widget")
def widget() -> str:
    """The chat, to be framed by the sites that the settings name."""
    return render_template("widget.html", examples=EXAMPLES, llm_model=settings().llm_model, is_framed=True)


@page.get("/widget.js")
def widget_script() -> Response:
    """What another site includes. It knows where it may be, and says so elsewhere: a browser only blocks."""
    script = Path(str(current_app.static_folder), "widget.js").read_text(encoding="utf-8")
    allowed = json.dumps(settings().frame_origins)
    return Response(script.replace("__ALLOWED__", allowed, 1), content_type="text/javascript; charset=utf-8")


@page.after_app_request
def add_security_headers(response: Response) -> Response:
    may_frame = settings().frame_origins if request.endpoint == "page.widget" else ()
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY + (" ".join(may_frame) or "'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
