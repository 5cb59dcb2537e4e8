"""Following sources: exactly what changed is touched, and nothing is lost that is still somewhere."""

import json
import shutil
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from index.follow import remove
from index.sync import Change
from tests.sources.follower import Follower
from tests.web import Answer, Web, page


def jsonl(path: Path, **texts: str) -> None:
    rows = [{"id": article_id, "text": text} for article_id, text in texts.items()]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def test_of_a_site_exactly_what_changed_is_touched(follower: Follower, web: Web) -> None:
    """Twenty pages: three change, two are taken down, one is new; the others cost a 304 each."""
    names = [f"/story-{number:02}" for number in range(20)]

    def front(*paths: str) -> Answer:
        return page("Front", "All stories.", links=paths)

    web.pages["/"] = front(*names)
    web.pages |= {name: page(name, f"The tale of {name[1:]} is zebra{name[-2:]}.") for name in names}
    follower.add("site", "site", web.url("/"))
    first = follower.sync("site")
    assert len(first["added"]) == 21
    web.take_asked()
    before = follower.index.status()
    assert follower.sync("site").keys() == {"unchanged"}
    assert set(web.take_asked().values()) == {304}
    assert follower.index.status().chunks == before.chunks

    changed, removed, new = names[:3], names[5:7], "/story-new"
    for name in changed:
        web.pages[name] = page(name, f"Another tale of {name[1:]}, and of giraffes.")
    for name in removed:
        del web.pages[name]
    web.pages[new] = page(new, "A tale that is new, of okapis.")
    web.pages["/"] = front(*[name for name in names if name not in removed], new)
    done = follower.sync("site")

    assert {kind: len(ids) for kind, ids in done.items()} == {
        **{"added": 1, "changed": 3, "gone": 2, "unchanged": 16},
    }
    asked = web.take_asked()
    assert {path for path, status in asked.items() if status == 200} == {"/", *changed, new}
    assert {path for path, status in asked.items() if status == 404} == set(removed)
    assert sum(status == 304 for status in asked.values()) == 15
    assert "okapis" in follower.found("okapis")
    assert "giraffes" in follower.found("giraffes")
    for name in removed:
        assert f"zebra{name[-2:]}" not in follower.found(f"what is the tale of {name[1:]}")
    assert "zebra07" in follower.found("zebra07"), "its neighbour is still there"
    for kind in ("added", "changed", "gone", "failed"):
        assert kind not in follower.sync("site")


def test_of_a_folder_exactly_what_changed_is_touched(follower: Follower, folder: Path) -> None:
    follower.add("folder", "folder", folder)
    assert follower.sync("folder") == {"added": {"ada", "bea", "cleo", "dora"}}
    assert follower.sync("folder") == {"unchanged": {"ada", "bea", "cleo", "dora"}}
    (folder / "ada.md").write_text("---\nid: ada\n---\nAda tells another.", encoding="utf-8")
    (folder / "bea.md").unlink()
    (folder / "eve.md").write_text("---\nid: eve\n---\nEve is new.", encoding="utf-8")
    assert follower.sync("folder") == {
        "added": {"eve"}, "changed": {"ada"}, "gone": {"bea"}, "unchanged": {"cleo", "dora"},
    }  # fmt: skip
    assert follower.registry.get("folder").synced


class TestDeleting:
    def test_more_than_half_asks_first(self, follower: Follower, folder: Path) -> None:
        follower.add("folder", "folder", folder)
        follower.sync("folder")
        for name in ("ada", "bea", "cleo"):
            (folder / f"{name}.md").unlink()
        (folder / "eve.md").write_text("---\nid: eve\n---\nEve is new.", encoding="utf-8")
        (reason,) = follower.sync("folder")["failed"]
        assert "lost 3 of its 4 articles, so nothing was deleted" in reason
        assert "sync folder --yes" in reason
        assert follower.ids() == {"ada", "bea", "cleo", "dora", "eve"}
        assert follower.sync("folder", approved=True)["gone"] == {"ada", "bea", "cleo"}
        assert follower.ids() == {"dora", "eve"}

    def test_half_does_not_ask(self, follower: Follower, folder: Path) -> None:
        follower.add("folder", "folder", folder)
        follower.sync("folder")
        for name in ("ada", "bea"):
            (folder / f"{name}.md").unlink()
        assert follower.sync("folder")["gone"] == {"ada", "bea"}

    def test_a_file_that_has_lost_most_of_its_lines_asks_and_is_not_forgotten(
        self, follower: Follower, tmp_path: Path
    ) -> None:
        path = tmp_path / "wire.jsonl"
        jsonl(path, a="A.", b="B.", c="C.")
        follower.add("wire", "folder", path)
        follower.sync("wire")
        jsonl(path, a="A.", d="D.")
        for _ in range(2):
            assert "lost 2 of its 3" in "".join(follower.sync("wire")["failed"])
            assert follower.ids() == {"a", "b", "c", "d"}
        assert follower.sync("wire", approved=True)["gone"] == {"b", "c"}
        assert follower.sync("wire") == {"unchanged": {"a", "d"}}

    def test_a_source_that_can_not_be_read_loses_nothing(self, follower: Follower, folder: Path) -> None:
        follower.add("folder", "folder", folder)
        follower.sync("folder")
        shutil.rmtree(folder)
        (reason,) = follower.sync("folder", approved=True)["failed"]
        assert "can't be read now, and was left as it is" in reason
        assert len(follower.ids()) == 4

    def test_a_site_that_is_down_loses_nothing(self, follower: Follower) -> None:
        with Web({"/": page("Front", "News.", links=("/a",)), "/a": page("A", "The story of a.")}) as web:
            follower.add("site", "site", web.url("/"))
            follower.sync("site")
        assert follower.sync("site", approved=True).keys() == {"failed"}
        assert len(follower.ids()) == 2

    @pytest.mark.parametrize("status", [500, 503, 403, 429])
    def test_a_page_in_trouble_stays(self, follower: Follower, web: Web, status: int) -> None:
        web.pages |= {"/": page("Front", "News.", links=("/a",)), "/a": page("A", "The story of a.")}
        follower.add("site", "site", web.url("/"))
        follower.sync("site")
        web.pages["/a"] = Answer(status=status)
        done = follower.sync("site", approved=True)
        assert done.keys() == {"unchanged", "failed"}
        assert len(follower.ids()) == 2

    def test_what_stands_where_a_file_can_not_be_read_stays(self, follower: Follower, tmp_path: Path) -> None:
        path = tmp_path / "wire.jsonl"
        jsonl(path, a="A.", b="B.")
        follower.add("wire", "folder", path)
        follower.sync("wire")
        path.write_text('{"id": "a", "text": "A."}\n{"id": "b", "text": ', encoding="utf-8")
        for _ in range(2):  # and it is told each time until it is mended
            assert follower.sync("wire", approved=True).keys() == {"unchanged", "failed"}
        assert follower.ids() == {"a", "b"}
        jsonl(path, a="A.")
        assert follower.sync("wire")["gone"] == {"b"}

    def test_a_page_that_has_no_article_any_more_keeps_the_one_it_had(
        self, follower: Follower, web: Web
    ) -> None:
        """It may be a wall in front of it, for consent or payment; if it is gone, the server can say so."""
        web.pages |= {"/": page("Front", "News.", links=("/a",)), "/a": page("A", "The story of a.")}
        follower.add("site", "site", web.url("/"))
        follower.sync("site")
        web.pages["/a"] = Answer(b"<html><body></body></html>")
        for _ in range(2):
            (reason,) = follower.sync("site", approved=True)["failed"]
            assert "gives no article any more" in reason
        assert len(follower.ids()) == 2

    def test_an_article_that_moves_to_another_file_stays(self, follower: Follower, tmp_path: Path) -> None:
        folder = tmp_path / "wires"
        folder.mkdir()
        jsonl(folder / "1.jsonl", a="A.", b="B.")
        jsonl(folder / "2.jsonl", c="C.", d="D.")
        follower.add("wires", "folder", folder)
        follower.sync("wires")
        jsonl(folder / "1.jsonl", b="B.")
        jsonl(folder / "2.jsonl", a="A.", d="D.")
        assert follower.sync("wires")["gone"] == {"c"}
        assert follower.ids() == {"a", "b", "d"}
        assert follower.sync("wires") == {"unchanged": {"a", "b", "d"}}


class TestTwoSources:
    @pytest.fixture
    def two(self, follower: Follower, tmp_path: Path) -> tuple[Path, Path]:
        """Two files with the article "both", each in words of its own."""
        first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
        jsonl(first, both="As the first tells it.", one="One.")
        jsonl(second, both="As the second tells it.", two="Two.")
        follower.add("first", "folder", first)
        follower.add("second", "folder", second)
        follower.sync("first")
        follower.sync("second")
        return first, second

    def test_do_not_fight(self, follower: Follower, two: tuple[Path, Path]) -> None:
        before = follower.index.get("both")
        for name in ("first", "second", "first"):
            assert follower.sync(name).keys() == {"unchanged"}
        assert follower.index.get("both") == before

    def test_an_article_stays_while_one_has_it_and_becomes_as_that_one_has_it(
        self, follower: Follower, two: tuple[Path, Path]
    ) -> None:
        jsonl(two[1], two="Two.")
        assert "gone" not in follower.sync("second")
        assert follower.sync("first")["changed"] == {"both"}
        assert follower.index.get("both").text == "As the first tells it."
        jsonl(two[0], one="One.")
        assert follower.sync("first")["gone"] == {"both"}

    def test_removing_one_deletes_what_it_alone_has(self, follower: Follower, two: tuple[Path, Path]) -> None:
        changes = list(remove(follower.index, follower.registry, "second", Event()))
        assert [(change.kind, change.article_id) for change in changes] == [("gone", "two")]
        assert [source.name for source in follower.registry.all()] == ["first"]
        follower.sync("first")
        assert follower.index.get("both").text == "As the first tells it."
        assert follower.ids() == {"both", "one"}


class TestInterruption:
    def test_a_run_that_is_stopped_keeps_what_it_read_and_the_next_goes_on(
        self, follower: Follower, web: Web
    ) -> None:
        names = [f"/{number}" for number in range(9)]
        web.pages |= {name: page(name, f"The story of {name[1:]}.") for name in names}
        web.pages["/"] = page("Front", "All stories.", links=tuple(names))
        follower.add("site", "site", web.url("/"))
        stop = Event()

        def interrupt(handler: BaseHTTPRequestHandler) -> None:
            stop.set()
            handler.send_error(500)

        web.pages["/4"] = interrupt
        done = list(follower.outcomes("site", stop=stop))
        assert [each.kind for each in done if isinstance(each, Change)] == ["added"] * 5
        assert follower.registry.get("site").synced is None
        assert not follower.index.verify()
        web.take_asked()
        web.pages["/4"] = page("/4", "The story of 4.")
        follower.sync("site")
        asked = web.take_asked()
        assert {path for path, status in asked.items() if status == 304} == {"/", *names[:4]}
        assert {path for path, status in asked.items() if status == 200} == set(names[4:])

    def test_a_run_that_is_given_up_in_the_middle_of_a_file_reads_the_file_again(
        self, follower: Follower, tmp_path: Path
    ) -> None:
        path = tmp_path / "wire.jsonl"
        jsonl(path, **{f"a{number:03}": f"Story {number}." for number in range(300)})
        follower.add("wire", "folder", path)
        outcomes = follower.outcomes("wire")
        seen = [next(outcomes) for _ in range(140)]
        outcomes.close()  # type: ignore[attr-defined]  # what a second Ctrl-C does
        assert not follower.index.verify()
        done = follower.sync("wire")
        assert {change.article_id for change in seen if isinstance(change, Change)} <= done["unchanged"]
        assert len(follower.ids()) == 300

    def test_deleting_that_is_stopped_is_finished_by_the_next_run(
        self, follower: Follower, folder: Path
    ) -> None:
        follower.add("folder", "folder", folder)
        follower.sync("folder")
        for name in ("ada", "bea"):
            (folder / f"{name}.md").unlink()
        stop = Event()
        for outcome in follower.outcomes("folder", stop=stop):
            if isinstance(outcome, Change) and outcome.kind == "gone":
                stop.set()
        assert len(follower.ids()) == 3
        follower.sync("folder")
        assert follower.ids() == {"cleo", "dora"}
        assert follower.sync("folder") == {"unchanged": {"cleo", "dora"}}


def test_an_article_deleted_by_hand_comes_back_while_its_source_has_it(
    follower: Follower, folder: Path
) -> None:
    follower.add("folder", "folder", folder)
    follower.sync("folder")
    follower.index.delete("ada")
    assert follower.sync("folder")["added"] == {"ada"}


@pytest.mark.parametrize("committed", [0, 1, 4])
def test_what_goes_after_an_interruption_leaves_no_article(
    follower: Follower, folder: Path, committed: int
) -> None:
    follower.add("folder", "folder", folder)
    outcomes = follower.outcomes("folder")
    for _ in range(committed):
        next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    (folder / "ada.md").unlink()
    follower.sync("folder")
    assert follower.ids() == {"bea", "cleo", "dora"}
    assert follower.sync("folder").keys() == {"unchanged"}


def test_what_changes_after_an_interruption_leaves_no_article(follower: Follower, folder: Path) -> None:
    follower.add("folder", "folder", folder)
    outcomes = follower.outcomes("folder")
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    (folder / "ada.md").write_text("---\nid: ann\n---\nann tells a story.", encoding="utf-8")
    assert follower.sync("folder") == {
        "added": {"ann"}, "unchanged": {"bea", "cleo", "dora"}, "gone": {"ada"}
    }  # fmt: skip
    assert follower.ids() == {"ann", "bea", "cleo", "dora"}


def test_removing_a_source_after_an_interruption_leaves_no_article(follower: Follower, folder: Path) -> None:
    follower.add("folder", "folder", folder)
    outcomes = follower.outcomes("folder")
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    list(remove(follower.index, follower.registry, "folder", Event()))
    assert follower.ids() == set()
