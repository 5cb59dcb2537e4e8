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


def test_nothing_is_cut_by_the_real_encoder(real_encoder: Encoder) -> None:
    text = ("Antidisestablishmentarianism, 3.14159 and Þingvellir were discussed at length. " * 40).strip()
    article = Article("a", text, "An unreasonably long title about Þingvellir " * 10)
    room = real_encoder.max_tokens - TITLE_TOKENS - 2
    chunks = chunk(article, ChunkSize(room, 1), real_encoder.count_tokens)
    lengths = real_encoder.count_tokens(encoder_texts(article, chunks, real_encoder.count_tokens))
    assert max(lengths) + 2 <= real_encoder.max_tokens
