"""AdamW on fp32 copies of a bf16 model's weights, with a moving average of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

WARM_UP = 150  # steps
FINAL_RATE = 0.02  # of the peak learning rate
WEIGHT_DECAY = 0.01
MAX_GRADIENT = 1.0
AVERAGE_OVER = 1000  # steps: time constant of the moving average
_AVERAGE_EVERY = 4  # steps: each costs a walk through all weights


def rate_at(step: int, steps: int) -> float:
    """Share of the peak learning rate: linear warm-up, then linear decay to FINAL_RATE."""
    warm_up = min(WARM_UP, max(steps // 10, 1))
    if step < warm_up:
        return (step + 1) / warm_up
    return 1 - (1 - FINAL_RATE) * (step - warm_up) / max(steps - warm_up, 1)


class MasterOptimizer:
    """Turns a model to bf16 and trains it through fp32 master weights.

    A bf16 weight has 8 bits of precision, so small updates would be lost without the masters
    (Micikevicius et al., 2018). The moving average (Polyak and Juditsky, 1992) is what is
    evaluated and shipped.
    """

    def __init__(self, model: nn.Module, learning_rate: float, steps: int) -> None:
        self._model = model
        self._learning_rate = learning_rate
        self._steps = steps
        self._masters = [weight.detach().clone() for weight in model.parameters()]
        self._average = [weight.clone() for weight in self._masters]
        # Biases and layer norms are vectors, and are customarily not decayed.
        matrices = [weight for weight in self._masters if weight.dim() > 1]
        vectors = [weight for weight in self._masters if weight.dim() <= 1]
        self._adamw = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": WEIGHT_DECAY},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=learning_rate,
            betas=(0.9, 0.98),
            fused=True,
        )
        model.bfloat16()

    @torch.no_grad()
    def step(self, number: int) -> None:
        """One update from the model's gradients, which it clears."""
        for master, weight in zip(self._masters, self._model.parameters(), strict=True):
            master.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self._masters, MAX_GRADIENT)
        for group in self._adamw.param_groups:
            group["lr"] = self._learning_rate * rate_at(number, self._steps)
        self._adamw.step()
        self._load(self._masters)
        if number % _AVERAGE_EVERY == 0:
            self._update_average(number)

    @contextmanager
    def averaged(self) -> Iterator[nn.Module]:
        """The model with the averaged weights, for as long as the context lasts."""
        self._load(self._average)
        try:
            yield self._model
        finally:
            self._load(self._masters)

    def average(self) -> dict[str, Tensor]:
        """The averaged weights in fp32, by name."""
        names = [name for name, _ in self._model.named_parameters()]
        return dict(zip(names, self._average, strict=True))

    def state(self) -> dict[str, Any]:
        """All that is needed to go on from here."""
        return {
            "masters": self._masters,
            "average": self._average,
            "adamw": self._adamw.state_dict(),
        }

    @torch.no_grad()
    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        for own, saved in ((self._masters, state["masters"]), (self._average, state["average"])):
            for weight, value in zip(own, saved, strict=True):
                weight.copy_(value)
        self._adamw.load_state_dict(state["adamw"])
        self._load(self._masters)

    def _update_average(self, number: int) -> None:
        """Shorter memory at the start, so that the average soon forgets the untrained weights."""
        memory = min(AVERAGE_OVER, number / 2 + 1)
        share = min(_AVERAGE_EVERY / memory, 1.0)
        torch._foreach_lerp_(self._average, self._masters, share)

    @torch.no_grad()
    def _load(self, weights: list[Tensor]) -> None:
        torch._foreach_copy_(list(self._model.parameters()), weights)
