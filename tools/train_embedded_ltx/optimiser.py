"""Muon for the transformer's matrices, AdamW for all else, and an average of the weights.

Muon orthogonalises the momentum of each matrix, which learns this transformer in about half of
the steps. Matrices of one shape are treated together, as one batch.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

from collections import defaultdict
from typing import Any, Final

import torch
from torch import Tensor

NEWTON_SCHULZ: Final = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic iteration, from Keller Jordan's description of Muon (2024)."""
NEWTON_SCHULZ_STEPS: Final = 5
MOMENTUM: Final = 0.95


def orthogonalise(matrices: Tensor) -> Tensor:
    """The nearest (roughly) orthogonal matrices to [n, rows, columns], in bfloat16."""
    a, b, c = NEWTON_SCHULZ
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Optimiser:
    """Steps a transformer: Muon inside its blocks, AdamW elsewhere."""

    def __init__(self, model: Any, *, muon_rate: float, adam_rate: float) -> None:
        self._groups: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
        rest = []
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2 and "blocks" in name and "scale_shift" not in name:
                self._groups[tuple(parameter.shape)].append(parameter)
            else:
                rest.append(parameter)
        self._momentum = {
            shape: torch.zeros(len(group), *shape, device=group[0].device)
            for shape, group in self._groups.items()
        }
        self._rates = (muon_rate, adam_rate)
        self._adam = torch.optim.AdamW(rest, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
        self._parameters = list(model.parameters())

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """One step with both learning rates times `scale`; clears the gradients."""
        muon_rate, adam_rate = (rate * scale for rate in self._rates)
        for shape, group in self._groups.items():
            gradient = torch.stack([parameter.grad for parameter in group])
            momentum = self._momentum[shape].lerp_(gradient, 1 - MOMENTUM)
            update = orthogonalise(gradient.lerp(momentum, MOMENTUM)).float()
            update *= muon_rate * max(1.0, shape[0] / shape[1]) ** 0.5
            for parameter, change in zip(group, update, strict=True):
                parameter.mul_(1 - muon_rate * 0.01).sub_(change)
        self._adam.param_groups[0]["lr"] = adam_rate
        self._adam.step()
        for parameter in self._parameters:
            parameter.grad = None

    def state(self) -> dict[str, Any]:
        """What a checkpoint must keep."""
        return {"adam": self._adam.state_dict(), "momentum": list(self._momentum.values())}

    def restore(self, state: dict[str, Any]) -> None:
        """Continues from a checkpoint."""
        self._adam.load_state_dict(state["adam"])
        for momentum, kept in zip(self._momentum.values(), state["momentum"], strict=True):
            momentum.copy_(kept)


class Average:
    """An exponential moving average of a model's weights, which is what ships."""

    def __init__(self, model: Any, decay: float) -> None:
        self._decay = decay
        self._model = model
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the current weights; the average is shorter during the first steps."""
        keep = min(self._decay, (1 + step) / (10 + step))
        for name, value in self._model.state_dict().items():
            self.weights[name].lerp_(value, 1 - keep)
