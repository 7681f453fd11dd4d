"""Step 3: supervised fine-tuning of the base model on questions and answers (loss on the answers only).

    python models/train/finetune.py --data DATA [--work .train]

Answers: the short instructions, the self-instruct tasks, the preferred replies of the training
parts of the preference pairs. Nothing of the held-out test part.
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import chat
import corpora
import preferences
import settings
import workers
from model import Model
from optimiser import Optimiser
from preferences import Turn
from pretrain import load_model, save_model

EPOCHS, BATCH_TOKENS, RATE, ANSWER_LIMIT = 2, 4096, 6e-4, 96


def examples(data, tokenizer: Tokenizer) -> list[tuple[list[int], list[int]]]:
    """(prompt ids, answer ids) of every training example, without repetitions."""
    banned = corpora.multisample_prompts(data) | {corpora.near_key(p) for p in corpora.vicuna_prompts(data)}
    texts = []
    for prompt, answer in corpora.rasbt_instructions(data) + corpora.self_instruct(data):
        if corpora.near_key(prompt) not in banned:
            texts.append(((Turn("user", prompt),), answer))
    parts = preferences.load(data)
    texts += [(pair.context, pair.chosen) for pair in parts["a"] + parts["b"]]
    encoded = {}
    for context, answer in texts:
        prompt = chat.prompt_ids(tokenizer, context)
        reply = chat.answer_ids(tokenizer, answer, ANSWER_LIMIT)
        encoded[tuple(prompt), tuple(reply)] = (prompt, reply)
    return list(encoded.values())


def batches(rows: list[tuple[list[int], list[int]]], rng: random.Random) -> list[list[tuple[list[int], list[int]]]]:
    """Rows of like length together, up to BATCH_TOKENS with padding, in random order."""
    rows = sorted(rows, key=lambda row: len(row[0]) + len(row[1]) + rng.random() * 16)
    out, batch = [], []
    for row in rows:
        longest = len(row[0]) + len(row[1])
        if batch and longest * (len(batch) + 1) > BATCH_TOKENS:
            out.append(batch)
            batch = []
        batch.append(row)
    out.append(batch)
    rng.shuffle(out)
    return out


def padded(rows: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, answer mask), both [rows, longest], padded at the right with END. The mask marks answer tokens."""
    longest = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.full((len(rows), longest), settings.END)
    mask = torch.zeros((len(rows), longest))
    for i, (prompt, answer) in enumerate(rows):
        ids[i, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
        mask[i, len(prompt) : len(prompt) + len(answer)] = 1
    return ids, mask


def token_log_probabilities(model: Model, ids: torch.Tensor) -> torch.Tensor:
    """log p of every token but the first given those before it, [rows, time - 1], float32."""
    logits = model(ids[:, :-1]).float()
    return -F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")


def train(rank: int, count: int, data: Path, work: Path) -> None:
    """What each of `count` processes does: its rows of every batch, the same step on the same weights."""
    torch.manual_seed(settings.SEED)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    log = settings.Log(work / "finetune.jsonl") if rank == 0 else None
    rows = examples(data, tokenizer)
    rng = random.Random(settings.SEED)
    base = load_model(work / "base.pt")
    masters = {name: p.detach().clone() for name, p in base.named_parameters()}
    model = base.bfloat16()
    optimiser = Optimiser(model, masters, muon_rate=None, adam_rate=RATE, weight_decay=0.0)
    plan = [batch for _ in range(EPOCHS) for batch in batches(rows, rng)]
    if log:
        log.write(event="start", examples=len(rows), steps=len(plan))
    for step, batch in enumerate(plan):
        answer_tokens = sum(len(answer) for _, answer in batch)
        ids, mask = padded(batch[rank::count])
        loss = -(token_log_probabilities(model, ids) * mask[:, 1:]).sum() / answer_tokens
        loss.backward()
        workers.sum_gradients(model.parameters(), count)
        (total,) = workers.summed([loss.item()], count)
        optimiser.clip(1.0)
        optimiser.step(min(1.0, (step + 1) / 10, 1 - step / len(plan)))
        if log and step % 5 == 4:
            log.write(step=step + 1, loss=round(total, 4))
    if rank == 0:
        save_model(work / "sft.pt", model.shape, optimiser.masters, {"steps": len(plan)})


def main() -> None:
    args = settings.arguments(__doc__)
    workers.run(args.threads, train, args.data, args.work)


if __name__ == "__main__":
    main()
