"""Batched sampling with a key-value cache: temperature 1, nucleus top-p, seeded."""

from __future__ import annotations

import torch

import settings
from model import Cache, Model


def nucleus(logits: torch.Tensor, top_p: float) -> torch.Tensor:
    """Probabilities of the smallest set of tokens that reaches top_p, renormalised."""
    probabilities = torch.softmax(logits.float(), dim=-1)
    if top_p >= 1:
        return probabilities
    ordered, places = probabilities.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(-1) - ordered >= top_p] = 0
    return torch.zeros_like(probabilities).scatter(-1, places, ordered / ordered.sum(-1, keepdim=True))


@torch.no_grad()
def sample(model: Model, prompts: list[list[int]], new_tokens: int, generator: torch.Generator,
           top_p: float = 1.0, stop: bool = True) -> list[list[int]]:
    """One continuation per prompt, at most `new_tokens` long; ends with END where the model ended it.

    Control tokens other than END cannot be drawn, as a chat program would not show them. Without
    `stop`, END cannot be drawn either. Shorter prompts are padded at the left, and the padding is
    masked; RoPE only sees distances, so the shift does not matter.
    """
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), settings.END)
    visible = torch.zeros((len(prompts), longest), dtype=torch.bool)
    for i, prompt in enumerate(prompts):
        ids[i, longest - len(prompt) :] = torch.tensor(prompt)
        visible[i, longest - len(prompt) :] = True
    cache = Cache(longest + new_tokens)
    causal = torch.ones((longest, longest), dtype=torch.bool).tril()
    allowed = visible[:, None, :] & causal | torch.eye(longest, dtype=torch.bool)
    hidden = model.hidden(ids, cache, masked(allowed))
    banned = [settings.BEGIN, settings.USER, settings.ASSISTANT] + ([] if stop else [settings.END])
    out: list[list[int]] = [[] for _ in prompts]
    running = torch.ones(len(prompts), dtype=torch.bool)
    for _ in range(new_tokens):
        logits = model.logits(hidden[:, -1])
        logits[:, banned] = float("-inf")
        drawn = torch.multinomial(nucleus(logits, top_p), 1, generator=generator)
        for i in running.nonzero()[:, 0].tolist():
            out[i].append(int(drawn[i]))
        running &= drawn[:, 0] != settings.END
        if not running.any():
            break
        visible = torch.cat((visible, torch.ones((len(prompts), 1), dtype=torch.bool)), dim=1)
        hidden = model.hidden(drawn, cache, masked(visible[:, None, :]))
    return out


def masked(allowed: torch.Tensor) -> torch.Tensor:
    """Boolean [rows, time, all] to the additive mask [rows, 1, 1, time, all] of the attention."""
    mask = torch.zeros(allowed.shape).masked_fill(~allowed, float("-inf"))
    return mask[:, None, None]
