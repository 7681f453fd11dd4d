"""Step 9: puts the two shipped files beside the model card and writes embedded.json.

    python models/train/publish.py --data DATA [--work .train]
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import settings
from settings import WEIGHT_TYPE

MODELS = Path(__file__).resolve().parent.parent
PUBLISHED = ("base", "rlhf")


def published(stage: str) -> Path:
    return MODELS / f"twin-{stage}.gguf"


def entry(path: Path) -> dict:
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def main() -> None:
    args = settings.arguments(__doc__)
    files = {}
    for stage in PUBLISHED:
        target = published(stage)
        shutil.copyfile(args.work / f"{stage}-{WEIGHT_TYPE}.gguf", target)
        files[stage] = entry(target)
    pair = {
        "name": "Twin",
        "description": "The embedded pair: a small base model and its RLHF twin, trained from scratch for Twinlens.",
        "architecture": "llama",
        "quantization": WEIGHT_TYPE.upper(),
        "context": settings.SHAPE.context,
        "vocabulary": settings.SHAPE.vocabulary,
        **files,
        "card": "README.md",
    }
    (MODELS / "embedded.json").write_text(json.dumps({"pairs": [pair]}, indent=2) + "\n")
    print(json.dumps(pair, indent=2))


if __name__ == "__main__":
    main()
