"""The trained reader as one ONNX file with 8-bit weights."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from .features import MAX_LENGTH, STRIDE, Batch, Featurizer
from .prediction import MAX_ANSWER, Logits, Reader
from .span_reader import SpanReader

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
SETTINGS = "reader.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits")
_OPSET = 17


@dataclass(frozen=True)
class ReaderSettings:
    """What the service must know besides the weights; lengths are in tokens."""

    max_length: int = MAX_LENGTH
    stride: int = STRIDE
    max_answer_length: int = MAX_ANSWER
    title_format: str = "{title}. {passage}"


def export(model: SpanReader, featurizer: Featurizer, directory: Path) -> Path:
    """Write the quantised model, its tokenizer and its settings; the model's path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / MODEL
    with TemporaryDirectory() as scratch:
        traced = Path(scratch) / MODEL
        _trace(model.float().cpu().eval(), traced)
        # Activations get their scales as they come. Products of signed weights are the fast ones, and in
        # 7 bits they cannot saturate on processors without VNNI.
        quantize_dynamic(traced, path, per_channel=True, weight_type=QuantType.QInt8, reduce_range=True)
    featurizer.tokenizer.save(str(directory / TOKENIZER))
    settings = json.dumps(asdict(ReaderSettings()), indent=2)
    (directory / SETTINGS).write_text(settings + "\n", encoding="utf-8")
    return path


def onnx_reader(path: Path) -> Reader:
    """A reader over an exported model, on the CPU."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    known = {each.name for each in session.get_inputs()}  # not all encoders know type ids

    def read(batch: Batch) -> Logits:
        arrays = (batch.ids, batch.mask, batch.type_ids)
        inputs = {name: array for name, array in zip(INPUTS, arrays, strict=True) if name in known}
        start, end = session.run(list(OUTPUTS), inputs)
        return start, end

    return read


def _trace(model: SpanReader, path: Path) -> None:
    example = torch.ones(2, 16, dtype=torch.int64)
    axes = {0: "windows", 1: "tokens"}
    with warnings.catch_warnings():
        # The tracer warns of shapes that it fixes; the ones of this model do not matter, as the
        # scores of the exported model on real batches show.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example, example, example),
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=dict.fromkeys((*INPUTS, *OUTPUTS), axes),
            opset_version=_OPSET,
            dynamo=False,
        )
