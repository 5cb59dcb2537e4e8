import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ArticleError
from index.types import Article, Chunk, clean_text


@given(st.text())
def test_cleaning_twice_changes_nothing_and_every_result_can_be_stored(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\0" not in cleaned
    cleaned.encode()


def test_cleaning_composes_letters_and_unifies_line_ends() -> None:
    assert clean_text("\ufeffSa\u0303o\r\nPaulo\r") == "S\u00e3o\nPaulo"


def test_lone_surrogates_are_replaced_not_dropped_so_that_offsets_keep_their_meaning() -> None:
    assert clean_text("a\ud800b") == "a\ufffdb"


def test_content_hash_is_the_sha256_of_the_text() -> None:
    assert Article("a", "São Paulo").content_hash == hashlib.sha256("São Paulo".encode()).hexdigest()


@pytest.mark.parametrize(
    ("article_id", "text", "message"),
    [(" ", "text", "no id"), ("a", "", "no text"), ("a", "e\u0301", "not cleaned")],
)
def test_an_article_that_could_not_be_kept_true_is_refused_at_birth(
    article_id: str, text: str, message: str
) -> None:
    with pytest.raises(ArticleError, match=message):
        Article(article_id, text)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 1)])
def test_a_chunk_is_never_empty_or_backward(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"{start} and {end}"):
        Chunk(start, end)
