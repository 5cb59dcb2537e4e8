"""Which texts are one report."""

import random
import re
from itertools import combinations

import numpy as np
import pytest

from index import loaders
from index.near_duplicates import BANDS, ROWS, Sketch
from index.types import Article
from tests.conftest import SAMPLES


def samples() -> list[str]:
    files, _ = loaders.find([SAMPLES / "articles"])
    return [each.text for file in files for each in loaders.load(file) if isinstance(each, Article)]


def are_one(text: str, other: str) -> bool:
    sketch = Sketch.of(other)
    (near,) = Sketch.of(text).near(sketch.signature[None], np.array([sketch.shingles]))
    return bool(near)


def with_other_words(text: str, share: float) -> str:
    rng = random.Random(text)
    words = text.split()
    for place in rng.sample(range(len(words)), int(share * len(words))):
        words[place] = f"other{rng.randrange(1000)}"
    return " ".join(words)


def first_part(text: str, share: float) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(sentences[: int(share * len(sentences))])


@pytest.mark.parametrize(
    "copied",
    [
        lambda text: text,
        lambda text: text.upper().replace(",", " -"),
        lambda text: with_other_words(text, 0.02),
        lambda text: with_other_words(text, 0.08),
        lambda text: first_part(text, 0.7),
        lambda text: f"LONDON (Wire) - The following was corrected and published again today. {text}",
        lambda text: with_other_words(first_part(text, 0.8), 0.03),
    ],
    ids=["same", "case and marks", "2 % of words", "8 % of words", "cut", "lead", "cut and changed"],
)
def test_a_wire_copy_is_the_same_report(copied):
    texts = samples()
    assert [text[:40] for text in texts if not are_one(text, copied(text))] == []


def test_different_articles_are_different_reports():
    assert not any(are_one(*pair) for pair in combinations(samples(), 2))


def test_a_follow_up_that_repeats_a_third_is_another_report():
    texts = samples()
    follow_ups = [
        f"{first_part(new, 0.7)} {first_part(old, 0.3)}"
        for old, new in zip(texts, texts[1:] + texts[:1], strict=True)
    ]
    assert not any(are_one(old, follow_up) for old, follow_up in zip(texts, follow_ups, strict=True))


def test_short_texts_are_compared_too():
    assert are_one("Rain.", "rain")
    assert are_one("It rains today.", "It rains today!")
    assert not are_one("Rain.", "Snow.")
    assert are_one("...", "?!"), "without words there is nothing to tell them apart"


def test_it_does_not_matter_which_of_two_is_asked():
    texts = samples()
    copies = [with_other_words(text, share / 100) for text, share in zip(texts, range(0, 54, 3), strict=True)]
    assert [are_one(*pair) for pair in zip(texts, copies, strict=True)] == [
        are_one(*pair) for pair in zip(copies, texts, strict=True)
    ]


def test_a_sketch_is_kept_as_bytes_and_its_bands_as_64_bit_numbers():
    sketch = Sketch.of(samples()[0])
    again = Sketch(np.frombuffer(sketch.encoded, "<u4"), sketch.shingles)
    assert np.array_equal(again.signature, sketch.signature)
    assert again.bands == sketch.bands
    assert len(sketch.encoded) == 4 * BANDS * ROWS
    assert len(set(sketch.bands)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in sketch.bands)


def test_signatures_are_those_of_the_indexes_that_exist():
    """If this fails, stored signatures are of another kind: raise SCHEMA_VERSION."""
    assert Sketch.of("Six ambassadors visited Kem Sokha at home.").signature[:3].tolist() == [
        1677072034,
        1508190122,
        325489828,
    ]
