"""Sites, by their links."""

import pytest

from index.errors import SourceError
from index.sources.fetch import Fetcher
from tests.sources.reader import Reader
from tests.web import Answer, Web, page


class TestSite:
    @pytest.fixture
    def site(self, web: Web) -> Web:
        """/ links to /1 and /2, /1 to /3, /3 to /4; and to what no crawl should ask for."""
        elsewhere = ("http://other.example/", "/picture.jpg", "mailto:a@b", "/private/x")
        web.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/\n", "text/plain")
        web.pages["/"] = page("Front", "News of the day.", links=("/1", "/2#part", "/dead", *elsewhere))
        web.pages["/1"] = page("One", "The story of one.", links=("/3", "/"))
        web.pages["/2"] = page("Two", "The story of two.", links=("/1",))
        web.pages["/3"] = page("Three", "The story of three.", links=("/4",))
        web.pages["/4"] = page("Four", "The story of four.")
        return web

    def test_follows_the_links_of_one_host_each_once(self, site: Web, fetcher: Fetcher) -> None:
        seen = Reader(fetcher, "site", site.url("")).read()
        assert seen.titles == ["Front", "One", "Two", "Three", "Four"]
        assert not seen.failures
        paths = [each.path for each in site.asked]
        assert sorted(paths) == ["/", "/1", "/2", "/3", "/4", "/dead", "/robots.txt"]

    @pytest.mark.parametrize(("depth", "last"), [(0, "Front"), (1, "Two"), (2, "Three"), (3, "Four")])
    def test_goes_so_deep_at_most(self, site: Web, fetcher: Fetcher, depth: int, last: str) -> None:
        assert Reader(fetcher, "site", site.url("/"), depth=depth).read().titles[-1] == last

    @pytest.mark.parametrize("count", [1, 2, 4])
    def test_asks_for_so_many_pages_at_most(self, site: Web, fetcher: Fetcher, count: int) -> None:
        reader = Reader(fetcher, "site", site.url("/"), count=count)
        reader.read()
        assert len(site.take_asked()) == count
        reader.read()
        assert len(site.take_asked()) == count

    def test_goes_on_through_pages_that_are_the_same(self, site: Web, fetcher: Fetcher) -> None:
        reader = Reader(fetcher, "site", site.url("/"))
        reader.read()
        site.take_asked()
        site.pages["/4"] = page("Four", "A new story of four.")
        assert reader.read().titles == ["Four"]
        asked = site.take_asked()
        assert asked.pop("/4") == 200
        assert asked.pop("/dead") == 404
        assert set(asked.values()) == {304}

    def test_a_page_that_nothing_links_to_any_more_is_gone_only_if_it_says_so(
        self, site: Web, fetcher: Fetcher
    ) -> None:
        reader = Reader(fetcher, "site", site.url("/"))
        reader.read()
        site.pages["/3"] = page("Three", "The story of three.")
        assert not reader.read().gone
        del site.pages["/4"]
        assert reader.read().gone == {site.url("/4")}

    def test_what_is_behind_a_page_in_trouble_is_not_gone(self, site: Web, fetcher: Fetcher) -> None:
        reader = Reader(fetcher, "site", site.url("/"))
        reader.read()
        site.pages["/1"] = Answer(status=502)
        seen = reader.read()
        assert not seen.gone
        assert [failure.location for failure in seen.failures] == [site.url("/1")]

    @pytest.mark.parametrize("status", [404, 500])
    def test_a_first_page_that_can_not_be_read_is_an_error(
        self, site: Web, fetcher: Fetcher, status: int
    ) -> None:
        reader = Reader(fetcher, "site", site.url("/"))
        reader.read()
        site.pages["/"] = Answer(status=status)
        with pytest.raises(SourceError):
            reader.read()

    def test_a_page_that_leads_to_another_host_is_left_out(self, site: Web, fetcher: Fetcher) -> None:
        with Web({"/elsewhere": page("Elsewhere", "Not of this site.", links=("/more",))}) as other:
            site.pages["/2"] = Answer(status=301, headers={"Location": other.url("/elsewhere")})
            assert "Elsewhere" not in Reader(fetcher, "site", site.url("/")).read().titles
            assert other.take_asked() == {"/elsewhere": 200}

    def test_a_page_without_an_article_is_a_way_and_no_failure(self, site: Web, fetcher: Fetcher) -> None:
        site.pages["/"] = Answer(b'<html><body><a href="/1"></a></body></html>')
        seen = Reader(fetcher, "site", site.url("/")).read()
        assert seen.titles == ["One", "Three", "Four"]
        assert not seen.failures

    def test_a_link_to_what_is_no_document_is_no_failure_but_a_broken_document_is(
        self, site: Web, fetcher: Fetcher
    ) -> None:
        site.pages["/1"] = Answer(b"\x00", "application/x-executable")
        site.pages["/2.jsonl"] = Answer(b'{"text": ', "application/octet-stream")
        site.pages["/"] = page("Front", "News.", links=("/1", "/2.jsonl"))
        (failure,) = Reader(fetcher, "site", site.url("/")).read().failures
        assert failure.location == site.url("/2.jsonl") + ", line 1"
