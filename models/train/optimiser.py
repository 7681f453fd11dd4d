"""Muon for the matrices inside the blocks, Adam for the rest (or for everything), float32 masters.

The model computes in `device.COMPUTE`; every weight has a float32 master copy here, to which the steps are applied.
"""

from __future__ import annotations

import torch
from torch import nn

from device import DEVICE


def orthogonalise(matrices: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz iteration of Muon (Jordan et al. 2024) on a stack [n, rows, columns], computed in its type."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices
    tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.transpose(1, 2)
        x = a * x + (b * square + c * square @ square) @ x
    return (x.transpose(1, 2) if tall else x).float()


class Optimiser:
    """`step(scale)` applies the gradients with both learning rates times `scale`.

    `masters` are the starting weights in float32; `muon_rate` None gives every weight to Adam.
    """

    def __init__(self, model: nn.Module, masters: dict[str, torch.Tensor], muon_rate: float | None, adam_rate: float,
                 weight_decay: float, momentum: float = 0.95, betas: tuple[float, float] = (0.9, 0.98)) -> None:
        self.rates = (muon_rate, adam_rate)
        self.weight_decay, self.momentum, self.betas = weight_decay, momentum, betas
        self.parameters = dict(model.named_parameters())
        self.masters = {name: masters[name].detach().float().to(DEVICE, copy=True) for name in self.parameters}
        self.first = {name: torch.zeros_like(master) for name, master in self.masters.items()}
        self.second = {name: torch.zeros_like(self.masters[name]) for name in self.adam_names()}
        self.steps = 0

    def is_matrix(self, name: str) -> bool:
        inside = self.masters[name].ndim == 2 and "blocks." in name
        return inside and self.rates[0] is not None

    def adam_names(self) -> list[str]:
        return [name for name in self.masters if not self.is_matrix(name)]

    def clip(self, limit: float) -> torch.Tensor:
        """Shortens the gradient to at most `limit`; returns its length before."""
        return torch.nn.utils.clip_grad_norm_(self.parameters.values(), limit)

    @torch.no_grad()
    def step(self, scale: float = 1.0) -> None:
        self.steps += 1
        if self.rates[0] is not None:
            self.muon_step(self.rates[0] * scale)
        self.adam_step(self.rates[1] * scale)
        self.write_back()

    def muon_step(self, rate: float) -> None:
        by_shape: dict[torch.Size, list[str]] = {}
        for name in self.masters:
            if self.is_matrix(name):
                by_shape.setdefault(self.masters[name].shape, []).append(name)
        for shape, names in by_shape.items():
            gradients = [self.parameters[name].grad.float() for name in names]
            first = [self.first[name] for name in names]
            torch._foreach_lerp_(first, gradients, 1 - self.momentum)
            updates = torch._foreach_lerp(gradients, first, self.momentum)  # Nesterov
            kind = self.parameters[names[0]].dtype
            directions = orthogonalise(torch.stack(updates).to(kind)).unbind()
            masters = [self.masters[name] for name in names]
            torch._foreach_mul_(masters, 1 - rate * self.weight_decay)
            torch._foreach_add_(masters, directions, alpha=-rate * max(1.0, shape[0] / shape[1]) ** 0.5)

    def adam_step(self, rate: float) -> None:
        names = self.adam_names()
        gradients = [self.parameters[name].grad.float() for name in names]
        first, second = ([part[name] for name in names] for part in (self.first, self.second))
        torch._foreach_lerp_(first, gradients, 1 - self.betas[0])
        torch._foreach_lerp_(second, torch._foreach_mul(gradients, gradients), 1 - self.betas[1])
        scales = torch._foreach_sqrt(torch._foreach_div(second, 1 - self.betas[1] ** self.steps))
        torch._foreach_add_(scales, 1e-10)
        masters = [self.masters[name] for name in names]
        torch._foreach_addcdiv_(masters, first, scales, value=-rate / (1 - self.betas[0] ** self.steps))

    def state(self) -> dict:
        return {"masters": self.masters, "first": self.first, "second": self.second, "steps": self.steps}

    def load(self, state: dict) -> None:
        self.masters, self.first, self.second = state["masters"], state["first"], state["second"]
        self.steps = state["steps"]
        self.write_back()

    @torch.no_grad()
    def write_back(self) -> None:
        """The model's weights become the masters', rounded to the model's type."""
        torch._foreach_copy_(list(self.parameters.values()), [self.masters[name] for name in self.parameters])
        for parameter in self.parameters.values():
            parameter.grad = None
