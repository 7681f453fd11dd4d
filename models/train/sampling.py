"""Batched sampling with a key-value cache, seeded."""

from __future__ import annotations

from collections.abc import Sequence

import torch

import settings
from device import DEVICE
from model import Cache, Model

LOOK_EVERY = 16  # tokens between two looks whether all rows have ended: each look waits for the GPU


def nucleus(logits: torch.Tensor, top_p: float) -> torch.Tensor:
    """Probabilities of the smallest set of tokens that reaches top_p, renormalised."""
    probabilities = torch.softmax(logits.float(), dim=-1)
    if top_p >= 1:
        return probabilities
    ordered, places = probabilities.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(-1) - ordered >= top_p] = 0
    return torch.zeros_like(probabilities).scatter(-1, places, ordered / ordered.sum(-1, keepdim=True))


def without_unlikely(logits: torch.Tensor, min_p: float) -> torch.Tensor:
    """Probabilities, not normalised, with those below `min_p` times the largest set to 0. Needs no sorting."""
    probabilities = torch.softmax(logits, dim=-1)
    return probabilities.masked_fill_(probabilities < min_p * probabilities.amax(-1, keepdim=True), 0)


@torch.no_grad()
def sample(model: Model, prompts: Sequence[list[int]], new_tokens: int, generator: torch.Generator, top_p: float = 1.0,
           min_p: float = 0.0, temperature: float = 1.0, stop: bool = True, end: int = settings.END,
           banned: Sequence[int] = (settings.BEGIN, settings.USER, settings.ASSISTANT)) -> list[list[int]]:
    """One continuation per prompt, at most `new_tokens` long; ends with `end` where the model ended it.

    The control tokens `banned` cannot be drawn, as a chat program would not show them. Without
    `stop`, `end` cannot be drawn either. Shorter prompts are padded at the left, and the padding is
    masked; RoPE only sees distances, so the shift does not matter.
    """
    longest, rows = max(map(len, prompts)), len(prompts)
    ids = torch.tensor([[end] * (longest - len(prompt)) + prompt for prompt in prompts], device=DEVICE)
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=DEVICE)
    visible = torch.arange(longest + new_tokens, device=DEVICE) >= longest - lengths[:, None]
    cache = Cache(longest + new_tokens)
    square = torch.ones((longest, longest), dtype=torch.bool, device=DEVICE)
    allowed = visible[:, None, :longest] & square.tril() | torch.eye(longest, dtype=torch.bool, device=DEVICE)
    hidden = model.hidden(ids, cache, masked(allowed))
    mask = masked(visible[:, None, :])
    drawn = torch.full((rows, new_tokens), end, device=DEVICE)
    running = torch.ones(rows, dtype=torch.bool, device=DEVICE)
    unwanted = list(banned) + ([] if stop else [end])
    for place in range(new_tokens):
        logits = model.logits(hidden[:, -1]).float()
        logits[:, unwanted] = float("-inf")
        logits /= temperature
        probabilities = without_unlikely(logits, min_p) if min_p else nucleus(logits, top_p)
        token = torch.multinomial(probabilities, 1, generator=generator)[:, 0]
        token = torch.where(running, token, end)
        drawn[:, place] = token
        running &= token != end
        if place + 1 == new_tokens or (place % LOOK_EVERY == 0 and not running.any()):
            break
        hidden = model.hidden(token[:, None], cache, mask[..., : longest + place + 1])
    return [up_to(row, end) for row in drawn.tolist()]


def up_to(row: list[int], end: int) -> list[int]:
    return row[: row.index(end) + 1] if end in row else row


def masked(allowed: torch.Tensor) -> torch.Tensor:
    """Boolean [rows, time, all] to the additive mask [rows, 1, 1, time, all] of the attention."""
    mask = torch.zeros(allowed.shape, device=allowed.device).masked_fill(~allowed, float("-inf"))
    return mask[:, None, None]
