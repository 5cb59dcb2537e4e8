"""What is at an address."""

import gzip

import pytest

from index.sources import recognised
from index.sources.fetch import Fetcher
from tests.web import Answer, Web, page


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
            (Answer(b"PK", "application/zip"), "url"),
        ],
    )
    def test_by_what_is_there(self, web: Web, fetcher: Fetcher, answer: Answer, kind: str) -> None:
        web.pages["/what"] = answer
        seen, found = recognised(fetcher, web.url("/what"))
        assert (seen, found.url) == (kind, web.url("/what"))

    def test_a_compressed_archive_is_no_sitemap(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/news.tar.gz"] = Answer(gzip.compress(b"news"), "application/gzip")
        assert recognised(fetcher, web.url("/news.tar.gz"))[0] == "url"

    def test_where_it_is_after_redirects(self, web: Web, fetcher: Fetcher) -> None:
        web.pages |= {"/old": Answer(status=301, headers={"Location": "/new"}), "/new": page("A", "Words.")}
        seen, found = recognised(fetcher, web.url("/old"))
        assert (seen, found.url) == ("url", web.url("/new"))
