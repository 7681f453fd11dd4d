"""Muon for the matrices inside the blocks, Adam for the rest (or for everything), float32 masters.

The model computes in bfloat16 or float32, whichever this CPU multiplies faster (`fastest_type`);
every weight has a float32 master copy here, to which the steps are applied.
"""

from __future__ import annotations

import functools
import time

import torch
from torch import nn

import workers


def fastest_type() -> torch.dtype:
    """bfloat16 where the CPU has instructions for it (2.5 times as fast as float32), else float32 (then about
    ten times as fast): found by trying both."""
    def seconds(kind: torch.dtype) -> float:
        left, right = torch.ones((1024, 256), dtype=kind), torch.ones((256, 704), dtype=kind)
        left @ right
        times = []
        for _ in range(5):
            start = time.process_time()
            left @ right
            times.append(time.process_time() - start)
        return min(times)

    return min((torch.float32, torch.bfloat16), key=seconds)


def orthogonalise(matrices: torch.Tensor, kind: torch.dtype, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz iteration of Muon (Jordan et al. 2024) on a stack [n, rows, columns], computed in type `kind`."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices.to(kind)
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
        self.masters = {name: masters[name].detach().float().clone() for name in self.parameters}
        self.first = {name: torch.zeros_like(master) for name, master in self.masters.items()}
        self.second = {name: torch.zeros_like(self.masters[name]) for name in self.adam_names()}
        self.steps = 0

    def is_matrix(self, name: str) -> bool:
        inside = self.masters[name].ndim == 2 and "blocks." in name
        return inside and self.rates[0] is not None

    def adam_names(self) -> list[str]:
        return [name for name in self.masters if not self.is_matrix(name)]

    def clip(self, limit: float) -> float:
        return float(torch.nn.utils.clip_grad_norm_(self.parameters.values(), limit))

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
            updates = []
            for name in names:
                gradient = self.parameters[name].grad.float()
                self.first[name].lerp_(gradient, 1 - self.momentum)
                updates.append(gradient.lerp(self.first[name], self.momentum))  # Nesterov
            kind = self.parameters[names[0]].dtype
            stretch = max(1.0, shape[0] / shape[1]) ** 0.5
            directions = workers.shared(functools.partial(orthogonalise, kind=kind), torch.stack(updates))
            for name, update in zip(names, directions):
                self.masters[name].mul_(1 - rate * self.weight_decay).add_(update, alpha=-rate * stretch)

    def adam_step(self, rate: float) -> None:
        b1, b2 = self.betas
        for name in self.adam_names():
            gradient = self.parameters[name].grad.float()
            self.first[name].lerp_(gradient, 1 - b1)
            self.second[name].lerp_(gradient.square(), 1 - b2)
            first = self.first[name] / (1 - b1**self.steps)
            second = self.second[name] / (1 - b2**self.steps)
            self.masters[name].addcdiv_(first, second.sqrt() + 1e-10, value=-rate)

    def state(self) -> dict:
        return {"masters": self.masters, "first": self.first, "second": self.second, "steps": self.steps}

    def load(self, state: dict) -> None:
        self.masters, self.first, self.second = state["masters"], state["first"], state["second"]
        self.steps = state["steps"]
        self.write_back()

    @torch.no_grad()
    def write_back(self) -> None:
        """The model's weights become the masters', rounded to the model's type."""
        for name, parameter in self.parameters.items():
            parameter.copy_(self.masters[name])
            parameter.grad = None
