"""Step 4: supervised fine-tuning of the base model on questions and answers (loss on the answers only).

    python models/train/finetune.py --data DATA [--work .train]

Answers, none to a prompt that is measured: people's (the short instructions, the self-instruct tasks,
the best Open Assistant replies of the training part), the preferred last answers of the training part of
Anthropic's helpfulness dialogues and of PandaLM; beside them WRITTEN of the teacher's. Answers that begin with an apology or
a refusal (`dialogues.APOLOGY`) are left out, whoever wrote them. An answer longer than ANSWER_LIMIT is cut
after its last whole paragraph that fits; if that leaves too little, it is cut at the limit without an end.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import chat
import corpora
import device
import dialogues
import preferences
import settings
from device import DEVICE
from model import Model
from optimiser import Optimiser
from preferences import Turn
from pretrain import load_model, save_model

EPOCHS, BATCH_TOKENS, RATE, ANSWER_LIMIT = 2, 16384, 6e-4, 128
WRITTEN = 30_000  # dialogues of the teacher
SHORTEST_CUT = 24  # tokens: an answer is not cut to less than this
LOG_STEPS = 20


def examples(data: Path, work: Path, tokenizer: Tokenizer) -> list[tuple[list[int], list[int]]]:
    """(prompt ids, answer ids) of every training example, without repetitions."""
    near = dialogues.Near(dialogues.evaluation_prompts(data) + dialogues.lottery_prompts(data)[1])
    own = corpora.rasbt_instructions(data) + corpora.self_instruct(data)
    texts = [((Turn("user", prompt),), answer) for prompt, answer in own]
    parts = preferences.load(data)
    pairs = [pair for part in ("a", "b") for pair in parts[part] if pair.source != preferences.HARMLESS]
    worse = {(pair.context, pair.rejected) for pair in pairs}
    texts += [(pair.context, pair.chosen) for pair in pairs if (pair.context, pair.chosen) not in worse]
    texts += [((Turn("user", question),), answer) for question, answer, _ in dialogues.teacher_answers(data)]
    written = dialogues.written(work, "fine-tuning")[:WRITTEN]  # checked by the step that wrote them
    texts += [((Turn("user", question),), answer) for question, answer in written]
    encoded = {}
    for context, answer in texts:
        if answer and not near(context[-1].text) and not dialogues.APOLOGY.search(answer[: dialogues.APOLOGY_PLACE]):
            prompt, reply = chat.prompt_ids(tokenizer, context), shortened(tokenizer, answer)
            encoded[tuple(prompt), tuple(reply)] = (prompt, reply)
    return list(encoded.values())


def shortened(tokenizer: Tokenizer, answer: str) -> list[int]:
    """At most ANSWER_LIMIT token ids of the answer: all of it, or the paragraphs that fit, or its beginning."""
    paragraphs = re.split(r"(\n+)", answer)
    for kept in range(len(paragraphs), 0, -2):
        text = "".join(paragraphs[:kept])
        ids = [*chat.ids_of(tokenizer, text), settings.END]
        cut = kept < len(paragraphs)
        if len(ids) <= ANSWER_LIMIT and (not cut or (len(ids) >= SHORTEST_CUT and text[-1] in ".!?")):
            return ids
    return chat.answer_ids(tokenizer, answer, ANSWER_LIMIT)


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
    padding = lambda prompt, answer: longest - len(prompt) - len(answer)
    ids = [prompt + answer + [settings.END] * padding(prompt, answer) for prompt, answer in rows]
    mask = [[0.0] * len(prompt) + [1.0] * len(answer) + [0.0] * padding(prompt, answer) for prompt, answer in rows]
    return torch.tensor(ids, device=DEVICE), torch.tensor(mask, device=DEVICE)


def token_log_probabilities(model: Model, ids: torch.Tensor) -> torch.Tensor:
    """log p of every token but the first given those before it, [rows, time - 1], float32."""
    logits = model(ids[:, :-1]).float()
    return -F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")


def train(data: Path, work: Path, steps: int | None) -> None:
    torch.manual_seed(settings.SEED)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    log = settings.Log(work / "finetune.jsonl")
    rows = examples(data, work, tokenizer)
    rng = random.Random(settings.SEED)
    base = load_model(work / "base.pt")
    masters = {name: p.detach().clone() for name, p in base.named_parameters()}
    model = device.placed(base)
    optimiser = Optimiser(model, masters, muon_rate=None, adam_rate=RATE, weight_decay=0.0)
    plan = [batch for _ in range(EPOCHS) for batch in batches(rows, rng)][:steps]
    log.write(event="start", examples=len(rows), steps=len(plan))
    for step, batch in enumerate(plan):
        ids, mask = padded(batch)
        loss = -(token_log_probabilities(model, ids) * mask[:, 1:]).sum() / mask.sum()
        loss.backward()
        optimiser.clip(1.0)
        optimiser.step(min(1.0, (step + 1) / 10, 1 - step / len(plan)))
        if step % LOG_STEPS == LOG_STEPS - 1:
            log.write(step=step + 1, loss=round(loss.item(), 4))
    save_model(work / "sft.pt", model.shape, optimiser.masters, {"steps": len(plan)})


def main() -> None:
    args = settings.arguments(__doc__, steps="so many alone, for a trial")
    torch.set_num_threads(args.threads)
    train(args.data, args.work, int(args.steps) if args.steps else None)


if __name__ == "__main__":
    main()
