"""Gradients of a window's mean loss by PyTorch in 64 bits, held against given ones.

Reads JSON from standard input: the architecture, the pieces of a window, and tensors with their files. Writes the parameter
whose gradient differs most, as the length of the difference relative to the length of the reference.
"""

import json
import sys

import torch
from torch.nn.functional import cross_entropy, silu

given = json.load(sys.stdin)
arch = given["architecture"]
rope = arch["rope"]


def read(entry):
    values = torch.from_file(entry["file"], dtype=torch.float32, size=entry["shape"][0] * entry["shape"][1])
    return values.double().reshape(entry["shape"])


tensors = {name: read(entry) for name, entry in given["tensors"].items()}
gradients = {name[: -len(".gradient")]: t for name, t in tensors.items() if name.endswith(".gradient")}
weights = {name: t for name, t in tensors.items() if not name.endswith(".gradient")}
for name in gradients:
    weights[name].requires_grad_()


def norm(name, x):
    if f"{name}.weight" not in weights:
        return x
    return x / (x.pow(2).mean(-1, keepdim=True) + arch["epsilon"]).sqrt() * weights[f"{name}.weight"].flatten()


def linear(name, x):
    y = x @ weights[f"{name}.weight"].T
    if f"{name}.weight.lora_a" in weights:
        y = y + given["scale"] * (x @ weights[f"{name}.weight.lora_a"].T @ weights[f"{name}.weight.lora_b"].T)
    if f"{name}.bias" in weights:
        y = y + weights[f"{name}.bias"].flatten()
    return y


def rotate(x):
    """x: [token, head, dimension]"""
    size = rope["dimensions"]
    powers = -torch.arange(0, size, 2, dtype=torch.float64) / size
    angles = torch.arange(x.shape[0], dtype=torch.float64)[:, None] * rope["scale"] * rope["base"] ** powers
    cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
    if rope["mode"] == 0:
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
    a, b = x[..., : size // 2], x[..., size // 2 :]
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


def heads(block, name, x, count):
    size = arch["headSize"]
    y = linear(f"{block}.{name}", x)
    weight = weights.get(f"{block}.{name}_norm.weight")
    of_each = weight is not None and weight.numel() == size
    y = y if of_each else norm(f"{block}.{name}_norm", y)
    y = y.reshape(len(x), count, size)
    return rotate(norm(f"{block}.{name}_norm", y) if of_each else y)


def attention(block, x):
    n, size = len(x), arch["headSize"]
    share = arch["heads"] // arch["keyHeads"]
    q = heads(block, "attn_q", x, arch["heads"])
    k = heads(block, "attn_k", x, arch["keyHeads"]).repeat_interleave(share, 1)
    v = linear(f"{block}.attn_v", x).reshape(n, arch["keyHeads"], size).repeat_interleave(share, 1)
    scores = torch.einsum("qhd,khd->hqk", q, k) / size**0.5
    scores = scores + torch.full((n, n), -torch.inf, dtype=torch.float64).triu(1)
    mixed = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v)
    return linear(f"{block}.attn_output", mixed.reshape(n, -1))


def loss(piece):
    x = weights["token_embd.weight"][torch.tensor(piece[:-1])]
    for i in range(arch["layers"]):
        block = f"blk.{i}"
        x = x + norm(f"{block}.post_attention_norm", attention(block, norm(f"{block}.attn_norm", x)))
        h = norm(f"{block}.ffn_norm", x)
        h = silu(linear(f"{block}.ffn_gate", h)) * linear(f"{block}.ffn_up", h)
        x = x + norm(f"{block}.post_ffw_norm", linear(f"{block}.ffn_down", h))
    head = weights.get("output.weight", weights["token_embd.weight"])
    return cross_entropy(norm("output_norm", x) @ head.T, torch.tensor(piece[1:]), reduction="sum")


tokens = sum(len(piece) - 1 for piece in given["pieces"])
(sum(loss(piece) for piece in given["pieces"]) / tokens).backward()
differences = {
    name: ((gradient - weights[name].grad).norm() / weights[name].grad.norm()).item()
    for name, gradient in gradients.items()
}
worst = max(differences, key=differences.get)
json.dump({"worst": worst, "difference": differences[worst]}, sys.stdout)
