"""Reads a GGUF file of architecture `llama` with tied embeddings into `model.Model`: what `export.py` writes, and the teacher."""

from __future__ import annotations

from pathlib import Path

import gguf
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from model import Model
from shape import Shape

BLOCK_NAMES = {
    "attn_norm": "attention_norm", "attn_q": "attention.query", "attn_k": "attention.key", "attn_v": "attention.value",
    "attn_output": "attention.output", "ffn_norm": "feed_forward_norm", "ffn_gate": "feed_forward.gate",
    "ffn_up": "feed_forward.up", "ffn_down": "feed_forward.down",
}


def halves(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a query or key matrix from pairs (0, h/2, 1, h/2 + 1, ...) to halves (0..h/2, h/2..h)."""
    rows, columns = weight.shape
    return weight.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def field(reader: gguf.GGUFReader, name: str):
    return reader.fields[name].contents()


def shape_of(reader: gguf.GGUFReader, context: int | None) -> Shape:
    """The file's shape; `context` positions at most, for RoPE's tables need no more than are used."""
    read = lambda key: field(reader, f"llama.{key}")
    return Shape(
        vocabulary=len(field(reader, "tokenizer.ggml.tokens")), width=read("embedding_length"), layers=read("block_count"),
        heads=read("attention.head_count"), kv_heads=read("attention.head_count_kv"), feed_forward=read("feed_forward_length"),
        context=min(context or 2**30, read("context_length")), rope_base=read("rope.freq_base"),
        norm_epsilon=read("attention.layer_norm_rms_epsilon"),
    )


def own_name(name: str) -> str:
    """The parameter of `Model` that a tensor of the file holds."""
    parts = name.split(".")
    if parts[0] == "blk":
        return f"blocks.{parts[1]}.{BLOCK_NAMES[parts[2]]}.weight"
    return {"token_embd": "embedding", "output_norm": "norm"}[parts[0]] + ".weight"


def load_model(path: Path, context: int | None = None) -> Model:
    """A float32 model; quantised weights are dequantised."""
    reader = gguf.GGUFReader(path)
    shape = shape_of(reader, context)
    weights = {}
    for tensor in reader.tensors:
        weight = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).copy())
        heads = {"attn_q": shape.heads, "attn_k": shape.kv_heads}.get(tensor.name.split(".")[-2])
        weights[own_name(tensor.name)] = halves(weight, heads) if heads else weight
    model = Model(shape)
    model.load_state_dict(weights)
    return model


def load_tokenizer(path: Path) -> Tokenizer:
    """The byte-level BPE of the file, with GPT-2's splitting; SmolLM's splits digits first."""
    reader = gguf.GGUFReader(path)
    vocabulary = {token: i for i, token in enumerate(field(reader, "tokenizer.ggml.tokens"))}
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    digits = [pre_tokenizers.Digits(individual_digits=True)] if field(reader, "tokenizer.ggml.pre") == "smollm" else []
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*digits, bytes_])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
