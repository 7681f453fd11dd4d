"""The language model: a small Llama (RMSNorm, RoPE, SwiGLU, grouped-query attention, tied embeddings).

Written so that its weights can be stored as a GGUF file of architecture `llama` and give the same
logits in llama.cpp. RoPE here turns the halves of a head (the "neox" order); `export.py` reorders
the rows of the query and key matrices into the interleaved order that llama.cpp expects.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from shape import Shape


def rope_tables(shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine per position and pair, each [context, head_width / 2]."""
    half = shape.head_width // 2
    frequencies = shape.rope_base ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(shape.context, dtype=torch.float64)[:, None] * frequencies[None, :]
    return angles.cos().float(), angles.sin().float()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turn pair (i, i + half) of every head by the angle of its position. x: [batch, heads, time, head_width]."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1).to(x.dtype)


class Cache:
    """Keys and values of all positions so far, per attention layer, in buffers of `capacity` positions."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.length = capacity, 0
        self.store: dict[nn.Module, tuple[torch.Tensor, torch.Tensor]] = {}

    def extend(self, layer: nn.Module, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if layer not in self.store:
            shape = (*k.shape[:2], self.capacity, k.shape[3])
            self.store[layer] = (k.new_empty(shape), v.new_empty(shape))
        end = self.length + k.shape[2]
        keys, values = self.store[layer]
        keys[:, :, self.length : end], values[:, :, self.length : end] = k, v
        return keys[:, :, :end], values[:, :, :end]


class Attention(nn.Module):
    """Causal self-attention in which `heads / kv_heads` query heads share one key and value head."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_width
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, kv_width, bias=False)
        self.value = nn.Linear(shape.width, kv_width, bias=False)
        self.output = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x, cos, sin, mask, cache=None):
        batch, time, width = x.shape
        shape = self.shape
        split = lambda y, heads: y.view(batch, time, heads, shape.head_width).transpose(1, 2)
        q = rotate(split(self.query(x), shape.heads), cos, sin)
        k = rotate(split(self.key(x), shape.kv_heads), cos, sin)
        v = split(self.value(x), shape.kv_heads)
        if cache is not None:
            k, v = cache.extend(self, k, v)
        y = causal(q, k, v) if mask is None else attend(q, k, v, mask)
        return self.output(y.transpose(1, 2).reshape(batch, time, width))


def causal(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Attention in which every position looks at itself and at all before it; torch's fused kernels."""
    group = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """softmax(q k' / sqrt(head_width) + mask) v; query heads that share a key head are rows of one product.

    With one new position a row it reads keys and values where the cache has them, without a copy.
    """
    batch, heads, time, head_width = q.shape
    kv_heads, keys = k.shape[1], k.shape[2]
    group = heads // kv_heads
    rows = q.reshape(batch * kv_heads, group * time, head_width)
    k, v = k.view(batch * kv_heads, keys, head_width), v.view(batch * kv_heads, keys, head_width)
    scores = torch.bmm(rows, k.transpose(1, 2)).view(batch, kv_heads, group, time, keys)
    weights = torch.softmax(scores.float() / math.sqrt(head_width) + mask, dim=-1).to(v.dtype)
    y = torch.bmm(weights.view(batch * kv_heads, group * time, keys), v)
    return y.view(batch, heads, time, head_width)


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.attention = Attention(shape)
        self.feed_forward_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.feed_forward = FeedForward(shape)

    def forward(self, x, cos, sin, mask, cache=None):
        x = x + self.attention(self.attention_norm(x), cos, sin, mask, cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Model(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        cos, sin = rope_tables(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.initialise()

    def initialise(self) -> None:
        nn.init.normal_(self.embedding.weight, std=0.02)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2 and name != "embedding.weight":
                nn.init.normal_(parameter, std=0.5 / math.sqrt(parameter.shape[1]))
                if name.endswith(("output.weight", "down.weight")):
                    nn.init.zeros_(parameter)

    def hidden(self, ids: torch.Tensor, cache: Cache | None = None, mask: torch.Tensor | None = None) -> torch.Tensor:
        """States after the last norm, [batch, time, width], of token ids [batch, time].

        With a cache the ids continue what the cache holds, and `mask` [batch, 1, 1, time, all], 0 or minus
        infinity, says which of all positions so far each new one may look at. Without, each looks at those before it.
        """
        start, time = (cache.length if cache else 0), ids.shape[1]
        cos, sin = self.cos[start : start + time], self.sin[start : start + time]
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, cos, sin, mask, cache)
        if cache:
            cache.length += time
        return self.norm(x)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden @ self.embedding.weight.T

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.logits(self.hidden(ids))

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())
