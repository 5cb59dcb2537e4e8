"""GET /articles, GET /articles/{id}, its chunks, and GET /facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field
from werkzeug.routing import PathConverter

from index.article_index import Sort
from index.errors import ArticleNotFound
from index.types import Article, Filters, clean_text
from qa_service.problems import responses
from qa_service.routes import pipeline, settings
from qa_service.routes.fields import FieldPair, MetadataFilters, Text

MOST_FACET_VALUES = 200

# Those of editing.py too: OpenAPI describes all methods of an address in one place.
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
    fields: dict[str, str]
    content_hash: str

    @classmethod
    def of(cls, article: Article) -> ArticleSummary:
        return cls(**_known(article))


class ArticleBody(ArticleSummary):
    """An article with its text, to which all offsets refer."""

    text: str

    @classmethod
    def of(cls, article: Article) -> ArticleBody:
        return cls(**_known(article), text=article.text)


class ArticleList(BaseModel):
    """A page of articles, and how many there are in all."""

    total: int
    articles: list[ArticleSummary]


def _short_enough(limit: int) -> int:
    if limit > settings().max_list:
        raise ValueError(f"Ask for at most {settings().max_list:,} articles, and for the others with offset.")
    return limit


class ListQuery(MetadataFilters):
    limit: Annotated[int, AfterValidator(_short_enough)] = Field(default=50, ge=1)
    offset: int = Field(default=0, ge=0, le=2**31)
    search: Text = Field(
        default="", max_length=200, description="Words, or beginnings of words, that title and text all hold"
    )
    field: list[FieldPair] = Field(
        default=[], description="NAME=VALUE, such as section=Asia; may be repeated"
    )
    sort: Sort = Field(
        default="-published", description="A minus puts the last first; to change an article is to add it"
    )

    def filters(self) -> Filters:
        return replace(super().filters(), fields=dict(pair.split("=", 1) for pair in self.field))


class ChunkBody(BaseModel):
    """One passage as it is searched: ``text[start:end]`` of the article."""

    start: int
    end: int
    text: str


class ChunkList(BaseModel):
    """The passages of an article in the order of its text; neighbours may share a sentence."""

    id: str
    content_hash: str
    chunks: list[ChunkBody]


class Facet(BaseModel):
    """A value, and how many articles have it."""

    value: str
    articles: int


class FacetsBody(BaseModel):
    """What the articles can be filtered by, the most frequent values first."""

    sources: list[Facet]
    authors: list[Facet]
    languages: list[Facet]
    tags: list[Facet]
    fields: list[Facet] = Field(description="Whatever else is said, as NAME=VALUE")


class ArticlePath(BaseModel):
    id: Annotated[str, AfterValidator(clean_text)] = Field(description="The article's id")


@routes.get(
    "/articles",
    responses={200: ArticleList, **responses(422, 500, 503)},
    summary="List, search, filter and sort the articles",
)
def list_articles(query: ListQuery) -> dict[str, Any]:
    index, filters = pipeline().index, query.filters()
    found = index.list(min(query.limit, settings().max_list), query.offset, filters, query.search, query.sort)
    return {
        "total": index.count(filters, query.search),
        "articles": [ArticleSummary.of(article).model_dump() for article in found],
    }


@routes.get(
    "/articles/<article_id:id>",
    responses={200: ArticleBody, **responses(404, 422, 500, 503)},
    summary="One article with its text",
)
def get_article(path: ArticlePath) -> dict[str, Any]:
    return ArticleBody.of(pipeline().index.get(path.id)).model_dump()


@routes.get(
    "/articles/<article_id:id>/chunks",
    responses={200: ChunkList, **responses(404, 422, 500, 503)},
    summary="The passages that an article was cut into",
)
def list_chunks(path: ArticlePath) -> dict[str, Any]:
    index = pipeline().index
    try:  # an id may end like this address, and then means the article of that id
        return ArticleBody.of(index.get(f"{path.id}/chunks")).model_dump()
    except ArticleNotFound:
        article = index.get(path.id)
    chunks = [
        ChunkBody(start=chunk.start, end=chunk.end, text=article.text[chunk.start : chunk.end])
        for chunk in index.chunks(path.id)
    ]
    return ChunkList(id=path.id, content_hash=article.content_hash, chunks=chunks).model_dump()


@routes.get(
    "/facets",
    responses={200: FacetsBody, **responses(422, 500, 503)},
    summary="The sources, authors, languages, tags and other values that articles can be filtered by",
)
def list_facets() -> dict[str, Any]:
    facets = pipeline().index.facets(MOST_FACET_VALUES)
    return FacetsBody(
        sources=_facets(facets.sources),
        authors=_facets(facets.authors),
        languages=_facets(facets.languages),
        tags=_facets(facets.tags),
        fields=_facets(facets.fields),
    ).model_dump()


def _facets(values: Sequence[tuple[str, int]]) -> list[Facet]:
    return [Facet(value=value, articles=articles) for value, articles in values]


def _known(article: Article) -> dict[str, Any]:
    return {
        "id": article.article_id, "title": article.title, "url": article.url,
        "published": article.published, "author": article.author, "source": article.source,
        "language": article.language, "tags": list(article.tags),
        "fields": dict(article.fields), "content_hash": article.content_hash,
    }  # fmt: skip
