"""Step 3: trains the base model on the token streams of steps 1 and 2. Resumes from its last checkpoint.

    python models/train/pretrain.py --data DATA [--work .train] [--main-tokens N]

The main stage shows every text once and then most of them again, in windows of MAIN_WINDOW tokens; the
learning rate rises and stays ("warm-up, stable, decay"). In the last stage, windows of LATE_WINDOW tokens
from `stream-late`, it falls to zero in a straight line; that stage is as long as its stream, but at most a
quarter of the main stage. With --main-tokens the main stage ends earlier. Whenever it ends, no text has
been seen more than twice, and hardly any twice before all of them once.

Each window is [BEGIN] + text, as the extension scores text: a window may start in the middle of a
document. Every VALIDATE_STEPS steps the loss on held-back text of every corpus is logged. A SIGTERM
saves a checkpoint and ends the run.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import device
import settings
from device import DEVICE
from model import Model
from optimiser import Optimiser
from shape import Shape

BATCH_TOKENS = 32768
MAIN_WINDOW, LATE_WINDOW = 512, 1024
MAIN_PASSES = (("first", "teacher-first"), ("second", "teacher-second"))  # the streams of a pass are mixed
LATE_SHARE = 0.25  # of the main stage's steps, the last stage's at most
MUON_RATE, ADAM_RATE, WEIGHT_DECAY = 0.02, 0.008, 0.03
WARM_UP_STEPS = 100
CHECKPOINT_SECONDS, VALIDATE_STEPS, LOG_STEPS = 240, 250, 25


class Source:
    """Streams cut into windows of `window` tokens, each shown once: pass after pass, in each in a seeded random order."""

    def __init__(self, work: Path, passes: tuple[tuple[str, ...], ...], window: int) -> None:
        self.rows = BATCH_TOKENS // window
        shown = []
        for number, names in enumerate(passes):
            parts = [np.load(work / f"stream-{name}.npy") for name in names]
            windows = np.concatenate([ids[: len(ids) // window * window].reshape(-1, window) for ids in parts])
            shown.append(np.random.default_rng(settings.SEED + number).permutation(windows))
        self.windows = np.concatenate(shown)

    def steps(self) -> int:
        return len(self.windows) // self.rows

    def batch(self, step: int) -> torch.Tensor:
        """[rows, window + 1] token ids: BEGIN and a window."""
        rows = self.windows[step * self.rows : (step + 1) * self.rows].astype(np.int64)
        return torch.from_numpy(np.pad(rows, ((0, 0), (1, 0)), constant_values=settings.BEGIN)).to(DEVICE)


def cross_entropy(model: Model, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    hidden = model.hidden(inputs)
    logits = model.logits(hidden.reshape(-1, hidden.shape[-1]))
    return F.cross_entropy(logits.float(), targets.reshape(-1))


def new_model(seed: int) -> Model:
    torch.manual_seed(seed)
    return Model(settings.SHAPE)


def rate_scale(step: int, ends: int, falling: int) -> float:
    """Rises over WARM_UP_STEPS to 1; `falling` steps long it falls to 0 after step `ends`."""
    risen = min(1.0, (step + 1) / WARM_UP_STEPS)
    return risen if step < ends else risen * (1 - (step - ends) / falling)


def save_model(path: Path, shape: Shape, weights: dict[str, torch.Tensor], note: dict) -> None:
    temporary = path.with_suffix(".tmp")
    torch.save({"shape": shape.as_dict(), "weights": weights, "note": note}, temporary)
    temporary.rename(path)


def load_model(path: Path) -> Model:
    """A float32 model from a file of `save_model`."""
    stored = torch.load(path, map_location="cpu")
    model = Model(Shape(**stored["shape"]))
    model.load_state_dict(stored["weights"])
    return model


@torch.no_grad()
def validation_losses(model: Model, windows: dict[str, np.ndarray]) -> dict[str, float]:
    """Nats per token of held-back text, per corpus and in the mean of the corpora."""
    losses = {}
    for name in sorted(windows):
        ids = torch.from_numpy(windows[name]).to(DEVICE)
        losses[name] = round(float(cross_entropy(model, ids[:, :-1], ids[:, 1:])), 3)
    return {"mean": round(sum(losses.values()) / len(losses), 4), **losses}


class Stop:
    """True once a SIGTERM has come."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self.ask)

    def ask(self, *_) -> None:
        self.asked = True


def train(work: Path, main_tokens: int | None) -> None:
    stop = Stop()
    checkpoint = work / "pretrain-checkpoint.pt"
    log = settings.Log(work / "pretrain.jsonl")
    model = new_model(settings.SEED)
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    model = device.placed(model)
    optimiser = Optimiser(model, start, MUON_RATE, ADAM_RATE, WEIGHT_DECAY)
    step, spent = 0, 0.0
    if checkpoint.exists():
        stored = torch.load(checkpoint, map_location=DEVICE)
        optimiser.load(stored["optimiser"])
        step, spent = stored["step"], stored["spent"]
    main, late = Source(work, MAIN_PASSES, MAIN_WINDOW), Source(work, (("late",),), LATE_WINDOW)
    ends = min(main.steps(), main_tokens // BATCH_TOKENS) if main_tokens else main.steps()
    falling = min(late.steps(), round(LATE_SHARE * ends))
    validation = dict(np.load(work / "validation.npz"))
    log.write(event="start", step=step, main_steps=ends, late_steps=falling, parameters=model.parameter_count(),
              device=str(DEVICE), spent=round(spent))

    # Compiled code fuses the elementwise work: about twice as fast. Needs a C++ compiler.
    loss_of = torch.compile(cross_entropy, dynamic=False) if os.environ.get("TWIN_COMPILE", "1") == "1" else cross_entropy
    began = saved = logged = time.monotonic()

    def save() -> None:
        elapsed = spent + time.monotonic() - began
        save_model(work / "base.pt", model.shape, optimiser.masters, {"step": step, "seconds": round(elapsed)})
        temporary = checkpoint.with_suffix(".tmp")
        torch.save({"optimiser": optimiser.state(), "step": step, "spent": elapsed}, temporary)
        temporary.rename(checkpoint)

    while step < ends + falling:
        ids = main.batch(step) if step < ends else late.batch(step - ends)
        loss = loss_of(model, ids[:, :-1].contiguous(), ids[:, 1:].contiguous())
        loss.backward()
        norm, rate = optimiser.clip(1.0), rate_scale(step, ends, falling)
        optimiser.step(rate)
        step += 1
        if step % LOG_STEPS == 0:
            loss = round(loss.item(), 4)
            speed = LOG_STEPS * BATCH_TOKENS / (time.monotonic() - logged)
            logged = time.monotonic()
            log.write(step=step, loss=loss, norm=round(norm.item(), 3), rate=round(rate, 4), tokens_per_second=round(speed))
        if step % VALIDATE_STEPS == 0 or step == ends:
            log.write(event="validation", step=step, **validation_losses(model, validation))
        if stop.asked or time.monotonic() - saved > CHECKPOINT_SECONDS:
            save()
            saved = time.monotonic()
        if stop.asked:
            return
    save()
    log.write(event="validation", step=step, **validation_losses(model, validation))
    log.write(event="end", step=step, main_steps=ends, spent=round(spent + time.monotonic() - began))


def main() -> None:
    option = {"main-tokens": "ends the main stage after so many tokens"}
    args = settings.arguments(__doc__, **option)
    torch.set_num_threads(args.threads)
    train(args.work, int(args.main_tokens) if args.main_tokens else None)


if __name__ == "__main__":
    main()
