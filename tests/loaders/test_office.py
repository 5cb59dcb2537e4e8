"""Documents of office programs."""

from __future__ import annotations

from tests.loaders.documents import ARTICLES, article


class TestOfficeDocuments:
    def test_word_says_its_fields(self):
        market = article(ARTICLES / "market.docx")
        assert market.title == "Covered market opens in Vila"
        assert (market.author, market.published, market.language) == ("Rosa Tavares", "2022-05-07", "en")
        assert market.tags == ("markets", "Vila")

    def test_word_gives_paragraphs_lists_and_tables_with_all_changes_accepted(self):
        assert article(ARTICLES / "market.docx").text == (
            "Covered market opens in Vila\n\n"
            "The covered market of Vila opened on Saturday with sixty-two stalls under a roof of glass.\n\n"
            "What is sold\n\n"
            "Fish from the harbour\nBread and cheese\n\n"
            "Day | Hours\nSaturday | 7 to 14\n\n"
            "The roof took three years to build."
        )

    def test_opendocument_says_its_fields(self):
        light = article(ARTICLES / "lighthouse.odt")
        assert light.title == "Lighthouse of Skarv goes dark"
        assert (light.author, light.published, light.language) == ("Nils Aune", "2021-02-14", "en-GB")
        assert light.tags == ("lighthouses",)

    def test_opendocument_gives_its_words_without_notes_and_comments(self):
        assert article(ARTICLES / "lighthouse.odt").text == (
            "Lighthouse of Skarv goes dark\n\n"
            "The lighthouse of Skarv was switched off on Sunday after 131 years.\n\n"
            "Height: 28 metres\nKeepers: none since 1987\n\n"
            "Year | Ships\n1960 | 412\n\n"
            "Ships now find their way by satellite."
        )

    def test_a_date_that_is_none_keeps_no_rich_text_out(self, tmp_path):
        content = (ARTICLES / "cafe.rtf").read_bytes().replace(rb"\mo4\dy9", rb"\mo0\dy0")
        (tmp_path / "cafe.rtf").write_bytes(content)
        assert article(tmp_path / "cafe.rtf").published is None

    def test_rich_text_knows_code_pages_and_characters_by_number(self):
        cafe = article(ARTICLES / "cafe.rtf")
        assert cafe.title == "Café on the bridge reopens"
        assert (cafe.author, cafe.published, cafe.language) == ("Tom Åkesson", "2023-04-09", "en-GB")
        assert cafe.tags == ("cafés", "bridges")
        assert cafe.text == (
            "Café on the bridge reopens\n\n"
            "The café on the old bridge opened its doors again on Sunday — two years after the flood 😀.\n\n"
            "It is called Мост, which is Russian for bridge.\n\n"
            "Day | Hours\nSunday | 10 to 18\n\n"
            "The owner, Tom Åkesson, bakes the bread himself."
        )
