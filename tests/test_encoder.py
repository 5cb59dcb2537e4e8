"""Encoders keep their protocol: unit rows, true token counts, and a revision that tells models apart."""

import sys
from pathlib import Path

import numpy as np
import pytest

from index.chunking import sentence_spans
from index.encoder import Encoder, HashingEncoder, SentenceEncoder, load_encoder
from index.encoder_names import PLAIN_ENCODER
from index.errors import ConfigError, ManifestMismatch
from index.local import LocalIndex
from index.packaged_encoder import PackagedEncoder
from qa_service.config import Settings
from qa_service.pipeline import manifest
from tests.conftest import SAMPLES

TEXTS = [
    "Six ambassadors visited Kem Sokha.",
    "",
    " ",
    "A word " * 2000,
    "👩‍🚀 日本語 العربية q̃",
    "lone \N{REPLACEMENT CHARACTER} and \u200b",
]


@pytest.fixture(scope="module")
def plain_encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


@pytest.fixture(params=["hashing", "real", "plain"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    encoder: Encoder = request.getfixturevalue(f"{request.param}_encoder")
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

    def test_knows_a_paraphrase(self, any_encoder: Encoder) -> None:
        if isinstance(any_encoder, HashingEncoder):
            pytest.skip("it knows words alone")
        question, near, far = any_encoder.encode(
            ["Who came to see Kem Sokha?", "Ambassadors called on Sokha at home.", "Bread needs flour."]
        )
        assert question @ near > 0.5 > 0.2 > question @ far


class TestPackagedEncoder:
    def test_is_the_default(self, real_encoder: Encoder) -> None:
        assert isinstance(real_encoder, PackagedEncoder)
        assert len(real_encoder.revision) == 16

    def test_has_the_tokens_and_sizes_of_its_original(
        self, real_encoder: Encoder, plain_encoder: SentenceEncoder
    ) -> None:
        texts = [*TEXTS, *_sentences()]
        assert real_encoder.count_tokens(texts) == plain_encoder.count_tokens(texts)
        sizes = (plain_encoder.dimension, plain_encoder.max_tokens)
        assert (real_encoder.dimension, real_encoder.max_tokens) == sizes

    def test_its_vectors_are_nearly_those_of_its_original(
        self, real_encoder: Encoder, plain_encoder: SentenceEncoder
    ) -> None:
        texts = [*TEXTS, *_sentences()]
        cosines = (real_encoder.encode(texts) * plain_encoder.encode(texts)).sum(axis=1)
        assert cosines.min() > 0.975
        assert cosines.mean() > 0.99

    def test_a_vector_is_to_the_last_bit_the_same_whatever_stands_beside_it(
        self, real_encoder: Encoder
    ) -> None:
        texts = _sentences()
        alone = np.concatenate([real_encoder.encode([text]) for text in texts])
        assert np.array_equal(real_encoder.encode(texts), alone)
        assert np.array_equal(real_encoder.encode(texts[::-1])[::-1], alone)

    def test_cuts_a_text_as_its_original_does(
        self, real_encoder: Encoder, plain_encoder: SentenceEncoder
    ) -> None:
        whole = " ".join(_sentences())
        (vector,), (original,) = real_encoder.encode([whole]), plain_encoder.encode([whole])
        assert vector @ original > 0.98
        assert np.array_equal(real_encoder.encode([whole + " and more"])[0], vector)

    def test_an_index_of_its_original_is_refused_with_the_way_out(
        self, real_encoder: Encoder, plain_encoder: SentenceEncoder, tmp_path: Path
    ) -> None:
        LocalIndex.open(tmp_path, manifest(Settings(), plain_encoder)).close()
        with pytest.raises(ManifestMismatch, match=rf"encoder: {PLAIN_ENCODER} → .* reindex"):
            LocalIndex.open(tmp_path, manifest(Settings(), real_encoder))
        LocalIndex.open(tmp_path, manifest(Settings(), load_encoder(PLAIN_ENCODER))).close()

    def test_a_folder_without_a_model_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=str(tmp_path)):
            PackagedEncoder.load(tmp_path)


def _sentences() -> list[str]:
    text = (SAMPLES / "articles" / "kem-sokha-ambassadors.md").read_text(encoding="utf-8")
    return [text[start:end] for start, end in sentence_spans(text)]


class TestSentenceEncoder:
    def test_is_all_minilm_l6_v2(self, plain_encoder: SentenceEncoder) -> None:
        assert (plain_encoder.dimension, plain_encoder.max_tokens) == (384, 256)
        assert plain_encoder.count_tokens(["Unaffable ambassadors"]) == [4], "una ##ffa ##ble ambassadors"

    def test_its_revision_comes_from_its_weights(self, plain_encoder: SentenceEncoder) -> None:
        assert len(plain_encoder.revision) == 16
        assert SentenceEncoder("another name", plain_encoder.model).revision == plain_encoder.revision

    def test_loads_from_a_folder_as_from_the_package(
        self, plain_encoder: SentenceEncoder, tmp_path: Path
    ) -> None:
        plain_encoder.model.save(str(tmp_path))
        copy = SentenceEncoder.load(str(tmp_path))
        assert copy.revision == plain_encoder.revision
        assert copy.encode(TEXTS[:1]) == pytest.approx(plain_encoder.encode(TEXTS[:1]), abs=1e-5)

    def test_what_is_not_installed_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        with pytest.raises(ConfigError, match=r"pip install -r requirements-encoders\.txt"):
            SentenceEncoder.load()

    def test_a_folder_without_a_model_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"can't be loaded .* Give the path"):
            SentenceEncoder.load(str(tmp_path))
