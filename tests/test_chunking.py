from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunking import TITLE_TOKENS, ChunkSize, chunk, encoder_texts, sentence_spans
from index.encoder import Encoder
from index.types import Article, Chunk, clean_text


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def chunked(text: str, tokens: int = 16, overlap: int = 1) -> list[str]:
    article = Article("a", text)
    return [article.text[c.start : c.end] for c in chunk(article, ChunkSize(tokens, overlap), words)]


def test_sentences_keep_abbreviations_and_quotations_whole() -> None:
    text = (
        'He met the U.S. envoy on Nov. 10 at 3 p.m. in Paris. "I will stay," Mr. Li said.\n\n'
        "A heading\n\nThe end."
    )
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "He met the U.S. envoy on Nov. 10 at 3 p.m. in Paris.",
        '"I will stay," Mr. Li said.',
        "A heading",
        "The end.",
    ]


def test_chunks_are_whole_sentences_and_overlap_by_one() -> None:
    one, two, three = "One has six words in it.", "Two has six words in it.", "Three has six words in it."
    assert chunked(f"{one} {two} {three}", tokens=16) == [f"{one} {two}", f"{two} {three}"]


def test_without_overlap_no_sentence_is_in_two_chunks() -> None:
    one, two, three = "One has six words in it.", "Two has six words in it.", "Three has six words in it."
    assert chunked(f"{one} {two} {three}", tokens=16, overlap=0) == [f"{one} {two}", three]


def test_a_sentence_longer_than_a_chunk_is_cut_between_words() -> None:
    parts = chunked(" ".join(["word"] * 50), overlap=0)
    assert len(parts) > 1
    assert all(set(part.split()) == {"word"} and len(part.split()) <= 16 for part in parts)


def test_a_chunk_may_be_full_to_the_last_token() -> None:
    one, two, three = "One has eight words in it, all told.", "Two has eight words in it, all told.", "Three."
    assert chunked(f"{one} {two} {three}", overlap=0) == [f"{one} {two}", three]


def test_as_many_sentences_as_said_are_shared_while_a_new_one_fits_behind_them() -> None:
    few = [f"Number {each} is." for each in range(8)]
    assert chunked(" ".join(few), overlap=2) == [" ".join(few[:5]), " ".join(few[3:8])]
    assert chunked(" ".join(few), overlap=4) == [" ".join(few[each : each + 5]) for each in range(4)]
    long = "This one has all of eleven words, so few fit beside."
    assert chunked(f"{few[0]} {few[1]} {long} {few[2]}", overlap=2) == [
        f"{few[0]} {few[1]}", f"{few[1]} {long}", f"{long} {few[2]}",
    ]  # fmt: skip


def test_a_long_sentence_is_halved_where_a_word_begins() -> None:
    text = (
        "a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii j kk lll mmmm nnnnn oooooo ppppppp qqqqqqqq r"
    )
    halves = [
        "a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh ",
        "iiiiiiiii j kk lll mmmm nnnnn oooooo ppppppp qqqqqqqq r",
    ]
    assert chunked(text, overlap=0) == halves
    # Behind other sentences the places are counted from the beginning of the text.
    *_, first, second = chunked(f"{'Short. ' * 200}{text}", overlap=0)
    assert (first.removeprefix("Short. " * 8), second) == (halves[0], halves[1])


def test_a_word_that_is_too_long_is_halved_in_the_middle() -> None:
    def by_letters(texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    for text in ("x" * 40, "x" + "y" * 39):
        cut = [text[c.start : c.end] for c in chunk(Article("a", text), ChunkSize(16, 0), by_letters)]
        assert cut == [text[place : place + 10] for place in range(0, 40, 10)]


def test_what_is_far_too_long_is_not_counted_whole_again() -> None:
    counted: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.extend(map(len, texts))
        return words(texts)

    text = " ".join(["word"] * 2000)
    chunk(Article("a", text), ChunkSize(16, 0), count)
    whole, *pieces = counted
    assert whole == len(text)
    assert max(pieces) <= 50 * 16


def test_a_single_character_is_a_chunk_however_many_tokens_it_has() -> None:
    chunks = chunk(Article("a", "xyz"), ChunkSize(16, 0), lambda texts: [99] * len(texts))
    assert [(c.start, c.end) for c in chunks] == [(0, 1), (1, 2), (2, 3)]


def test_sentences_end_where_the_language_ends_them() -> None:
    text = "Er kam am 3. Oktober nach Bonn, wo er blieb. Dort ist er noch."

    def cut(language: str | None) -> list[str]:
        article = Article("a", text, language=language)
        return [
            text[c.start : c.end] for c in chunk(article, ChunkSize(16, 0), lambda texts: [16] * len(texts))
        ]

    assert cut("de") == ["Er kam am 3. Oktober nach Bonn, wo er blieb.", "Dort ist er noch."]
    assert cut(None) == cut("en") == ["Er kam am 3.", "Oktober nach Bonn, wo er blieb.", "Dort ist er noch."]


def test_text_without_any_space_is_cut_too() -> None:
    article = Article("a", "x" * 10_000)
    chunks = chunk(article, ChunkSize(16, 1), lambda texts: [len(text) for text in texts])
    assert "".join(article.text[c.start : c.end] for c in chunk_set_without_overlap(chunks)) == article.text


def chunk_set_without_overlap(chunks: list[Chunk]) -> list[Chunk]:
    """Each chunk without what the one before it already had."""
    ends = [0, *(c.end for c in chunks)]
    return [Chunk(max(c.start, end), c.end) for c, end in zip(chunks, ends, strict=False)]


@settings(max_examples=300)
@given(
    st.text(alphabet=st.sampled_from("abc 😀é.?!\n\u0301,\"'\u00a0"), min_size=1, max_size=400),
    st.integers(16, 40),
    st.integers(0, 3),
)
def test_every_visible_character_is_in_a_chunk_and_none_is_too_long(
    raw: str, tokens: int, overlap: int
) -> None:
    text = clean_text(raw)
    if not text:
        return
    chunks = chunk(Article("a", text), ChunkSize(tokens, overlap), words)
    covered = {position for c in chunks for position in range(c.start, c.end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
    assert [c.start for c in chunks] == sorted({c.start for c in chunks})
    assert all(words([text[c.start : c.end]])[0] <= tokens for c in chunks)


@pytest.mark.parametrize(("tokens", "overlap", "named"), [(8, 1, "8"), (64, -1, "-1")])
def test_sizes_that_make_no_sense_are_refused(tokens: int, overlap: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ChunkSize(tokens, overlap)


def test_the_title_stands_in_front_of_what_is_encoded_but_a_long_one_is_cut() -> None:
    article = Article("a", "A sentence.", "Title")
    assert encoder_texts(article, [Chunk(0, 11)], words) == ["Title\nA sentence."]
    endless = Article("a", "A sentence.", "word " * 500)
    assert words(encoder_texts(endless, [Chunk(0, 11)], words))[0] <= TITLE_TOKENS + 2
    for length, kept in ((TITLE_TOKENS, TITLE_TOKENS), (TITLE_TOKENS + 2, TITLE_TOKENS // 2 + 1)):
        title = " ".join(f"w{number}" for number in range(length))
        (encoded,) = encoder_texts(Article("a", "A sentence.", title), [Chunk(0, 11)], words)
        assert encoded.splitlines()[0].split() == title.split()[:kept]


def test_nothing_is_cut_by_the_real_encoder(real_encoder: Encoder) -> None:
    text = ("Antidisestablishmentarianism, 3.14159 and Þingvellir were discussed at length. " * 40).strip()
    article = Article("a", text, "An unreasonably long title about Þingvellir " * 10)
    room = real_encoder.max_tokens - TITLE_TOKENS - 2
    chunks = chunk(article, ChunkSize(room, 1), real_encoder.count_tokens)
    lengths = real_encoder.count_tokens(encoder_texts(article, chunks, real_encoder.count_tokens))
    assert max(lengths) + 2 <= real_encoder.max_tokens
