"""A transformer encoder with a span head: where an answer starts and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from .features import Batch

TEMPERATURE = 2.0

# Dropout of attention weights costs a third of the speed on a CPU; that of hidden states little.
_DROPOUT = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.0}


class SpanReader(nn.Module):
    """Devlin et al. (2019): two scores for each token from one linear layer."""

    def __init__(self, encoder: Path) -> None:
        super().__init__()
        config = AutoConfig.from_pretrained(encoder, **_DROPOUT)
        self.encoder = AutoModel.from_pretrained(
            encoder, config=config, add_pooling_layer=False, attn_implementation="eager", dtype=torch.float32
        )
        # MPNet and RoBERTa tell question and passage apart by the separators alone.
        self._typed = getattr(config, "type_vocab_size", 1) > 1
        self.head = nn.Linear(config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=config.initializer_range)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Start and end logits, each (windows, tokens), from integer inputs of that shape."""
        types = {"token_type_ids": token_type_ids} if self._typed else {}
        hidden = self.encoder(input_ids, attention_mask, **types).last_hidden_state
        start, end = self.head(hidden).unbind(-1)
        return start, end


@torch.no_grad()
def take_over(model: SpanReader, checkpoint: Path) -> None:
    """Load the averaged weights of a training run's checkpoint."""
    device = model.head.weight.device
    state = torch.load(checkpoint, map_location=device, weights_only=True, mmap=True)
    torch._foreach_copy_(list(model.parameters()), state["average"])


def logits(model: SpanReader, batch: Batch) -> tuple[Tensor, Tensor]:
    """Start and end logits in fp32, minus infinity where no answer may start or end."""
    device = model.head.weight.device
    inputs = (torch.from_numpy(each).to(device) for each in (batch.ids, batch.mask, batch.type_ids))
    start, end = model(*inputs)
    barred = torch.from_numpy(~batch.allowed).to(device)
    low = float("-inf")
    return start.float().masked_fill(barred, low), end.float().masked_fill(barred, low)


def imitation_loss(own: Sequence[Tensor], taught: Sequence[Tensor]) -> Tensor:
    """Mean cross-entropy with the teacher's distributions of the first and of the last token.

    Both are softened by TEMPERATURE and the loss scaled by its square, as Hinton et al. (2015) do.
    """
    losses = []
    for student, teacher in zip(own, taught, strict=True):
        log_likely = (student / TEMPERATURE).log_softmax(-1).masked_fill(student.isinf(), 0.0)
        losses.append(-((teacher / TEMPERATURE).softmax(-1) * log_likely).sum(-1).mean())
    return torch.stack(losses).mean() * TEMPERATURE**2


def span_loss(start: Tensor, end: Tensor, targets: Sequence[tuple[int, int]]) -> Tensor:
    """Mean cross-entropy of the first and the last token of the answers."""
    first, last = torch.tensor(targets, device=start.device).unbind(1)
    cross_entropy = nn.functional.cross_entropy
    return (cross_entropy(start, first) + cross_entropy(end, last)) / 2
