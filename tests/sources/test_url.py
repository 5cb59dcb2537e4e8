"""Single addresses."""

import pytest

from index.errors import SourceError
from index.sources.fetch import Fetcher
from tests.sources.reader import Reader
from tests.web import Answer, Web, page


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
