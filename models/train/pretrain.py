"""Step 2: trains the base model on the token streams of step 1. Resumes from its last checkpoint.

    python models/train/pretrain.py --data DATA [--work .train] [--main-tokens N]

The main stage reads `stream-first` and then `stream-second`, in windows of 256 tokens; the learning
rate rises and stays ("warm-up, stable, decay"). It can be ended at any step: with --main-tokens, or
while it runs by a file named `end-main` in the work folder. Then the last stage begins: windows of
1,024 tokens from `stream-late` while the rate falls to zero in a straight line; it is as long as that
stream, but at most a quarter of the main stage. Whenever the main stage ends, no text has been seen
more than twice, and hardly any twice before all of them once.

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

import settings
import workers
from model import Model
from optimiser import Optimiser, fastest_type
from shape import Shape

BATCH_TOKENS = 8192
MAIN_WINDOW, LATE_WINDOW = 256, 1024
LATE_SHARE = 0.25  # of the main stage's steps, the last stage's at most
MUON_RATE, ADAM_RATE, WEIGHT_DECAY = 0.02, 0.008, 0.03
WARM_UP_STEPS = 100
MICRO_TOKENS = 4096  # tokens per forward and backward pass, at most
CHECKPOINT_SECONDS, VALIDATE_STEPS, LOG_STEPS = 240, 150, 10


class Windows:
    """A stream cut into windows of `window` tokens, each shown once, in a seeded random order."""

    def __init__(self, path: Path, window: int) -> None:
        self.ids, self.window = np.load(path), window
        self.order = np.random.default_rng(settings.SEED).permutation(len(self.ids) // window)

    def __len__(self) -> int:
        return len(self.order)

    def row(self, index: int) -> np.ndarray:
        """BEGIN and the tokens of window number `index`."""
        start = int(self.order[index]) * self.window
        return np.concatenate(([settings.BEGIN], self.ids[start : start + self.window]))


class Source:
    """Some streams' windows, one stream after the other, in batches of BATCH_TOKENS tokens."""

    def __init__(self, work: Path, names: tuple[str, ...], window: int) -> None:
        parts = [Windows(work / f"stream-{name}.npy", window) for name in names]
        self.places = [(part, i) for part in parts for i in range(len(part))]
        self.rows = BATCH_TOKENS // window
        self.micro = max(1, MICRO_TOKENS // window)

    def steps(self) -> int:
        return len(self.places) // self.rows

    def batch(self, step: int) -> torch.Tensor:
        """[rows, window + 1] token ids."""
        places = self.places[step * self.rows : (step + 1) * self.rows]
        return torch.from_numpy(np.stack([part.row(i) for part, i in places]).astype(np.int64))


def cross_entropy(model: Model, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    hidden = model.hidden(inputs)
    logits = model.logits(hidden.reshape(-1, hidden.shape[-1]))
    return F.cross_entropy(logits.float(), targets.reshape(-1))


def new_model(seed: int) -> Model:
    torch.manual_seed(seed)
    return Model(settings.SHAPE)


def rate_scale(step: int, ends: int | None, falling: int) -> float:
    """1 while the rate is stable; rises over WARM_UP_STEPS; `falling` steps long it falls to 0 after step `ends`."""
    risen = min(1.0, (step + 1) / WARM_UP_STEPS)
    return risen if ends is None or step < ends else risen * (1 - (step - ends) / falling)


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


@torch.no_grad()
def validation_losses(model: Model, windows: dict[str, np.ndarray], rank: int, count: int) -> dict[str, float]:
    """Nats per token of held-back text, per corpus and in the mean of the corpora."""
    names = sorted(windows)
    own = [0.0] * len(names)
    for i in range(rank, len(names), count):
        ids = torch.from_numpy(windows[names[i]])
        own[i] = float(cross_entropy(model, ids[:, :-1], ids[:, 1:]))
    losses = workers.summed(own, count)
    return {"mean": round(sum(losses) / len(losses), 4)} | {name: round(loss, 3) for name, loss in zip(names, losses)}


class Stop:
    """True once a SIGTERM has come."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self.ask)

    def ask(self, *_) -> None:
        self.asked = True


def train(rank: int, count: int, kind: torch.dtype, work: Path, main_tokens: int | None) -> None:
    """What each of `count` processes does: its share of every batch, the same step on the same weights."""
    stop = Stop()
    checkpoint = work / "pretrain-checkpoint.pt"
    log = settings.Log(work / "pretrain.jsonl") if rank == 0 else None
    model = new_model(settings.SEED)
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    model = model.to(kind)
    optimiser = Optimiser(model, start, MUON_RATE, ADAM_RATE, WEIGHT_DECAY)
    step, ends, spent = 0, None, 0.0  # `ends`: the main stage's last step + 1, once that is known
    if checkpoint.exists():
        stored = torch.load(checkpoint)
        optimiser.load(stored["optimiser"])
        step, ends, spent = stored["step"], stored["ends"], stored["spent"]
    main, late = Source(work, ("first", "second"), MAIN_WINDOW), Source(work, ("late",), LATE_WINDOW)
    longest = min(main.steps(), main_tokens // BATCH_TOKENS) if main_tokens else main.steps()
    validation = dict(np.load(work / "validation.npz"))
    if log:
        log.write(event="start", step=step, main_steps=longest, late_steps=late.steps(), parameters=model.parameter_count(),
                  type=str(kind), spent=round(spent))

    # Compiled code fuses the elementwise work: about twice as fast. Needs a C++ compiler.
    loss_of = torch.compile(cross_entropy, dynamic=False) if os.environ.get("TWIN_COMPILE", "1") == "1" else cross_entropy
    began = saved = logged = time.monotonic()

    def save() -> None:
        elapsed = spent + time.monotonic() - began
        save_model(work / "base.pt", model.shape, optimiser.masters, {"step": step, "seconds": round(elapsed)})
        temporary = checkpoint.with_suffix(".tmp")
        torch.save({"optimiser": optimiser.state(), "step": step, "ends": ends, "spent": elapsed}, temporary)
        temporary.rename(checkpoint)

    while True:
        falling = 0 if ends is None else min(late.steps(), round(LATE_SHARE * ends))
        if ends is not None and step >= ends + falling:
            break
        source, place = (main, step) if ends is None else (late, step - ends)
        total = 0.0
        for part in source.batch(place).chunk(count)[rank].split(source.micro):
            loss = loss_of(model, part[:, :-1].contiguous(), part[:, 1:].contiguous()) * len(part) / source.rows
            loss.backward()
            total += float(loss.detach())
        workers.sum_gradients(model.parameters(), count)
        asked = float(rank == 0 and (work / "end-main").exists())
        total, asked, stopping = workers.summed([total, asked, float(stop.asked)], count)
        norm, rate = optimiser.clip(1.0), rate_scale(step, ends, falling)
        optimiser.step(rate)
        step += 1
        if log and step % LOG_STEPS == 0:
            speed = LOG_STEPS * BATCH_TOKENS / (time.monotonic() - logged)
            logged = time.monotonic()
            log.write(step=step, stage="main" if ends is None else "late", loss=round(total, 4), norm=round(norm, 3),
                      rate=round(rate, 4), tokens_per_second=round(speed))
        main_is_over = ends is None and (asked or step >= longest)
        if main_is_over:
            ends = step
        if step % VALIDATE_STEPS == 0 or main_is_over:
            losses = validation_losses(model, validation, rank, count)
            if log:
                log.write(event="validation", step=step, **losses)
        if rank == 0 and (stopping or main_is_over or time.monotonic() - saved > CHECKPOINT_SECONDS):
            save()
            saved = time.monotonic()
        if rank == 0 and main_is_over:
            save_model(work / "base-after-main.pt", model.shape, optimiser.masters, {"step": step})
        if stopping:
            return
    losses = validation_losses(model, validation, rank, count)
    if log:
        save()
        log.write(event="validation", step=step, **losses)
        log.write(event="end", step=step, main_steps=ends, spent=round(spent + time.monotonic() - began))


def main() -> None:
    option = {"main-tokens": "ends the main stage after so many tokens"}
    args = settings.arguments(__doc__, **option)
    workers.run(args.threads, train, fastest_type(), args.work, int(args.main_tokens) if args.main_tokens else None)


if __name__ == "__main__":
    main()
