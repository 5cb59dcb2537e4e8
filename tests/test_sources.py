"""Sources: what each kind finds, on a real server and in real folders."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import FetchError, SourceError
from index.loaders import Failure
from index.registry import Source
from index.sources import reading, recognised
from index.sources.fetch import Fetcher, Limits
from index.sources.findings import Finding, Found, Gone, Known, Same, State
from index.sources.guard import GuardedBackend, any_address
from index.sources.kinds import Kind
from index.sources.pages import articles, links, normalised
from index.types import Article
from tests.web import Answer, Web, page

QUICK = Limits(seconds=120, silence=60, attempts=1, delay=0)
XML = "application/xml"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher("test-reader/1.0", GuardedBackend(any_address), QUICK)
    yield fetcher
    fetcher.close()


class Reader:
    """Reads one source again and again, as a run would, remembering what it found."""

    def __init__(self, fetcher: Fetcher, kind: Kind, location: str, **bounds: int) -> None:
        self.fetcher = fetcher
        self.source = Source("test", kind, location, **bounds)  # type: ignore[arg-type]
        self.known: dict[str, State] = {}
        self.total = 0

    def read(self) -> "Seen":
        seen = Seen()
        source = reading(self.source, self.fetcher)
        for finding in source.findings(self.known):
            seen.add(finding, self.known)
        self.total = source.total
        self.known = {**self.known, **seen.states}
        for key in seen.gone:
            self.known.pop(key, None)
        return seen


class Seen:
    """What one reading found."""

    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.failures: list[Failure] = []
        self.same: set[str] = set()
        self.gone: set[str] = set()
        self.states: dict[str, State] = {}

    def add(self, finding: Finding, known: Known) -> None:
        match finding:
            case Found():
                self.states[finding.key] = finding.state
                for content in finding.contents:
                    self.articles.append(content) if isinstance(content, Article) else self.failures.append(
                        content
                    )
            case Same():
                self.same.add(finding.key)
            case Gone():
                if finding.key in known:
                    self.gone.add(finding.key)
            case Failure():
                self.failures.append(finding)

    @property
    def titles(self) -> list[str]:
        return [article.title for article in self.articles]


class TestPages:
    def test_a_page_says_its_address_and_has_an_id_made_of_it(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/news/ferry.html"] = page("The ferry", "The ferry left at noon. It was full.")
        (article,) = articles(fetcher.get(web.url("/news/ferry.html")))
        assert isinstance(article, Article)
        assert article.url == web.url("/news/ferry.html")
        assert article.article_id.startswith("ferry-")
        assert article.title == "The ferry"
        assert "left at noon" in article.text
        assert list(articles(fetcher.get(web.url("/news/ferry.html")))) == [article], "and always the same"

    def test_two_addresses_of_one_page_give_one_article(self, web: Web, fetcher: Fetcher) -> None:
        body = page("The ferry", "The ferry left at noon.").body.replace(
            b"<head>", f'<head><link rel="canonical" href="{web.url("/ferry")}">'.encode()
        )
        web.pages["/ferry?from=mail"] = web.pages["/ferry"] = Answer(body)
        first, second = (
            next(articles(fetcher.get(web.url(path)))) for path in ("/ferry", "/ferry?from=mail")
        )
        assert first == second

    def test_a_page_does_not_speak_for_another_host(self, web: Web, fetcher: Fetcher) -> None:
        body = page("False", "False words.").body.replace(
            b"<head>", b'<head><link rel="canonical" href="https://trusted.example/true">'
        )
        web.pages["/false"] = Answer(body)
        (article,) = articles(fetcher.get(web.url("/false")))
        assert isinstance(article, Article)
        assert article.url == web.url("/false")

    @pytest.mark.parametrize(
        ("path", "content_type", "body"),
        [
            ("/a.txt", "text/plain", "Łódź lies in Poland."),
            ("/a", "text/plain; charset=utf-8", "Łódź lies in Poland."),
            ("/a.md", "text/plain", "# Łódź\n\nŁódź lies in Poland."),
            ("/a", "text/markdown", "# Łódź\n\nŁódź lies in Poland."),
            ("/a.jsonl", "application/octet-stream", '{"text": "Łódź lies in Poland."}'),
        ],
    )
    def test_files_are_read_by_their_kind(
        self, web: Web, fetcher: Fetcher, path: str, content_type: str, body: str
    ) -> None:
        web.pages[path] = Answer(body.encode(), content_type)
        (article,) = articles(fetcher.get(web.url(path)))
        assert isinstance(article, Article)
        assert article.text == "Łódź lies in Poland."
        assert article.url == web.url(path)

    def test_the_encoding_that_the_server_says_is_believed(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/a.txt"] = Answer("Привет, мир".encode("koi8-r"), "text/plain; charset=koi8-r")
        (article,) = articles(fetcher.get(web.url("/a.txt")))
        assert isinstance(article, Article)
        assert article.text == "Привет, мир"

    def test_an_id_that_a_document_says_is_kept(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/wire.jsonl"] = Answer(b'{"id": "mine", "text": "Words."}\nbroken', "application/x-ndjson")
        article, failure = articles(fetcher.get(web.url("/wire.jsonl")))
        assert isinstance(article, Article)
        assert article.article_id == "mine"
        assert isinstance(failure, Failure)
        assert failure.location == web.url("/wire.jsonl") + ", line 2"

    @pytest.mark.parametrize("content_type", ["image/png", "video/mp4", "application/zip", "text/css"])
    def test_a_type_that_is_no_article_is_named(self, web: Web, fetcher: Fetcher, content_type: str) -> None:
        web.pages["/thing"] = Answer(b"\x89PNG", content_type)
        (failure,) = articles(fetcher.get(web.url("/thing")))
        assert failure == Failure(web.url("/thing"), f"is {content_type}, which can't be read as an article")

    def test_links_are_those_that_lead_to_pages(self, web: Web, fetcher: Fetcher) -> None:
        hrefs = (
            "b",
            "/c#part",
            "c",
            "mailto:a@b",
            "javascript:x()",
            "http://[oops",
            "",
            "?q=1",
            "//other.example/d",
        )
        web.pages["/a/"] = page("A", "Words.", links=hrefs)
        found = links(fetcher.get(web.url("/a/")))
        paths = ["/a/b", "/c", "/a/c", "/a/", "/a/?q=1"]
        assert found == [*map(web.url, paths), "http://other.example/d"]

    def test_links_follow_the_base_and_leave_out_what_is_not_to_be_followed(
        self, web: Web, fetcher: Fetcher
    ) -> None:
        web.pages["/a"] = Answer(b'<base href="/deep/"><a href="b">b</a><a rel="nofollow ugc" href="c">c</a>')
        assert links(fetcher.get(web.url("/a"))) == [web.url("/deep/b")]

    @pytest.mark.parametrize("body", [b"", b" ", b"\xff\xfe", b"<!-- -->", b"<" * 1000])
    def test_links_of_what_is_no_page(self, web: Web, fetcher: Fetcher, body: bytes) -> None:
        web.pages["/odd"] = Answer(body)
        assert links(fetcher.get(web.url("/odd"))) == []

    def test_one_spelling_of_an_address(self) -> None:
        assert (
            normalised("http://Example.org") == normalised("http://example.org/#top") == "http://example.org/"
        )
        assert normalised("https://exämple.org/ü") == "https://xn--exmple-cua.org/%C3%BC"
        assert normalised("ftp://example.org/") is None


class TestFolder:
    def test_finds_what_is_new_changed_same_and_gone(self, tmp_path: Path, fetcher: Fetcher) -> None:
        for name in ("a", "b", "c"):
            (tmp_path / f"{name}.txt").write_text(f"{name} says something.", encoding="utf-8")
        reader = Reader(fetcher, "folder", str(tmp_path))
        assert len(reader.read().articles) == reader.total == 3
        (tmp_path / "a.txt").write_text("a says something else.", encoding="utf-8")
        (tmp_path / "b.txt").unlink()
        (tmp_path / "d.txt").write_text("d is new.", encoding="utf-8")
        seen = reader.read()
        assert [article.text for article in seen.articles] == ["a says something else.", "d is new."]
        assert {key.rsplit("/", 1)[1] for key in seen.same} == {"c.txt"}
        assert {key.rsplit("/", 1)[1] for key in seen.gone} == {"b.txt"}

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path, fetcher: Fetcher) -> None:
        with pytest.raises(SourceError, match="does not exist"):
            Reader(fetcher, "folder", str(tmp_path / "none")).read()

    def test_one_file_is_a_source_too(self, tmp_path: Path, fetcher: Fetcher) -> None:
        (tmp_path / "wire.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n', encoding="utf-8")
        reader = Reader(fetcher, "folder", str(tmp_path / "wire.jsonl"))
        assert len(reader.read().articles) == reader.total == 2
        assert len(reader.read().same) == 1


class TestUrl:
    def test_finds_the_page_then_that_it_is_the_same(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/a"] = page("A", "Words of a.")
        reader = Reader(fetcher, "url", web.url("/a"))
        assert reader.read().titles == ["A"]
        assert reader.read().same == {web.url("/a")}
        assert [each.status for each in web.asked] == [200, 304]

    def test_a_server_without_conditions_is_compared_by_content(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/a"] = Answer(page("A", "Words of a.").body, etag=False)
        reader = Reader(fetcher, "url", web.url("/a"))
        reader.read()
        assert reader.read().same == {web.url("/a")}

    def test_a_page_in_trouble_is_not_gone(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/a"] = page("A", "Words of a.")
        reader = Reader(fetcher, "url", web.url("/a"))
        reader.read()
        web.pages["/a"] = Answer(status=500)
        seen = reader.read()
        assert not seen.gone
        assert seen.failures[0].reason.startswith("answers 500")
        del web.pages["/a"]
        assert reader.read().gone == {web.url("/a")}

    def test_a_page_that_never_was_is_an_error(self, web: Web, fetcher: Fetcher) -> None:
        with pytest.raises(SourceError, match="There is nothing at"):
            Reader(fetcher, "url", web.url("/none")).read()


def rss(*items: str) -> Answer:
    channel = f"<channel><title>Wire</title>{''.join(items)}</channel>"
    body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
    return Answer(body.encode(), "application/rss+xml")


def item(web: Web, path: str, title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{web.url(path)}</link>{more}</item>"


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


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>{}"
)
FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>{}'


def brought(reader: Reader) -> str:
    """All that reading brings, or the error that it ends with."""
    try:
        seen = reader.read()
    except FetchError as error:
        return str(error)
    return repr((seen.articles, seen.failures))


class TestBombs:
    @pytest.mark.parametrize("head", [BOMB, FILE], ids=["bomb", "file"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities_bring_nothing(self, web: Web, fetcher: Fetcher, head: str, encoding: str) -> None:
        """In UTF-16 they are not seen beforehand; there the parsers have bounds of their own."""
        feed = f"<rss version='2.0'><channel><title>&a9;</title>{item(web, '/a', '&a9;')}</channel></rss>"
        listed = "<urlset><url><loc>http://127.0.0.1:1/&a9;</loc></url></urlset>"
        web.pages |= {
            "/feed": Answer(head.format(feed).encode(encoding), XML),
            "/s.xml": Answer(head.format(listed).encode(encoding), XML),
            "/a": page("A", "Words."),
        }
        kinds: list[tuple[Kind, str]] = [("feed", "/feed"), ("sitemap", "/s.xml")]
        for kind, path in kinds:
            said = brought(Reader(fetcher, kind, web.url(path)))
            assert len(said) < 2000
            assert "root:" not in said
            assert encoding == "utf-16" or "declares XML entities" in said

    def test_in_a_compressed_sitemap(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/s.xml.gz"] = Answer(gzip.compress(b" " * 60_000_000), "application/gzip")
        with pytest.raises(FetchError, match="larger than 50,000,000 bytes when it is decompressed"):
            Reader(fetcher, "sitemap", web.url("/s.xml.gz")).read()


def sitemap(web: Web, *paths: str, root: str = "urlset", entry: str = "url") -> Answer:
    entries = "".join(f"<{entry}><loc> {web.url(path)} </loc></{entry}>" for path in paths)
    body = (
        f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'
    )
    return Answer(body.encode(), XML)


class TestSitemap:
    def test_pages_of_a_tree_of_sitemaps_are_read(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/index.xml"] = sitemap(
            web, "/1.xml", "/2.xml.gz", "/index.xml", root="sitemapindex", entry="sitemap"
        )
        web.pages["/1.xml"] = sitemap(web, "/a", "/b")
        web.pages["/2.xml.gz"] = Answer(gzip.compress(sitemap(web, "/b", "/c").body), "application/gzip")
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "abc"}
        reader = Reader(fetcher, "sitemap", web.url("/index.xml"))
        assert reader.read().titles == ["a", "b", "c"]
        assert reader.total == 3
        assert len(reader.read().same) == 3

    def test_what_is_no_longer_listed_or_there_is_gone(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/s.xml"] = sitemap(web, "/a", "/b", "/c")
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "abc"}
        reader = Reader(fetcher, "sitemap", web.url("/s.xml"))
        reader.read()
        web.pages["/s.xml"] = sitemap(web, "/a", "/b")
        del web.pages["/a"]
        assert reader.read().gone == {web.url("/a"), web.url("/c")}

    def test_what_a_sitemap_in_trouble_lists_is_not_gone(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/index.xml"] = sitemap(web, "/1.xml", "/2.xml", root="sitemapindex", entry="sitemap")
        web.pages |= {"/1.xml": sitemap(web, "/a"), "/2.xml": sitemap(web, "/b")}
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "ab"}
        reader = Reader(fetcher, "sitemap", web.url("/index.xml"))
        reader.read()
        web.pages["/2.xml"] = Answer(status=500)
        seen = reader.read()
        assert not seen.gone
        assert [failure.location for failure in seen.failures] == [web.url("/2.xml")]

    def test_takes_so_many_pages_at_most(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/s.xml"] = sitemap(web, "/a", "/b", "/c")
        web.pages |= {f"/{name}": page(name, f"The story of {name}.") for name in "abc"}
        reader = Reader(fetcher, "sitemap", web.url("/s.xml"), count=2)
        assert reader.read().titles == ["a", "b"]
        assert not reader.read().gone

    @pytest.mark.parametrize("body", [b"", b"plain words", b"<urlset>", b"<a/>" * 2, b"\x1f\x8bno gzip"])
    def test_what_is_no_sitemap_is_an_error(self, web: Web, fetcher: Fetcher, body: bytes) -> None:
        web.pages["/s.xml"] = Answer(body, XML)
        with pytest.raises(FetchError, match="is not"):
            Reader(fetcher, "sitemap", web.url("/s.xml")).read()


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


class TestRecognised:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (page("A", "Words."), "url"),
            (Answer(b"Words.", "text/plain"), "url"),
            (Answer(b"<?xml version='1.0'?><!-- x --><rss version='2.0'>", "text/xml"), "feed"),
            (Answer(b"<feed xmlns='http://www.w3.org/2005/Atom'>", "application/atom+xml"), "feed"),
            (Answer(b"<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "application/xml"), "feed"),
            (Answer(b"<urlset xmlns='http://www.sitemaps.org/'>", "text/xml"), "sitemap"),
            (Answer(b"<sitemapindex>", "application/xml"), "sitemap"),
            (Answer(gzip.compress(b"<urlset>"), "application/gzip"), "sitemap"),
        ],
    )
    def test_by_what_is_there(self, web: Web, fetcher: Fetcher, answer: Answer, kind: str) -> None:
        web.pages["/what"] = answer
        seen, found = recognised(fetcher, web.url("/what"))
        assert (seen, found.url) == (kind, web.url("/what"))

    def test_where_it_is_after_redirects(self, web: Web, fetcher: Fetcher) -> None:
        web.pages |= {"/old": Answer(status=301, headers={"Location": "/new"}), "/new": page("A", "Words.")}
        seen, found = recognised(fetcher, web.url("/old"))
        assert (seen, found.url) == ("url", web.url("/new"))
