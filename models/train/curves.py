"""Step 12: the curves of the model card, from the logs of the steps.

    python models/train/curves.py --data DATA [--work .train]
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import settings
from publish import MODELS

CARD = MODELS / "card"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#666666")  # distinct for colour-blind readers


def rows_of(path: Path) -> list[dict]:
    """The log's rows by step; where a step was run twice (after a stop), the later row counts."""
    by_step = {}
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if "step" in row and "event" not in row:
            by_step[row["step"]] = row
    return [by_step[step] for step in sorted(by_step)]


def smooth(values: list[float], width: int) -> np.ndarray:
    width = min(width, len(values))
    return np.convolve(values, np.ones(width) / width, mode="valid")


def draw(axis, rows: list[dict], key: str, label: str, colour: str, width: int = 9) -> None:
    steps, values = [row["step"] for row in rows], [row[key] for row in rows]
    axis.plot(steps, values, color=colour, alpha=0.25, linewidth=0.8)
    mean = smooth(values, width)
    first = (len(steps) - len(mean)) // 2
    axis.plot(steps[first : first + len(mean)], mean, color=colour, linewidth=1.6, label=label)
    axis.set_xlabel("step")
    axis.grid(alpha=0.3)


def save(figure, name: str) -> None:
    figure.tight_layout()
    figure.savefig(CARD / name, dpi=110, metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    args = settings.arguments(__doc__)
    CARD.mkdir(exist_ok=True)

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    pretrain = rows_of(args.work / "pretrain.jsonl")
    draw(axes[0], pretrain, "loss", "training loss", COLOURS[0])
    axes[0].set_title("Pre-training: loss (nats per token)")
    axes[0].set_ylim(top=6.5)
    draw(axes[1], rows_of(args.work / "finetune.jsonl"), "loss", "training loss", COLOURS[0])
    axes[1].set_title("Fine-tuning: loss (nats per answer token)")
    save(figure, "loss.png")

    figure, axis = plt.subplots(figsize=(5, 3.2))
    for name, colour in zip("ab", COLOURS):
        draw(axis, rows_of(args.work / f"reward-{name}.jsonl"), "preference", f"reward model {name}", colour, 7)
    axis.set_title("Reward models: Bradley-Terry loss on the training pairs")
    axis.axhline(np.log(2), color=COLOURS[3], linestyle=":", linewidth=1)
    axis.legend()
    save(figure, "reward-models.png")

    figure, axes = plt.subplots(2, 2, figsize=(9, 5.6))
    rlhf = rows_of(args.work / "rlhf.jsonl")
    titles = {
        "reward": "Reward (SFT standard deviations)",
        "kl_per_token": "KL from SFT (nats per token)",
        "length": "Answer length (tokens)",
        "entropy": "Entropy estimate (nats per token)",
    }
    for axis, (key, title) in zip(axes.flat, titles.items()):
        draw(axis, rlhf, key, key, COLOURS[0])
        axis.set_title(title)
    save(figure, "rlhf.png")


if __name__ == "__main__":
    main()
