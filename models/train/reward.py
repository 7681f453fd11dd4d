"""Step 5: two reward models from preference pairs, each the teacher's model with a linear head.

    python models/train/reward.py --data DATA [--work .train] --teacher FILE

Reward model `a` serves RL: it learns from half a of people's pairs and, beside them, from AI FEEDBACK: for
questions that fine-tuning has not seen, the teacher's answer is preferred to the fine-tuned model's. Reward
model `b` learns from half b of people's pairs alone and only judges the result. Bradley-Terry loss.

People's pairs are choices of the more HELPFUL answer: Anthropic's helpfulness sets, Open Assistant and
PandaLM. The harmlessness set is left out, for it rewards refusing. An answer is read up to ANSWER_LIMIT
tokens; pairs of which an answer has more than twice as many are left out. The test part and the sets that
train nothing (`preferences.probes`) are held out.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

import chat
import device
import dialogues
import finetune
import load_gguf
import preferences
import settings
from device import DEVICE
from intervals import wilson
from model import Model
from optimiser import Optimiser
from preferences import Pair, Turn
from pretrain import load_model
from sampling import sample
from teacher import END_TURN, Chat

EPOCHS, BATCH_PAIRS, RATE, ANSWER_LIMIT = 2, 32, 3e-5, 128
READABLE = 2 * ANSWER_LIMIT
CONTEXT_LIMIT = 256  # tokens of dialogue that are read, the last ones
HEAD_SCALE = 10  # the head learns ten times as fast as the trunk
AI_FEEDBACK = 1500  # pairs

Row = tuple[tuple[Turn, ...], str]  # the dialogue up to an answer, and the answer


class RewardModel(nn.Module):
    """The teacher with a linear head on the mean state of the answer's tokens."""

    def __init__(self, trunk: Model, chat: Chat) -> None:
        super().__init__()
        self.trunk, self.chat = trunk, chat
        self.head = nn.Linear(trunk.shape.width, 1, bias=False)
        nn.init.normal_(self.head.weight, std=0.01)

    def ids(self, row: Row) -> tuple[list[int], list[int]]:
        """The teacher's tokens of dialogue and answer."""
        context, answer = row
        return self.chat.prompt(context)[-CONTEXT_LIMIT:], [*self.chat.ids(answer), END_TURN][:ANSWER_LIMIT]

    def forward(self, rows: list[Row]) -> torch.Tensor:
        """One reward per row."""
        ids, mask = finetune.padded([self.ids(row) for row in rows])
        hidden = self.trunk.hidden(ids).float()
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        return HEAD_SCALE * (mean @ self.head.weight.float().T).squeeze(-1)


def new_model(teacher: Path) -> RewardModel:
    torch.manual_seed(settings.SEED)
    return RewardModel(load_gguf.load_model(teacher, context=1024), Chat(teacher))


def learnable(chat: Chat, pairs: list[Pair]) -> list[tuple[Row, Row]]:
    """(better, worse) rows of the pairs that a reward model learns from."""
    short = lambda pair: all(len(chat.ids(text)) <= READABLE for text in (pair.chosen, pair.rejected))
    return [
        ((pair.context, pair.chosen), (pair.context, pair.rejected))
        for pair in pairs
        if pair.source != preferences.HARMLESS and short(pair)
    ]


def ai_feedback(work: Path, tokenizer: Tokenizer) -> list[tuple[Row, Row]]:
    """(teacher's answer, fine-tuned model's answer) to the same question, both cut to the same number of tokens."""
    sft = device.placed(load_model(work / "sft.pt"))
    asked = dialogues.written(work, "feedback")[:AI_FEEDBACK]
    contexts = [(Turn("user", question),) for question, _ in asked]
    prompts = [chat.prompt_ids(tokenizer, context) for context in contexts]
    drawn = sample(sft, prompts, finetune.ANSWER_LIMIT, device.generator(settings.SEED))
    cut = lambda ids: tokenizer.decode(ids[: finetune.ANSWER_LIMIT]).strip()
    rows = []
    for context, (_, answer), own in zip(contexts, asked, drawn):
        rows.append(((context, cut(chat.ids_of(tokenizer, answer))), (context, cut(own))))
    return rows


@torch.no_grad()
def score_rows(model: RewardModel, rows: list[Row], batch: int = 256) -> torch.Tensor:
    """Rewards of the rows, in their order, on the CPU."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][1]))
    rewards = torch.zeros(len(rows))
    parts = [(places, model([rows[i] for i in places])) for places in batched(order, batch)]
    for places, scores in parts:
        rewards[places] = scores.float().cpu()
    return rewards


def batched(values: list, size: int) -> list[list]:
    return [values[i : i + size] for i in range(0, len(values), size)]


def train(model: RewardModel, pairs: list[tuple[Row, Row]], log: settings.Log, name: str, most_steps: int | None) -> RewardModel:
    rng = random.Random(settings.SEED)
    masters = {key: p.detach().clone() for key, p in model.named_parameters()}
    model = device.placed(model)
    optimiser = Optimiser(model, masters, muon_rate=None, adam_rate=RATE, weight_decay=0.01)
    steps = min(most_steps or 10**9, EPOCHS * (len(pairs) // BATCH_PAIRS))
    step = 0
    for _ in range(EPOCHS):
        order = sorted(pairs, key=lambda pair: len(pair[0][1]) + len(pair[1][1]) + rng.random() * 200)
        batches = [batch for batch in batched(order, BATCH_PAIRS) if len(batch) == BATCH_PAIRS]
        rng.shuffle(batches)
        for batch in batches[: steps - step]:
            rewards = model([row for pair in batch for row in pair])
            loss = -F.logsigmoid(rewards[::2] - rewards[1::2]).mean()
            loss.backward()
            optimiser.clip(1.0)
            optimiser.step(min(1.0, (step + 1) / 10, 1 - step / steps))
            step += 1
            if step % 10 == 0:
                log.write(model=name, step=step, preference=round(loss.item(), 4))
    return model.eval()


def save_reward(path: Path, model: RewardModel) -> None:
    torch.save(dict(model.named_parameters()), path)


def load_reward(path: Path, teacher: Path) -> RewardModel:
    """The model as it was saved, on DEVICE and in COMPUTE."""
    model = device.placed(new_model(teacher))
    model.load_state_dict(torch.load(path, map_location=DEVICE), strict=False)  # RoPE's tables are not saved
    return model.eval()


def accuracy_report(wins: list[bool]) -> dict:
    low, high = wilson(sum(wins), len(wins))
    return {"pairs": len(wins), "accuracy": sum(wins) / len(wins), "interval": [low, high]}


def judge(model: RewardModel, pairs: list[Pair]) -> dict:
    """Accuracy on held-out pairs, per source and in all, beside what a rule by length would reach."""
    rewards = score_rows(model, [(pair.context, text) for pair in pairs for text in (pair.chosen, pair.rejected)])
    wins = (rewards[::2] > rewards[1::2]).tolist()
    report = {}
    for source in (*sorted({pair.source for pair in pairs}), "all"):
        places = [i for i, pair in enumerate(pairs) if source in (pair.source, "all")]
        gaps = [len(pairs[i].chosen) - len(pairs[i].rejected) for i in places]
        report[source] = {
            "model": accuracy_report([wins[i] for i in places]),
            "longer wins": accuracy_report([gap > 0 for gap in gaps]),
            "shorter wins": accuracy_report([gap < 0 for gap in gaps]),
        }
    return report


def main() -> None:
    args = settings.arguments(__doc__, steps="so many alone, with reports on 50 pairs: a trial")
    torch.set_num_threads(args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    parts, most = preferences.load(args.data), int(args.steps) if args.steps else None
    for name in ("a", "b"):
        log = settings.Log(args.work / f"reward-{name}.jsonl")
        model = new_model(args.teacher)
        pairs = learnable(model.chat, parts[name])
        feedback = ai_feedback(args.work, tokenizer) if name == "a" else []
        log.write(event="start", people=len(pairs), ai_feedback=len(feedback))
        model = train(model, pairs + feedback, log, name, most)
        save_reward(args.work / f"reward-{name}.pt", model)
        judged = {"test": parts["test"], "sets that train nothing": preferences.probes(args.data), "own half": parts[name]}
        report = {part: judge(model, pairs[: 50 if most else None]) for part, pairs in judged.items()}
        (args.work / f"reward-{name}.json").write_text(json.dumps(report, indent=1))
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
