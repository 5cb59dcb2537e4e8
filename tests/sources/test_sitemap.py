"""Sitemaps."""

import gzip

import pytest

from index.errors import FetchError
from index.sources.fetch import Fetcher
from tests.sources.reader import XML, Reader, sitemap
from tests.web import Answer, Web, page


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
