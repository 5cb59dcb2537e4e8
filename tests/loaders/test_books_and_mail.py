"""Books and e-mail."""

from __future__ import annotations

import zipfile

from tests.loaders.documents import ARTICLES, SENTENCE, article, failure


class TestBooksAndMail:
    def test_a_book_says_its_fields(self):
        valley = article(ARTICLES / "valley.epub")
        assert valley.title == "Walks in the Orla Valley"
        assert (valley.author, valley.published, valley.language) == (
            "Ida Lund, Per Holm",
            "2018-03-01",
            "en",
        )
        assert (valley.source, valley.tags) == ("Hill Press", ("walking",))

    def test_its_chapters_come_in_the_order_of_reading_without_the_contents(self):
        assert article(ARTICLES / "valley.epub").text == (
            "The spring\n\nThe river begins at a spring,\nwhich never freezes.\n\n"
            "Height: 940 m\nSteps: 212\n\n"
            "The mill\n\nThe mill at Orla ground its last corn in 1954.\n\nIt is a school now."
        )

    def test_a_protected_book_is_told(self, tmp_path):
        path = tmp_path / "drm.epub"
        path.write_bytes((ARTICLES / "valley.epub").read_bytes())
        with zipfile.ZipFile(path, "a") as book:
            book.writestr(
                "META-INF/encryption.xml",
                '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><x><CipherReference '
                'xmlns="http://www.w3.org/2001/04/xmlenc#" URI="OEBPS/text/two.xhtml"/></x></encryption>',
            )
        assert failure(path).reason == "is protected against copying (DRM), and can't be read"

    def test_a_message_is_an_article_by_its_sender(self):
        letter = article(ARTICLES / "timetable.eml")
        assert letter.title == "Winter timetable — fewer boats"
        assert (letter.author, letter.published) == ("Zoë Marchand", "2020-11-06T07:45+01:00")
        assert (letter.language, letter.tags) == ("en", ("ferries", "timetable"))
        assert letter.text == "From Monday on, four boats a day cross the sound instead of nine.\n\nZoë"

    def test_a_message_of_html_alone_gives_its_words(self, write):
        head = "Subject: Boats\nContent-Type: text/html; charset=latin-1\n\n"
        body = "<html><head><title>x</title></head><body><p>Caf\xe9</p><ul><li>a<li>b</ul></body></html>"
        assert article(write("boats.eml", (head + body).encode("latin-1"))).text == "Café\n\na\nb"

    def test_what_is_no_message_is_told(self, write):
        assert failure(write("note.eml", SENTENCE)).reason.startswith("is no e-mail")
