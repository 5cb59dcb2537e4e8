"""Whatever happens to an index, in whatever order, it holds what a plain dictionary would hold."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from index.encoder import HashingEncoder
from index.errors import ArticleNotFound
from index.local import LocalIndex
from index.milvus import MilvusIndex
from index.sync import Change, ingest, reindex
from index.types import Article
from tests.conftest import SIZE, AnyIndex, manifest
from tests.milvus_server import Milvus
from tests.mortal_cluster import Killed, MortalCluster

ENCODER = HashingEncoder()

# Few words and few ids, so that copies, near-duplicates and replacements come often.
words = st.sampled_from(["amber", "birch", "cedar", "delta", "ember", "fjord"])
texts = st.one_of(
    st.lists(words, min_size=1, max_size=6).map(" ".join),
    st.sampled_from(range(12)).map(lambda cut: " ".join(f"long{n}" for n in range(24 - cut)) + "."),
)
articles = st.builds(
    Article,
    article_id=st.sampled_from([f"id-{number}" for number in range(8)]),
    text=texts,
    title=st.sampled_from(["", "Amber", "Birch"]),
    published=st.sampled_from([None, "2019", "2020-02"]),
    language=st.sampled_from([None, "en"]),
    tags=st.sampled_from([(), ("x", "y")]),
    fields=st.sampled_from([{}, {"section": "Asia"}]),
)


class Crash(Exception):
    """Ends a transaction from outside."""


class IndexModel(RuleBasedStateMachine):
    """What every index must bear; ``index`` is the one at hand, ``stored`` what it must hold."""

    index: AnyIndex

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[str, Article] = {}
        self.opened: list[AnyIndex] = []

    def teardown(self) -> None:
        for index in self.opened:
            index.close()

    @rule(some=st.lists(articles, max_size=4))
    def add_or_change(self, some: list[Article]) -> None:
        list(ingest(self.index, ENCODER, SIZE, some))
        self.stored |= {article.article_id: article for article in some}

    @precondition(lambda self: self.stored)
    @rule(data=st.data(), article_id=st.sampled_from(["id-8", "id-9"]))
    def add_a_copy(self, data: st.DataObject, article_id: str) -> None:
        copied = self.stored[data.draw(st.sampled_from(sorted(self.stored)))]
        self.add_or_change([replace(copied, article_id=article_id)])

    @rule(article_id=st.sampled_from([f"id-{number}" for number in range(10)]))
    def delete(self, article_id: str) -> None:
        try:
            self.index.delete(article_id)
        except ArticleNotFound:
            assert article_id not in self.stored
        else:
            del self.stored[article_id]

    @rule()
    def save(self) -> None:
        self.index.save()

    @invariant()
    def holds_what_the_dictionary_holds(self) -> None:
        assert {each.article_id: each for each in self.index.list(1000)} == self.stored
        assert all(self.index.get(article_id) == each for article_id, each in self.stored.items())
        assert not self.index.verify()

    @invariant()
    def finds_every_article_and_nothing_else(self) -> None:
        status = self.index.status()
        assert status.articles == len(self.stored)
        found = self.index.passages(
            [chunk for chunk, _ in self.index.search_dense(ENCODER.encode(["amber"])[0], 999)]
        )
        self.found = len(found)
        ids = {p.article.article_id for p in found.values()}
        ids |= {copy.article_id for passage in found.values() for copy in passage.copies}
        assert ids == set(self.stored)
        with_amber = {
            a.article_id for a in self.stored.values() if "amber" in f"{a.title} {a.text}".lower().split()
        }
        lexical = self.index.passages([chunk for chunk, _ in self.index.search_lexical("amber", 999)])
        assert {passage.article.article_id for passage in lexical.values()} <= with_amber
        assert bool(lexical) == bool(with_amber)


class EmbeddedModel(IndexModel):
    index: LocalIndex

    def __init__(self) -> None:
        super().__init__()
        self.folders = Path(tempfile.mkdtemp())
        self.copies = 0
        self.open(self.folders / "index")

    def open(self, folder: Path) -> None:
        self.index = LocalIndex.open(folder, manifest(ENCODER))
        self.opened.append(self.index)

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folders)

    @invariant()
    def has_the_chunks_of_its_articles_alone(self) -> None:
        assert self.index.status().chunks == self.found

    @rule()
    def compact(self) -> None:
        self.index.compact()

    @rule()
    def encode_anew(self) -> None:
        list(reindex(self.index, ENCODER, SIZE, self.index.manifest))

    @rule(closed=st.booleans())
    def go_on_as_another_process(self, closed: bool) -> None:
        if closed:
            self.index.close()
        self.open(self.index.folder)

    @rule(some=st.lists(articles, min_size=1, max_size=3))
    def crash_while_adding(self, some: list[Article]) -> None:
        first = next(ingest(self.index, ENCODER, SIZE, some))
        assert isinstance(first, Change)
        self.open(self.left_by_a_crash())
        there = {each.article_id: each for each in self.index.all()}
        reported = next(each for each in some if each.article_id == first.article_id)
        assert there[first.article_id] == reported
        # What was committed with it is in too.
        self.stored |= {each.article_id: each for each in some if there.get(each.article_id) == each}

    @rule(some=st.lists(articles, min_size=1, max_size=3))
    def crash_within_a_transaction(self, some: list[Article]) -> None:
        with suppress(Crash), self.index.rebuilding(self.index.manifest):
            list(ingest(self.index, ENCODER, SIZE, some))
            folder = self.left_by_a_crash()
            raise Crash
        self.open(folder)

    def left_by_a_crash(self) -> Path:
        """A copy of the files as they are at this instant, in the middle of whatever goes on."""
        self.copies += 1
        return Path(shutil.copytree(self.index.folder, self.folders / f"copy-{self.copies}"))


class MilvusModel(IndexModel):
    index: MilvusIndex

    def __init__(self, database: Milvus) -> None:
        super().__init__()
        self.database = database.emptied()
        self.go_on_as_another_process()

    @rule()
    def go_on_as_another_process(self) -> None:
        self.index = self.database.open(manifest(ENCODER))
        self.opened.append(self.index)

    @rule()
    def remove_what_crashes_left(self) -> None:
        self.index.compact(left_after=0)
        assert self.index.status().chunks == self.found

    @rule(article=articles, writes=st.integers(0, 5))
    def be_killed_while_adding(self, article: Article, writes: int) -> None:
        with suppress(Killed):
            list(ingest(self.mortal(writes), ENCODER, SIZE, [article]))
        self.require_one_of(article.article_id, article)

    @precondition(lambda self: self.stored)
    @rule(data=st.data(), writes=st.integers(0, 2))
    def be_killed_while_deleting(self, data: st.DataObject, writes: int) -> None:
        article_id = data.draw(st.sampled_from(sorted(self.stored)))
        with suppress(Killed):
            self.mortal(writes).delete(article_id)
        self.require_one_of(article_id, None)

    def mortal(self, writes: int) -> MilvusIndex:
        index = MortalCluster.index(self.database.uri, self.index.manifest, writes)
        self.opened.append(index)
        return index

    def require_one_of(self, article_id: str, new: Article | None) -> None:
        """It is as it was before, or as it was to become, and nothing between."""
        stored = {each.article_id: each for each in self.index.all()}.get(article_id)
        assert stored in (self.stored.get(article_id), new)
        self.stored.pop(article_id, None)
        if stored:
            self.stored[article_id] = stored


TestEmbeddedModel = EmbeddedModel.TestCase
TestEmbeddedModel.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_same_on_milvus(milvus: Milvus) -> None:
    few = settings(
        max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(partial(MilvusModel, milvus), settings=few)  # type: ignore[arg-type]
