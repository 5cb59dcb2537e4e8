"""POST /articles, PUT and DELETE /articles/{id}."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import Any

from flask import Response, request
from pydantic import Field, ValidationError

from index.errors import ArticleNotFound
from index.loaders.fields import article
from index.types import Article
from qa_service.body_limits import FORM
from qa_service.problems import invalid_request, responses
from qa_service.routes import addresses, pipeline, settings
from qa_service.routes.addresses import NewAddress
from qa_service.routes.articles import ArticleBody, ArticlePath, routes
from qa_service.routes.fields import Content, Date, FieldText, Id, StrictModel, Text
from qa_service.routes.outcomes import Outcomes, address, reported
from qa_service.routes.uploads import Uploads

__all__ = ["routes"]


_one_change = Lock()
"""From reading an article to storing it changed: another change in between would be undone."""


class Metadata(StrictModel):
    """What can be said of an article besides its text."""

    title: Text | None = None
    url: Text | None = None
    published: Date | None = None
    author: Text | None = None
    source: Text | None = None
    language: Text | None = None
    tags: list[Text] | None = None
    fields: dict[Text, FieldText] | None = Field(default=None, description="Whatever else is said of it")


class NewArticle(Metadata):
    """An article; where no id is given, one is made of its title and its URL or text."""

    text: Content
    id: Id | None = None


class ArticleChange(Metadata):
    """What is left out stays as it is, and null takes a field away."""

    text: Content = Field(default_factory=str)  # never used: what is not given is not looked at


class EditPath(ArticlePath):
    id: Id = Field(description="The article's id")


ADDED = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"anyOf": [NewArticle.model_json_schema(), NewAddress.model_json_schema()]},
            "examples": {
                "text": {
                    "summary": "An article",
                    "value": {
                        "text": "The ferry leaves at nine.",
                        "title": "Ferries",
                        "published": "2024-05-01",
                    },
                },
                "address": {
                    "summary": "The address of one, fetched now",
                    "value": {"url": "https://example.org/ferries"},
                },
            },
        },
        FORM: {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        },
    },
}


@routes.post(
    "/articles",
    responses={200: Outcomes, 201: Outcomes, **responses(400, 403, 413, 415, 422, 500, 502, 503, 507)},
    openapi_extensions={"requestBody": ADDED},
    summary="Add an article, what is at an address, or files of articles",
    description="201 if anything was added, 200 if not. A file that can't be read never stops the others. "
    "A url alone is fetched, and gives its one page or the articles of its file; beside a text it says where "
    "that is from.",
)
def add_articles() -> Response:
    if request.mimetype == FORM:
        uploads = Uploads(pipeline(), settings().max_file_bytes, settings().max_files)
        return reported(uploads.ingest([file for _, file in request.files.items(multi=True)]))
    said = request.get_json()
    try:
        if said.keys() == {"url"}:
            return addresses.ingest(pipeline(), NewAddress.model_validate(said).url)
        new = NewArticle.model_validate(said)
    except ValidationError as error:
        return invalid_request(error)
    return reported([(None, outcome) for outcome in pipeline().ingest([_article(new.model_dump())])])


@routes.put(
    "/articles/<article_id:id>",
    responses={200: ArticleBody, 201: ArticleBody, **responses(400, 403, 404, 413, 415, 422, 500, 503, 507)},
    summary="Change an article's text or what is said of it, or add it under this id",
)
def put_article(path: EditPath, body: ArticleChange) -> tuple[dict[str, Any], int, dict[str, str]]:
    given = {**body.model_dump(exclude_unset=True), "id": path.id}
    with _one_change:
        try:
            stored = pipeline().index.get(path.id)
        except ArticleNotFound:
            if "text" not in given:
                raise
            list(pipeline().ingest([_article(given)]))
            return _stored(path.id), 201, {"Location": address(path.id)}
        list(pipeline().ingest([_changed(stored, given)]))
        return _stored(path.id), 200, {}


@routes.delete(
    "/articles/<article_id:id>",
    responses={204: None, **responses(403, 404, 422, 500, 503, 507)},
    summary="Delete an article and all that was derived from it",
)
def delete_article(path: ArticlePath) -> Response:
    with _one_change:
        pipeline().index.delete(path.id)
    pipeline().save()  # erases it from the files
    return Response(status=204)


def _article(said: dict[str, Any]) -> Article:
    return replace(article(said["text"], said), fields=said.get("fields") or {})


def _changed(stored: Article, given: dict[str, Any]) -> Article:
    """What a request can't say of an article is kept for as long as its text is."""
    changed = _article({**ArticleBody.of(stored).model_dump(), **given})
    if changed.text != stored.text:
        return changed
    return replace(stored, **{field: getattr(changed, field) for field in Metadata.model_fields})


def _stored(article_id: str) -> dict[str, Any]:
    return ArticleBody.of(pipeline().index.get(article_id)).model_dump()
