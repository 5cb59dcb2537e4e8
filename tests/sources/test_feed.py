"""Feeds and their entries."""

import pytest

from index.errors import FetchError
from index.sources.fetch import Fetcher
from tests.sources.reader import XML, Reader, item, rss
from tests.web import Answer, Web, page


class TestFeed:
    def test_the_page_of_each_entry_is_read_and_completed(self, web: Web, fetcher: Fetcher) -> None:
        date = "<pubDate>Sat, 30 Nov 2019 10:00:00 GMT</pubDate><category>sea</category>"
        web.pages["/feed"] = rss(item(web, "/a", "Entry A", date), item(web, "/b", "Entry B"))
        web.pages["/a"] = page("A", "The ferry left at noon. It was full.")
        web.pages["/b"] = page("B", "The bridge is closed.")
        first, second = Reader(fetcher, "feed", web.url("/feed")).read().articles
        assert (first.title, first.source, first.tags) == ("A", "Wire", ("sea",))
        assert str(first.published).startswith("2019-11-30T10:00")
        assert second.url == web.url("/b")

    def test_nothing_new_costs_one_request(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/feed"] = rss(item(web, "/a", "A"))
        web.pages["/a"] = page("A", "The ferry left at noon.")
        reader = Reader(fetcher, "feed", web.url("/feed"))
        reader.read()
        web.take_asked()
        assert reader.read().same == {web.url("/a"), web.url("/feed")}
        assert web.take_asked() == {"/feed": 304}

    def test_a_new_entry_is_read_and_one_that_left_the_feed_is_not_gone(
        self, web: Web, fetcher: Fetcher
    ) -> None:
        web.pages["/feed"] = rss(item(web, "/a", "A"), item(web, "/b", "B"))
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "abc"}
        reader = Reader(fetcher, "feed", web.url("/feed"))
        reader.read()
        web.pages["/feed"] = rss(item(web, "/c", "C"), item(web, "/b", "B"))
        web.take_asked()
        seen = reader.read()
        assert [article.url for article in seen.articles] == [web.url("/c")]
        assert not seen.gone
        assert web.take_asked() == {"/feed": 200, "/c": 200}

    def test_an_entry_that_changed_is_read_again_and_one_taken_down_is_gone(
        self, web: Web, fetcher: Fetcher
    ) -> None:
        web.pages["/feed"] = rss(item(web, "/a", "A"), item(web, "/b", "B"))
        web.pages |= {"/a": page("A", "The story of a."), "/b": page("B", "The story of b.")}
        reader = Reader(fetcher, "feed", web.url("/feed"))
        reader.read()
        web.pages["/feed"] = rss(item(web, "/a", "A, corrected"), item(web, "/b", "B, withdrawn"))
        web.pages["/a"] = page("A", "The true story of a.")
        del web.pages["/b"]
        seen = reader.read()
        assert [article.text for article in seen.articles] == ["The true story of a."]
        assert seen.gone == {web.url("/b")}

    def test_an_entry_that_failed_is_tried_again_though_the_feed_is_the_same(
        self, web: Web, fetcher: Fetcher
    ) -> None:
        web.pages |= {"/feed": rss(item(web, "/a", "A")), "/a": Answer(status=503)}
        reader = Reader(fetcher, "feed", web.url("/feed"))
        assert reader.read().failures[0].location == web.url("/a")
        web.pages["/a"] = page("A", "The story of a.")
        assert reader.read().titles == ["A"]

    def test_an_entry_with_its_whole_content_needs_no_page(self, web: Web, fetcher: Fetcher) -> None:
        body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><id>urn:1</id>
            <title>On ferries</title><link href="/ferries"/><updated>2020-01-02T03:04:05Z</updated>
            <author><name>Ada</name></author><content type="html">{
            "&lt;p&gt;The ferry left at noon. "
            "It carried more people than it may. The harbour master knew of it.&lt;/p&gt;" * 3
        }</content>
            </entry></feed>"""
        web.pages["/atom"] = Answer(body.encode(), "application/atom+xml")
        (article,) = Reader(fetcher, "feed", web.url("/atom")).read().articles
        assert (article.title, article.author, article.url) == ("On ferries", "Ada", web.url("/ferries"))
        assert "harbour master" in article.text
        assert web.take_asked() == {"/atom": 200}

    def test_robots_are_honoured(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /a\n", "text/plain")
        web.pages |= {"/feed": rss(item(web, "/a", "A")), "/a": page("A", "Words.")}
        (failure,) = Reader(fetcher, "feed", web.url("/feed")).read().failures
        assert "robots.txt" in failure.reason
        assert "/a" not in web.take_asked()

    @pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"\x89PNG", b"{}"])
    def test_what_is_no_feed_is_an_error(self, web: Web, fetcher: Fetcher, body: bytes) -> None:
        web.pages["/feed"] = Answer(body, XML)
        with pytest.raises(FetchError, match="is not an RSS or Atom feed"):
            Reader(fetcher, "feed", web.url("/feed")).read()

    def test_a_feed_with_mistakes_is_read_all_the_same(self, web: Web, fetcher: Fetcher) -> None:
        body = rss(item(web, "/a", "Fish & chips")).body.replace(b"</rss>", b"")
        web.pages |= {"/feed": Answer(body, "text/xml"), "/a": page("A", "Words of a.")}
        assert Reader(fetcher, "feed", web.url("/feed")).read().titles == ["A"]
