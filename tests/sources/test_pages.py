"""Pages: their address, their articles and their links."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from index.loaders import Failure
from index.sources.fetch import Fetcher
from index.sources.pages import articles, links, normalised
from index.types import Article
from tests.web import Answer, Web, page

DOCUMENTS = Path(__file__).parents[1] / "data" / "articles"


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


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
        ("path", "content_type"),
        [
            ("/news.zip", "application/zip"),
            ("/download?id=3", "application/zip"),
            ("/news.zip", "application/octet-stream"),
            ("/news.tar.gz", "application/gzip"),
            ("/news.tgz", "application/x-gzip"),
            ("/news.tar", "application/x-tar"),
        ],
    )
    def test_an_archive_gives_what_is_in_it(
        self, web: Web, fetcher: Fetcher, path: str, content_type: str
    ) -> None:
        files = {
            "a/ferry.md": b"# Ferry\n\nIt left.",
            "wire.jsonl": b'{"text": "One came."}\n{}\n',
            "p.png": b"x",
        }
        packed = tarred(files) if "tar" in path or "tgz" in path else zipped(files)
        if path.endswith("gz"):
            packed = gzip.compress(packed)
        web.pages[path] = Answer(packed, content_type)
        ferry, wire, failure = articles(fetcher.get(web.url(path)))
        assert isinstance(ferry, Article)
        assert isinstance(wire, Article)
        assert isinstance(failure, Failure)
        assert (ferry.title, ferry.text, ferry.url) == ("Ferry", "It left.", web.url(path))
        assert wire.text == "One came."
        assert failure.location == f"{web.url(path)}/wire.jsonl, line 2"
        assert ferry in list(articles(fetcher.get(web.url(path)))), "and always the same"

    def test_two_files_of_one_name_in_an_archive_are_two_articles(self, web: Web, fetcher: Fetcher) -> None:
        for name in ("/old.zip", "/new.zip"):
            web.pages[name] = Answer(zipped({"a/n.txt": b"One.", "b/n.txt": b"Two."}), "application/zip")
        found = [each for name in ("/old.zip", "/new.zip") for each in articles(fetcher.get(web.url(name)))]
        assert len({each.article_id for each in found if isinstance(each, Article)}) == 4

    @pytest.mark.parametrize("name", ["valley.epub", "market.docx", "lighthouse.odt"])
    def test_a_document_that_is_packed_is_no_archive(self, web: Web, fetcher: Fetcher, name: str) -> None:
        web.pages[f"/{name}"] = Answer((DOCUMENTS / name).read_bytes(), "application/zip")
        (article,) = articles(fetcher.get(web.url(f"/{name}")))
        assert isinstance(article, Article)
        assert article.url == web.url(f"/{name}")

    def test_columns_may_be_named(self, web: Web, fetcher: Fetcher) -> None:
        web.pages["/news.csv"] = Answer(b"kop,verhaal\nFerry,It left.\n", "text/csv")
        (article,) = articles(fetcher.get(web.url("/news.csv")), {"text": "verhaal", "title": "kop"})
        assert isinstance(article, Article)
        assert (article.title, article.text) == ("Ferry", "It left.")

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

    @pytest.mark.parametrize(
        "content_type", ["image/png", "video/mp4", "application/java-archive", "text/css"]
    )
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
