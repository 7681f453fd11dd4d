"""Step 7: writes base, SFT and RLHF models as GGUF files of architecture `llama`.

    python models/train/export.py --data DATA [--work .train]

Writes base.gguf, sft.gguf and rlhf.gguf to the work folder; `publish.py` copies two of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import torch

import chat
import settings
from model import Model
from pretrain import load_model
from settings import WEIGHT_TYPE

TYPES = {"f16": gguf.GGMLQuantizationType.F16, "q8_0": gguf.GGMLQuantizationType.Q8_0}
FILE_TYPES = {"f16": gguf.LlamaFileType.MOSTLY_F16, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}


def interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a query or key matrix from halves (0..h/2, h/2..h) to pairs (0, h/2, 1, h/2 + 1, ...)."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def tensors(model: Model) -> dict[str, torch.Tensor]:
    """Tensor name in GGUF -> weight. The output matrix is left out: it is the embedding."""
    shape = model.shape
    out = {"token_embd.weight": model.embedding.weight, "output_norm.weight": model.norm.weight}
    for i, block in enumerate(model.blocks):
        out |= {
            f"blk.{i}.attn_norm.weight": block.attention_norm.weight,
            f"blk.{i}.attn_q.weight": interleaved(block.attention.query.weight, shape.heads),
            f"blk.{i}.attn_k.weight": interleaved(block.attention.key.weight, shape.kv_heads),
            f"blk.{i}.attn_v.weight": block.attention.value.weight,
            f"blk.{i}.attn_output.weight": block.attention.output.weight,
            f"blk.{i}.ffn_norm.weight": block.feed_forward_norm.weight,
            f"blk.{i}.ffn_gate.weight": block.feed_forward.gate.weight,
            f"blk.{i}.ffn_up.weight": block.feed_forward.up.weight,
            f"blk.{i}.ffn_down.weight": block.feed_forward.down.weight,
        }
    return out


def add_vocabulary(writer: gguf.GGUFWriter, tokenizer_file: Path) -> None:
    model = json.loads(tokenizer_file.read_text())["model"]
    entries = sorted(model["vocab"].items(), key=lambda entry: entry[1])
    tokens = [text for text, _ in entries]
    types = [
        gguf.TokenType.CONTROL if text in settings.CONTROL_TOKENS else gguf.TokenType.NORMAL for text in tokens
    ]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(settings.BEGIN)
    writer.add_eos_token_id(settings.END)
    writer.add_eot_token_id(settings.END)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def write(model: Model, path: Path, tokenizer_file: Path, name: str, description: str, weight_type: str = WEIGHT_TYPE) -> None:
    shape = model.shape
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_description(description)
    writer.add_file_type(FILE_TYPES[weight_type])
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    add_vocabulary(writer, tokenizer_file)
    writer.add_chat_template(chat.TEMPLATE)
    for tensor_name, weight in tensors(model).items():
        array = weight.detach().float().numpy()
        if array.ndim == 1:
            writer.add_tensor(tensor_name, array.astype(np.float32))
        elif weight_type == "f16":
            writer.add_tensor(tensor_name, array.astype(np.float16))
        else:
            kind = TYPES[weight_type]
            writer.add_tensor(tensor_name, gguf.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


NAMES = {
    "base": ("Twinlens twin-base", "Small base model of Twinlens' embedded pair, trained from scratch."),
    "sft": ("Twinlens twin-sft", "Fine-tuned model between base and RLHF."),
    "rlhf": ("Twinlens twin-rlhf", "RLHF twin of twin-base: fine-tuned, then GRPO on a reward model of human preferences."),
}


def main() -> None:
    args = settings.arguments(__doc__)
    for stage, (name, description) in NAMES.items():
        if not (args.work / f"{stage}.pt").exists():
            continue
        model = load_model(args.work / f"{stage}.pt")
        for weight_type in TYPES:
            path = args.work / f"{stage}-{weight_type}.gguf"
            write(model, path, args.work / "tokenizer.json", name, description, weight_type)
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
