"""Encoders keep their protocol: unit rows, true token counts, and a revision that tells models apart."""

from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder, HashingEncoder, SentenceEncoder
from index.errors import ConfigError

TEXTS = [
    "Six ambassadors visited Kem Sokha.",
    "",
    " ",
    "A word " * 2000,
    "👩‍🚀 日本語 العربية q̃",
    "lone \N{REPLACEMENT CHARACTER} and \u200b",
]


@pytest.fixture(params=["hashing", "real"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    encoder: SentenceEncoder = request.getfixturevalue("real_encoder")
    return encoder


class TestEncoder:
    def test_gives_one_row_of_unit_length_for_each_text(self, any_encoder: Encoder) -> None:
        vectors = any_encoder.encode([text for text in TEXTS if text.strip()])
        assert vectors.shape == (4, any_encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)

    def test_takes_texts_without_words(self, any_encoder: Encoder) -> None:
        assert np.isfinite(any_encoder.encode(TEXTS)).all()

    def test_takes_no_texts_at_all(self, any_encoder: Encoder) -> None:
        assert any_encoder.encode([]).shape == (0, any_encoder.dimension)
        assert any_encoder.count_tokens([]) == []

    def test_gives_a_text_the_same_vector_whatever_stands_beside_it(self, any_encoder: Encoder) -> None:
        alone = any_encoder.encode(TEXTS[:1])[0]
        among = any_encoder.encode(["short", *TEXTS])[1]
        assert among == pytest.approx(alone, abs=1e-5)

    def test_counts_what_it_would_have_to_cut(self, any_encoder: Encoder) -> None:
        counts = any_encoder.count_tokens(TEXTS)
        assert len(counts) == len(TEXTS)
        assert counts[1] == counts[2] == 0
        assert counts[3] >= 4000 > any_encoder.max_tokens

    def test_puts_texts_that_share_words_closer(self, any_encoder: Encoder) -> None:
        question, near, far = any_encoder.encode(
            ["who visited kem sokha", "ambassadors visited kem sokha", "bread needs flour and water"]
        )
        assert question @ near > question @ far


class TestSentenceEncoder:
    def test_is_all_minilm_l6_v2(self, real_encoder: SentenceEncoder) -> None:
        assert (real_encoder.dimension, real_encoder.max_tokens) == (384, 256)
        assert real_encoder.count_tokens(["Unaffable ambassadors"]) == [4], "una ##ffa ##ble ambassadors"

    def test_knows_a_paraphrase(self, real_encoder: SentenceEncoder) -> None:
        question, near, far = real_encoder.encode(
            ["Who came to see Kem Sokha?", "Ambassadors called on Sokha at home.", "Bread needs flour."]
        )
        assert question @ near > 0.5 > 0.2 > question @ far

    def test_its_revision_comes_from_its_weights(self, real_encoder: SentenceEncoder) -> None:
        assert len(real_encoder.revision) == 16
        assert SentenceEncoder("another name", real_encoder.model).revision == real_encoder.revision

    def test_loads_from_a_folder_as_from_the_package(
        self, real_encoder: SentenceEncoder, tmp_path: Path
    ) -> None:
        real_encoder.model.save(str(tmp_path))
        copy = SentenceEncoder.load(str(tmp_path))
        assert copy.revision == real_encoder.revision
        assert copy.encode(TEXTS[:1]) == pytest.approx(real_encoder.encode(TEXTS[:1]), abs=1e-5)

    def test_a_folder_without_a_model_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"can't be loaded .* Give the path"):
            SentenceEncoder.load(str(tmp_path))
