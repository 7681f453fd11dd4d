"""Where the models compute, and in which type: bfloat16 on a GPU if there is one, else float32 on the CPU."""

from __future__ import annotations

import torch
from torch import nn

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
COMPUTE = torch.bfloat16 if DEVICE.type == "cuda" else torch.float32


def placed(model: nn.Module) -> nn.Module:
    """The same model on DEVICE with its parameters in COMPUTE. Buffers (RoPE's tables) keep their type."""
    model.to(DEVICE)
    for parameter in model.parameters():
        parameter.data = parameter.data.to(COMPUTE)
    return model


def generator(seed: int) -> torch.Generator:
    return torch.Generator(DEVICE).manual_seed(seed)
