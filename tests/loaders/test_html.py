"""Web pages: the main text, and what they say of themselves."""

from __future__ import annotations

import pytest

from index.loaders import load
from tests.loaders.documents import ARTICLES, SENTENCE, article, failure


class TestHtml:
    def test_the_page_says_its_fields(self):
        ferry = article(ARTICLES / "ferry.html")
        assert ferry.title == "Ferry service returns to the bay"
        assert ferry.author == "Dara Lim"
        assert ferry.source == "Harbour Gazette"
        assert ferry.url == "https://gazette.example/news/ferry-returns"
        assert ferry.published == "2021-05-14T08:30:00+07:00"
        assert ferry.language == "en"
        assert ferry.tags == ("ferries", "transport")

    def test_the_text_is_the_main_text_alone(self):
        assert article(ARTICLES / "ferry.html").text == "\n".join(
            [
                "Passenger ferries crossed the bay on Friday for the first time in six years, ending a gap "
                "that began when a storm closed the old pier.",
                "",
                "The harbour master, Sophea Chan, said the two boats would make twelve crossings a day and "
                "carry up to 180 people each.",
                "",
                "Cheaper than the bridge",
                "",
                "A single ticket costs 2,000 riel, half of what the bus over the bridge costs. "
                "Children travel free.",
                "",
                "First boat: 6 a.m.",
                "Last boat: 9 p.m.",
                "",
                "Stop | Minutes",
                "Old pier | 0",
                "Market | 18",
                "",
                "“We waited a long time for this,” said Maly Oun, a fish seller who took the first boat.",
            ]
        )

    @pytest.mark.parametrize(
        "page", [" ", "<html></html>", "<html><body><script>run()</script></body></html>"]
    )
    def test_a_page_without_text_is_refused(self, write, page):
        assert failure(write("page.html", page)).reason.startswith("has no main text")

    def test_navigation_and_footer_are_no_main_text(self):
        assert failure(ARTICLES / "front-page.html").reason.startswith("has no main text")

    @pytest.mark.parametrize(
        ("head", "top", "published"),
        [
            (
                '<meta property="article:published_time" content="2019-11-30T08:00:00Z">',
                "",
                "2019-11-30T08:00:00+00:00",
            ),
            ('<meta name="date" content="2019-11">', "", "2019-11"),
            ('<script type="application/ld+json">{"datePublished": "2019"}</script>', "", "2019"),
            ("", '<time datetime="2019-11-30">last week</time>', "2019-11-30"),
            ("", '<p class="date">30 November 2019</p>', "2019-11-30"),
            ("", "<time>yesterday</time>", None),
            ('<meta property="article:modified_time" content="2019-11-30">', "", None),
        ],
    )
    def test_a_date_is_what_the_page_says_and_no_more(self, write, head, top, published):
        body = f"<article>{top}<p>{SENTENCE * 5}</p></article><footer>© 2024</footer>"
        page = f"<html><head>{head}</head><body>{body}</body></html>"
        assert article(write("page.html", page)).published == published

    def test_a_repeated_sentence_is_kept_each_time(self, write):
        page = f"<html><body><article><p>{SENTENCE}</p><p>Yes.</p><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).text.count(SENTENCE) == 2

    def test_a_fragment_is_a_page(self, write):
        assert article(write("part.html", f"<p>{SENTENCE}</p>")).text == SENTENCE

    def test_several_authors_are_listed(self, write):
        authors = '[{"@type": "Person", "name": "Ana Diaz"}, {"@type": "Person", "name": "Bo Li"}]'
        about = f'{{"@context": "https://schema.org", "@type": "NewsArticle", "author": {authors}}}'
        script = f'<script type="application/ld+json">{about}</script>'
        page = f"<html><head>{script}</head><body><p>{SENTENCE}</p></body></html>"
        assert article(write("page.html", page)).author == "Ana Diaz, Bo Li"

    def test_elements_a_hundred_thousand_deep_do_no_harm(self, write):
        assert len(list(load(write("deep.html", "<html><body>" + "<div>" * 100_000 + SENTENCE)))) == 1

    def test_xhtml_with_an_xml_declaration_is_read(self, write):
        page = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">'
            f"<head><title>Pont</title></head><body><p>{SENTENCE * 5}</p></body></html>"
        )
        bridge = article(write("pont.xhtml", page))
        assert (bridge.title, bridge.language) == ("Pont", "fr")


class TestWebPages:
    @pytest.mark.parametrize(
        ("head", "language"),
        [
            ('<meta http-equiv="Content-Language" content="de">', "de"),
            ('<meta property="og:locale" content="fr_FR">', "fr-FR"),
            ('<meta name="DC.language" content="nl">', "nl"),
            ('<script type="application/ld+json">{"inLanguage": "es"}</script>', "es"),
            ('<meta property="og:locale" content="not a language">', None),
        ],
    )
    def test_a_page_may_say_its_language_in_many_places(self, write, head, language):
        page = f"<html><head>{head}</head><body><article><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).language == language

    @pytest.mark.parametrize(
        ("head", "url"),
        [
            ('<link rel="canonical" href="https://x.example/a">', "https://x.example/a"),
            ('<meta property="og:url" content="https://x.example/b">', "https://x.example/b"),
        ],
    )
    def test_a_page_says_its_address(self, write, head, url):
        page = f"<html><head>{head}</head><body><article><p>{SENTENCE}</p></article></body></html>"
        assert article(write("page.html", page)).url == url

    @pytest.mark.parametrize("kind", ["ad", "box advertisement", "sponsored"])
    def test_adverts_are_no_main_text(self, write, kind):
        page = (
            f'<body><article><p>{SENTENCE}</p><div class="{kind}"><p>Buy our shoes now!</p></div></article>'
        )
        assert article(write("page.html", f"<html>{page}</html>")).text == SENTENCE
