"""GET /articles and GET /articles/{id}."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.routing import PathConverter

from index.types import Article
from qa_service.problems import responses
from qa_service.routes import pipeline

routes = APIBlueprint("articles", __name__, abp_tags=[Tag(name="articles")])


class ArticleId(PathConverter):
    """All of the rest of the path: an id may hold slashes, and begin with one."""

    regex = ".+"
    part_isolating = False


class ArticleSummary(BaseModel):
    """What is known of an article, without its text."""

    id: str
    title: str
    url: str | None
    published: str | None
    author: str | None
    source: str | None
    language: str | None
    tags: list[str]
    content_hash: str


class ArticleBody(ArticleSummary):
    """An article with its text, to which all offsets refer."""

    text: str


class ArticleList(BaseModel):
    """A page of articles, the newest first, and how many there are in all."""

    total: int
    articles: list[ArticleSummary]


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=2**31)


class ArticlePath(BaseModel):
    id: str = Field(description="The article's id")


@routes.get(
    "/articles", responses={200: ArticleList, **responses(422, 500, 503)}, summary="List the articles"
)
def list_articles(query: ListQuery) -> dict[str, Any]:
    index = pipeline().index
    return {
        "total": index.status().articles,
        "articles": [_summary(article) for article in index.list(query.limit, query.offset)],
    }


@routes.get(
    "/articles/<article_id:id>",
    responses={200: ArticleBody, **responses(404, 422, 500, 503)},
    summary="One article with its text",
)
def get_article(path: ArticlePath) -> dict[str, Any]:
    article = pipeline().index.get(path.id)
    return {**_summary(article), "text": article.text}


def _summary(article: Article) -> dict[str, Any]:
    return ArticleSummary(
        id=article.article_id, title=article.title, url=article.url, published=article.published,
        author=article.author, source=article.source, language=article.language,
        tags=list(article.tags), content_hash=article.content_hash,
    ).model_dump()  # fmt: skip
