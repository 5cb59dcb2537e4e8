"""XML and compression that grow without bound."""

import gzip

import pytest

from index.errors import FetchError
from index.sources.fetch import Fetcher
from index.sources.kinds import Kind
from tests.sources.reader import XML, Reader, item
from tests.web import Answer, Web, page

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
