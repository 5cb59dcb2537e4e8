"""The pages, and the headers that keep a browser from doing anything but show them."""

from flask import Blueprint, Response, render_template

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
        "frame-ancestors 'none'",
    )
)


@page.get("/")
def chat() -> str:
    return render_template("chat.html", examples=EXAMPLES, top_k=settings().top_k)


@page.get("/library")
def library() -> str:
    return render_template("articles.html", kinds=SUFFIXES, max_file_bytes=settings().max_file_bytes)


@page.after_app_request
def add_security_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
