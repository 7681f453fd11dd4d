"""Step 4: two reward models from human preference pairs.

    python models/train/reward.py --data DATA [--work .train]

Reward model `a` learns from half a of the pairs and serves RL; `b` learns from half b and only judges the
result. Each starts from the base model. That has read the preferred answers of both halves (twice, among
other text), so only the test part and the sets that train nothing (`preferences.probes`) are held out.
Bradley-Terry loss, plus the language modelling loss on both replies, which keeps so small a model from
learning its few pairs by heart.

The pairs are people's choices of the more HELPFUL answer: Anthropic's helpfulness sets, Open Assistant and
PandaLM. The harmlessness set is left out, for it rewards refusing. Pairs of which an answer is more than
READABLE tokens long are left out, too: these models read the first ANSWER_LIMIT.
"""

from __future__ import annotations

import json
import random

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

import chat
import preferences
import settings
from finetune import padded
from model import Model
from optimiser import Optimiser, fastest_type
from preferences import Pair
from pretrain import load_model
from intervals import wilson
from shape import Shape

EPOCHS, BATCH_PAIRS, RATE, LANGUAGE_WEIGHT, ANSWER_LIMIT = 2, 16, 3e-4, 0.5, 128
READABLE = 2 * ANSWER_LIMIT
HEAD_SCALE = 10  # the head learns ten times as fast as the trunk

Row = tuple[list[int], list[int]]


class RewardModel(nn.Module):
    """A language model with a linear head on the mean state of the answer's tokens."""

    def __init__(self, trunk: Model) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(trunk.shape.width, 1, bias=False)
        nn.init.normal_(self.head.weight, std=0.01)

    def reward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        mean = (hidden.float() * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        return HEAD_SCALE * (mean @ self.head.weight.float().T).squeeze(-1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One reward per row; `mask` marks the answer's tokens."""
        return self.reward(self.trunk.hidden(ids), mask)

    def loss(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(Bradley-Terry loss, language loss on the answers) of rows in which chosen and rejected alternate."""
        hidden = self.trunk.hidden(ids)
        rewards = self.reward(hidden, mask)
        preference = -F.logsigmoid(rewards[::2] - rewards[1::2]).mean()
        answers = mask[:, 1:] == 1
        logits = self.trunk.logits(hidden[:, :-1][answers]).float()
        return preference, F.cross_entropy(logits, ids[:, 1:][answers])


def rows_of(tokenizer: Tokenizer, pair: Pair) -> tuple[Row, Row]:
    prompt = chat.prompt_ids(tokenizer, pair.context)
    return tuple((prompt, chat.answer_ids(tokenizer, text, ANSWER_LIMIT)) for text in (pair.chosen, pair.rejected))


def learnable(tokenizer: Tokenizer, pairs: list[Pair]) -> list[tuple[Row, Row]]:
    """Rows of the pairs that a reward model learns from."""
    rows = []
    for pair in pairs:
        short = all(len(chat.ids_of(tokenizer, text)) <= READABLE for text in (pair.chosen, pair.rejected))
        better, worse = rows_of(tokenizer, pair)
        if short and better != worse and pair.source != preferences.HARMLESS:
            rows.append((better, worse))
    return rows


@torch.no_grad()
def score_rows(model: RewardModel, rows: list[Row], batch: int = 32) -> torch.Tensor:
    """Rewards of (prompt, answer) rows, in their order."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + len(rows[i][1]))
    rewards = torch.zeros(len(rows))
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        rewards[places] = model(*padded([rows[i] for i in places])).float()
    return rewards


def train(base: Model, pairs: list[tuple[Row, Row]], log: settings.Log, name: str, most_steps: int | None) -> RewardModel:
    rng = random.Random(settings.SEED)
    model = RewardModel(base)
    masters = {key: p.detach().clone() for key, p in model.named_parameters()}
    model = model.to(fastest_type())
    optimiser = Optimiser(model, masters, muon_rate=None, adam_rate=RATE, weight_decay=0.0)
    steps = min(most_steps or 10**9, EPOCHS * (len(pairs) // BATCH_PAIRS))
    step = 0
    for _ in range(EPOCHS):
        order = sorted(pairs, key=lambda pair: sum(map(len, pair[0])) + rng.random() * 100)
        batches = [order[i : i + BATCH_PAIRS] for i in range(0, len(order) - BATCH_PAIRS + 1, BATCH_PAIRS)]
        rng.shuffle(batches)
        for batch in batches[: steps - step]:
            preference, language = model.loss(*padded([row for pair in batch for row in pair]))
            (preference + LANGUAGE_WEIGHT * language).backward()
            optimiser.clip(1.0)
            optimiser.step(min(1.0, (step + 1) / 10, 1 - step / steps))
            step += 1
            if step % 5 == 0:
                log.write(model=name, step=step, preference=round(preference.item(), 4), language=round(language.item(), 4))
    model = model.float()
    model.load_state_dict(model.state_dict() | optimiser.masters)
    return model


def save_reward(path, model: RewardModel) -> None:
    torch.save({"shape": model.trunk.shape.as_dict(), "weights": dict(model.named_parameters())}, path)


def load_reward(path) -> RewardModel:
    stored = torch.load(path)
    model = RewardModel(Model(Shape(**stored["shape"])))
    model.load_state_dict(stored["weights"])
    return model.eval()


def accuracy_report(wins: list[bool]) -> dict:
    low, high = wilson(sum(wins), len(wins))
    return {"pairs": len(wins), "accuracy": sum(wins) / len(wins), "interval": [low, high]}


def judge(model: RewardModel, tokenizer: Tokenizer, pairs: list[Pair]) -> dict:
    """Accuracy on held-out pairs, per source and in all, beside what a rule by length would reach."""
    rows = [row for pair in pairs for row in rows_of(tokenizer, pair)]
    rewards = score_rows(model, rows)
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
    args = settings.arguments(__doc__, only="a or b: train this reward model alone (two processes can share the work)",
                              steps="so many alone, with reports on 50 pairs: a trial")
    torch.set_num_threads(args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    parts = preferences.load(args.data)
    for name, other in (("a", "b"), ("b", "a")):
        if args.only not in (None, name):
            continue
        torch.manual_seed(settings.SEED)
        log = settings.Log(args.work / f"reward-{name}.jsonl")
        model = train(load_model(args.work / "base.pt"), learnable(tokenizer, parts[name]), log, name,
                      int(args.steps) if args.steps else None)
        save_reward(args.work / f"reward-{name}.pt", model)
        judged = {"test": parts["test"], "sets that train nothing": preferences.probes(args.data), "own half": parts[name]}
        most = 50 if args.steps else None
        report = {part: judge(model, tokenizer, pairs[:most]) for part, pairs in judged.items()}
        (args.work / f"reward-{name}.json").write_text(json.dumps(report, indent=1))
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
