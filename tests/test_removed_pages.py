"""Questions about pages that a site has taken down: answered before, refused after; with the real models."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias, cast

import pytest
from flask.testing import FlaskClient

from index.follow import Run
from index.registry import Registry, Source
from index.sources import reading
from index.sources.fetch import Fetcher, Limits
from index.sources.guard import GuardedBackend, any_address
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from tests.web import Web, page

Json: TypeAlias = dict[str, Any]

STORIES = {
    "/lighthouse": page(
        "The lighthouse of Cape Orlo",
        "The lighthouse of Cape Orlo was designed by Ines Valdek.",
        "Its lamp is seen by ships far out at sea.",
    ),
    "/eruption": page(
        "Mount Kerra erupts",
        "The eruption of Mount Kerra destroyed the town of Sellin.",
        "Ash fell on the fields for many days.",
    ),
    "/bread": page("Baking bread", "Good bread needs flour, water, salt and a little patience."),
    "/tea": page("A cup of tea", "Green tea is brewed with water that does not boil any more."),
    "/soup": page("Onion soup", "Onions are fried slowly in butter before the broth is poured over them."),
    "/knots": page("Tying knots", "A bowline makes a loop that does not slip and is easily untied."),
}
REMOVED = {
    "/lighthouse": ("who designed the lighthouse of Cape Orlo", "Ines Valdek"),
    "/eruption": ("which town did the eruption of Mount Kerra destroy", "Sellin"),
}
KEPT = ("what does good bread need", "flour")


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    pipeline = Pipeline.open(Settings(data_dir=tmp_path))
    yield pipeline
    pipeline.index.close()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"/": page("Front", "All that is here.", links=tuple(STORIES)), **STORIES}) as web:
        yield web


def sync(pipeline: Pipeline, web: Web) -> dict[str, int]:
    """Bring the index in step with the site, and say how many articles came, stayed and went."""
    fetcher = Fetcher("test-reader/1.0", GuardedBackend(any_address), Limits(delay=0, attempts=1))
    counts: dict[str, int] = {}
    with closing(Registry.open(pipeline.settings.index_folder)) as registry, closing(fetcher):
        if not registry.all():
            registry.add(Source("site", "site", web.url("/")))
        read = reading(registry.get("site"), fetcher)
        for outcome in pipeline.follow(registry, "site", read, Run(Event())):
            kind = getattr(outcome, "kind", "failed")
            counts[kind] = counts.get(kind, 0) + 1
    pipeline.save()
    return counts


def ask(client: FlaskClient, question: str) -> Json:
    response = client.post("/ask", json={"question": question})
    assert response.status_code == 200, response.text
    return cast("Json", response.json)


def test_what_was_answered_from_a_removed_page_is_refused(pipeline: Pipeline, web: Web) -> None:
    client = create_app(pipeline.settings, pipeline).test_client()
    assert sync(pipeline, web) == {"added": len(STORIES) + 1}
    for path, (question, answer) in REMOVED.items():
        reply = ask(client, question)
        assert reply["answerable"]
        assert answer in reply["answer"]
        assert reply["citations"][0]["url"] == web.url(path)

    for path in REMOVED:
        del web.pages[path]
    assert sync(pipeline, web) == {"gone": len(REMOVED), "unchanged": len(STORIES) + 1 - len(REMOVED)}

    for path, (question, answer) in REMOVED.items():
        reply = ask(client, question)
        assert (reply["answerable"], reply["answer"], reply["answers"]) == (False, None, [])
        assert web.url(path) not in {citation["url"] for citation in reply["citations"]}
        assert answer not in str(reply["citations"])
    question, answer = KEPT
    assert answer in ask(client, question)["answer"]
    assert not pipeline.index.verify()
