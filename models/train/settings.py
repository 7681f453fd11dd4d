"""All hyper-parameters of the recipe in one place, and the command line that every step shares."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from shape import Shape

SEED = 20240702

SHAPE = Shape(
    vocabulary=8192, width=384, layers=6, heads=6, kv_heads=2, feed_forward=768, context=1024
)

WEIGHT_TYPE = "q8_0"  # of the GGUF files

# Control tokens, the first entries of the vocabulary. Text never contains them: they are only
# added by id, so `<|user|>` written by a person stays eight ordinary characters.
BEGIN, END, USER, ASSISTANT = 0, 1, 2, 3
CONTROL_TOKENS = ("<|begin_of_text|>", "<|end_of_text|>", "<|user|>", "<|assistant|>")


# Pre-training shows no text more than twice. Its first pass shows every text once; this part of each corpus is then
# kept for the last stage (the falling rate, windows of 1,024 tokens), the rest follows in the second pass.
LATE_SHARE = {"novels": 0.1, "childrens": 0.2, "open-books": 0.3, "medical": 0.25}
LATE_SHARE_OTHERS = 0.6

# Corpora whose second showing is in WikiText's spelling: the same text, so it counts as one of the two.
REWRITTEN = ("news", "abstracts", "encyclopaedia", "anatomy", "economics")


def arguments(description: str, **options: str) -> argparse.Namespace:
    """The command line; `options` are further options of one step, with their help."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="the data folder (see models/README.md)")
    parser.add_argument("--work", type=Path, default=Path(".train"), help="caches, checkpoints and logs")
    parser.add_argument("--teacher", type=Path, help="the teacher's GGUF file (for the steps that say so)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads")
    for option, explanation in options.items():
        parser.add_argument(f"--{option}", help=explanation)
    parsed = parser.parse_args()
    parsed.work.mkdir(parents=True, exist_ok=True)
    return parsed


class Log:
    """Appends JSON lines to a file and prints them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.start = time.monotonic()

    def write(self, **fields) -> None:
        fields = {"seconds": round(time.monotonic() - self.start, 1), **fields}
        line = json.dumps(fields)
        with self.path.open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)
