"""Step 2: trains the base model on the token streams of step 1. Resumes from its last checkpoint.

    python models/train/pretrain.py --data DATA [--work .train]

The learning rate rises, stays, and falls to zero over the stages named in FALLING ("warm-up,
stable, decay"); then the windows also grow from 256 to the full 1,024 tokens. Each window is
[BEGIN] + text, as the extension scores text: a window may start in the middle of a document.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import settings
import workers
from model import Model
from optimiser import Optimiser
from settings import Stage
from shape import Shape

STAGES = (
    Stage("short", tokens=2040 * 8192, window=256, batch=32, mixture=settings.MAIN_MIXTURE),
    Stage("long", tokens=320 * 8192, window=1024, batch=8, mixture=settings.FINAL_MIXTURE),
)
FALLING = ("long",)
MUON_RATE, ADAM_RATE, WEIGHT_DECAY = 0.02, 0.008, 0.03
WARM_UP_STEPS = 100
MICRO_TOKENS = 4096  # tokens per forward and backward pass, at most
CHECKPOINT_SECONDS = 240


class Windows:
    """The stream cut into windows of `window` - 1 tokens, in a seeded random order, one order per pass."""

    def __init__(self, ids: np.ndarray, window: int, seed: int) -> None:
        self.ids, self.window, self.seed = ids, window, seed
        self.count = (len(ids) - 1) // (window - 1)
        self.orders: dict[int, np.ndarray] = {}

    def row(self, index: int) -> np.ndarray:
        """Window number `index` of the endless sequence of passes: BEGIN and `window` tokens of text."""
        turn, place = divmod(index, self.count)
        if turn not in self.orders:
            self.orders[turn] = np.random.default_rng((self.seed, turn)).permutation(self.count)
        start = int(self.orders[turn][place]) * (self.window - 1)
        text = self.ids[start : start + self.window]
        return np.concatenate(([settings.BEGIN], text[: self.window]))

    def batch(self, first: int, size: int) -> torch.Tensor:
        return torch.from_numpy(np.stack([self.row(i) for i in range(first, first + size)]).astype(np.int64))


def cross_entropy(model: Model, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    hidden = model.hidden(inputs)
    logits = model.logits(hidden.reshape(-1, hidden.shape[-1]))
    return F.cross_entropy(logits.float(), targets.reshape(-1))


def new_model(seed: int) -> Model:
    torch.manual_seed(seed)
    return Model(settings.SHAPE)


def steps_of(stage: Stage) -> int:
    return stage.tokens // (stage.window * stage.batch)


def rate_scale(step: int) -> float:
    """1 while the rate is stable; rises over WARM_UP_STEPS, falls in a straight line over the FALLING stages."""
    total = sum(map(steps_of, STAGES))
    falling = sum(steps_of(stage) for stage in STAGES if stage.name in FALLING)
    return min(1.0, (step + 1) / WARM_UP_STEPS, (total - step) / falling)


def save_model(path: Path, shape: Shape, weights: dict[str, torch.Tensor], note: dict) -> None:
    temporary = path.with_suffix(".tmp")
    torch.save({"shape": shape.as_dict(), "weights": weights, "note": note}, temporary)
    temporary.rename(path)


def load_model(path: Path) -> Model:
    """A float32 model from a file of `save_model`."""
    stored = torch.load(path)
    model = Model(Shape(**stored["shape"]))
    model.load_state_dict(stored["weights"])
    return model


def train(rank: int, count: int, work: Path) -> None:
    """What each of `count` processes does: its share of every batch, the same step on the same weights."""
    checkpoint = work / "pretrain-checkpoint.pt"
    log = settings.Log(work / "pretrain.jsonl") if rank == 0 else None
    start = dict(new_model(settings.SEED).named_parameters())
    model = new_model(settings.SEED).bfloat16()
    optimiser = Optimiser(model, start, MUON_RATE, ADAM_RATE, WEIGHT_DECAY)
    done, spent = 0, 0.0
    if checkpoint.exists():
        stored = torch.load(checkpoint)
        optimiser.load(stored["optimiser"])
        done, spent = stored["step"], stored["spent"]
    if log:
        log.write(event="start", step=done, parameters=model.parameter_count(), spent=round(spent))

    # Compiled code fuses the elementwise work: about twice as fast. Needs a C++ compiler.
    loss_of = torch.compile(cross_entropy, dynamic=False) if os.environ.get("TWIN_COMPILE", "1") == "1" else cross_entropy
    began = saved = time.monotonic()

    def save(step: int) -> None:
        elapsed = spent + time.monotonic() - began
        note = {"step": step, "seconds": round(elapsed)}
        save_model(work / "base.pt", model.shape, optimiser.masters, note)
        temporary = checkpoint.with_suffix(".tmp")
        torch.save({"optimiser": optimiser.state(), "step": step, "spent": elapsed}, temporary)
        temporary.rename(checkpoint)

    first_step = 0
    for stage in STAGES:
        windows = Windows(np.load(work / f"stream-{stage.name}.npy"), stage.window, settings.SEED)
        micro = max(1, MICRO_TOKENS // stage.window)
        for step in range(first_step, first_step + steps_of(stage)):
            if step < done:
                continue
            share = windows.batch((step - first_step) * stage.batch, stage.batch).chunk(count)[rank]
            total = 0.0
            for part in share.split(micro):
                loss = loss_of(model, part[:, :-1].contiguous(), part[:, 1:].contiguous())
                loss = loss * len(part) / stage.batch
                loss.backward()
                total += float(loss.detach())
            workers.sum_gradients(model.parameters(), count)
            (total,) = workers.summed([total], count)
            norm = optimiser.clip(1.0)
            optimiser.step(rate_scale(step))
            if log and step % 10 == 9:
                log.write(step=step + 1, stage=stage.name, loss=round(total, 4), norm=round(norm, 3),
                          rate=round(rate_scale(step), 4))
            if rank == 0 and time.monotonic() - saved > CHECKPOINT_SECONDS:
                save(step + 1)
                saved = time.monotonic()
        first_step += steps_of(stage)
        if rank == 0 and first_step > done:
            save(first_step)
            save_model(work / f"base-after-{stage.name}.pt", model.shape, optimiser.masters, {"step": first_step})
    if log:
        log.write(event="end", step=first_step, spent=round(spent + time.monotonic() - began))


def main() -> None:
    args = settings.arguments(__doc__)
    workers.run(args.threads, train, args.work)


if __name__ == "__main__":
    main()
