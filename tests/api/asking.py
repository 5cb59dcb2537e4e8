"""What is sent to the HTTP interface, and what comes back."""

from typing import Any, TypeAlias, cast

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.types import Article

Json: TypeAlias = dict[str, Any]

EMOJI = Article(
    "emoji",
    "👩‍🚀 Ana q̃ floated home 🎉. Café owners in Đà Nẵng cheered. 𝔗he crowd 👏🏽 stayed.",
    "Ana 🚀 returns",
    url="https://news.example/ana?id=1",
)
CITATION = {
    **{"id": int, "article_id": str, "content_hash": str, "title": str},
    **{"start": int, "end": int, "quote": str},
    **{"passage_start": int, "passage_end": int, "passage": str},
}
"""The fields of a citation that are never null, with their types."""

VISITED = "who visited Kem Sokha"


def ask(client: FlaskClient, question: str, **more: object) -> Json:
    return successful(client.post("/ask", json={"question": question, **more}))


def get(client: FlaskClient, url: str) -> Json:
    return successful(client.get(url))


def successful(response: TestResponse) -> Json:
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    return cast("Json", response.json)


def cited(reply: Json) -> set[str]:
    return {citation["article_id"] for citation in reply["citations"]}
