"""The shipped reader, on passages whose answers are known."""

from pathlib import Path

import pytest

from index.errors import ConfigError
from index.types import Article, Hit
from qa_service.reader import SpanReader

ENVOYS = Article(
    "envoys",
    "The ambassadors of France, Germany and Japan visited Kem Sokha at his home on 11 November 2019. "
    "Muth Chantha, who speaks for him, said that China and Vietnam had not been in touch.",
    "Envoys call on Kem Sokha",
)
BREAD = Article("bread", "Bread needs 500 grams of flour, water, salt and time.", "Bread")


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader.load()


def hit(article: Article, start: int = 0, end: int | None = None) -> Hit:
    return Hit(1, article, start, end or len(article.text), score=1.0, dense=0.5, lexical=1.0)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("who visited Kem Sokha", "France, Germany and Japan"),
        ("when did the ambassadors visit Sokha?", "11 November 2019"),
        ("who speaks for kem sokha", "Muth Chantha"),
        ("Which countries have not been in touch?", "China and Vietnam"),
        ("how much flour does bread need", "500 grams"),
    ],
)
def test_the_best_span_holds_the_answer(reader: SpanReader, question: str, words: str) -> None:
    best = reader.read(question, [hit(BREAD), hit(ENVOYS)])[0]
    assert words in best.text or best.text in words


def test_a_question_that_the_passage_answers_has_the_larger_margin(reader: SpanReader) -> None:
    answered = reader.read("who speaks for Kem Sokha?", [hit(ENVOYS)])[0]
    unanswered = reader.read("who speaks for Kem Sokha?", [hit(BREAD)])[0]
    assert answered.margin > unanswered.margin


def test_spans_are_in_order_each_once_and_inside_their_passages(reader: SpanReader) -> None:
    # Two passages that overlap, as those of one article do.
    spans = reader.read("who visited Kem Sokha", [hit(ENVOYS), hit(ENVOYS, 4), hit(BREAD)])
    assert [span.margin for span in spans] == sorted((span.margin for span in spans), reverse=True)
    places = [(span.hit.article.article_id, span.start, span.end) for span in spans]
    assert len(places) == len(set(places))
    assert all(span.text == span.hit.article.text[span.start : span.end] for span in spans)


def test_offsets_are_code_points_behind_emoji_and_accents(reader: SpanReader) -> None:
    article = Article("emoji", f"😀𝔘 In São Paulo: {ENVOYS.text}", "São 😀")
    assert reader.read("when did the ambassadors visit him?", [hit(article)])[0].text == "11 November 2019"


def test_an_answer_stays_in_one_sentence(reader: SpanReader) -> None:
    for question in ("who speaks for Kem Sokha", "who", "what happened"):
        assert all("2019. M" not in span.text for span in reader.read(question, [hit(ENVOYS)]))


def test_an_answer_does_not_run_on_over_the_end_of_a_line(reader: SpanReader) -> None:
    article = Article(
        "lines", "The envoys\n\nFrance\nGermany\nJapan\n\nKem Sokha was visited by these envoys."
    )
    assert all("\n" not in span.text for span in reader.read("who visited Kem Sokha", [hit(article)]))


def test_an_answer_begins_and_ends_with_a_whole_word(reader: SpanReader) -> None:
    article = Article("words", "Bolsonaro thanked Khannouchi. Gebrselassie lives in Ouagadougou.")
    spans = reader.read("who thanked whom", [hit(article)])
    assert len(spans) > 1
    for span in spans:
        assert not article.text[span.start - 1 : span.start].isalnum()
        assert not article.text[span.end : span.end + 1].isalnum()


@pytest.mark.parametrize(
    "dateline", ["PHNOM PENH - ", "PARIS (Agency) — ", "SAN JOSE, CALIF. - ", "SÃO PAULO – "]
)
def test_a_dateline_answers_nothing(reader: SpanReader, dateline: str) -> None:
    article = Article("dateline", dateline + ENVOYS.text)
    assert min(span.start for span in reader.read("who visited Kem Sokha", [hit(article)])) >= len(dateline)


def test_who_wrote_an_article_and_when_answers_nothing_else(reader: SpanReader) -> None:
    credited = "Envoys visit Sokha\nBy Karel Novotný, The Tribune, 30 November 2019\n\n"
    article = Article("credited", credited + ENVOYS.text)
    answers = {span.text for span in reader.read("who visited Kem Sokha", [hit(article)])}
    assert not any("Novotný" in answer or "Tribune" in answer for answer in answers)
    assert "Karel Novotný" in reader.read("who wrote the article", [hit(article)])[0].text


def test_a_passage_longer_than_the_model_takes_is_read_to_its_end(reader: SpanReader) -> None:
    article = Article("long", "Nothing of note happened on that day. " * 150 + ENVOYS.text)
    assert "Muth Chantha" in reader.read("who speaks for kem sokha", [hit(article)])[0].text


def test_an_endless_question_leaves_room_for_the_passage(reader: SpanReader) -> None:
    assert reader.read("who " * 500, [hit(ENVOYS)])


@pytest.mark.parametrize("question", ["?", "…", "😀", "\u200b"])
def test_a_question_without_words_is_no_error(reader: SpanReader, question: str) -> None:
    reader.read(question, [hit(ENVOYS)])


def test_without_passages_there_is_nothing(reader: SpanReader) -> None:
    assert reader.read("who", []) == []


def test_a_folder_without_a_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=str(tmp_path)):
        SpanReader.load(tmp_path)
