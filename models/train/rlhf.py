"""Step 6: GRPO with a KL penalty, from the fine-tuned model, rewarded by reward model `a`.

    python models/train/rlhf.py --data DATA [--work .train] --teacher FILE [--steps N] [--beta B] [--name rlhf]

Each step draws PROMPTS prompts and GROUP answers to each from the current policy. The advantage of
an answer is its reward, less the mean and over the standard deviation of its group. One update
per batch: the probability ratio of GRPO is then 1 and nothing is left to clip. The penalty is
BETA times the k3 estimate of the KL divergence from the fine-tuned model, per token.

The reward is the reward model's output, less the straight line in the answer's length that fits the
fine-tuned model's answers to some prompts (else the policy would mostly learn the length that people
preferred), in units of its spread over those answers. An answer that is cut off at the length limit
loses UNFINISHED of these units.
Nothing else is rewarded: no phrase, no form.

The result lies on the straight line from the fine-tuned model's weights to the policy's at the end, REACH of
the way: less of the policy's repetition for less of its reward (interpolation towards the start, Rame et
al. 2024, WARP). REACH was decided on the development prompts.

Writes WORK/<name>-policy.pt every SNAPSHOT_STEPS steps, and WORK/<name>.pt at the end.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer

import chat
import device
import dialogues
import settings
from device import DEVICE
from finetune import ANSWER_LIMIT, padded, token_log_probabilities
from model import Model
from optimiser import Optimiser
from preferences import Turn
from pretrain import load_model, save_model
from reward import RewardModel, batched, load_reward, score_rows
from sampling import sample

STEPS, PROMPTS, GROUP = 30, 32, 16
RATE, BETA, UNFINISHED = 1.5e-4, 0.04, 1.0
ROWS = 256  # answers per forward and backward pass
REACH = 0.7
SNAPSHOT_STEPS, FITTED_PROMPTS = 5, 64

Context = tuple[Turn, ...]


def training_contexts(work: Path) -> list[Context]:
    """Questions that the teacher wrote and that no other step reads; `teacher.py` has left out what is near to a prompt
    that is measured or that decisions are taken on."""
    return [(Turn("user", question),) for question, _ in dialogues.written(work, "reinforcement")]


def finished(answer: list[int]) -> bool:
    return answer[-1] == settings.END


class Answers:
    """Answers drawn to repeated contexts, as tokens and as the text that a reward model reads."""

    def __init__(self, model: Model, tokenizer: Tokenizer, contexts: list[Context], each: int, generator: torch.Generator) -> None:
        repeated = [context for context in contexts for _ in range(each)]
        prompts = [chat.prompt_ids(tokenizer, context) for context in contexts]
        self.prompts = [prompt for prompt in prompts for _ in range(each)]
        self.ids = sample(model, self.prompts, ANSWER_LIMIT, generator)
        self.texts = list(zip(repeated, tokenizer.decode_batch(self.ids)))  # without control tokens
        self.lengths = torch.tensor([float(len(answer)) for answer in self.ids])
        self.ended = torch.tensor([float(finished(answer)) for answer in self.ids])


class Reward:
    """Reward of answers by a reward model, less the effect of length, in SFT standard deviations."""

    def __init__(self, model: RewardModel, slope: float, offset: float, spread: float) -> None:
        self.model, self.slope, self.offset, self.spread = model, slope, offset, spread

    @staticmethod
    def fitted(model: RewardModel, answers: Answers, each: int) -> Reward:
        """Fits slope, offset and spread to the fine-tuned model's answers, `each` to a prompt; the slope within prompts."""
        raw = score_rows(model, answers.texts)
        within = lambda x: (x.view(-1, each) - x.view(-1, each).mean(1, keepdim=True)).view(-1)
        squares = within(answers.lengths).square().sum()
        slope = float((within(raw) * within(answers.lengths)).sum() / squares) if squares else 0.0
        rest = raw - slope * answers.lengths
        return Reward(model, slope, float(rest.mean()), float(rest.std()))

    def __call__(self, answers: Answers) -> torch.Tensor:
        return (score_rows(self.model, answers.texts) - self.slope * answers.lengths - self.offset) / self.spread


def advantages(rewards: torch.Tensor, each: int) -> torch.Tensor:
    groups = rewards.view(-1, each)
    return ((groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)).view(-1)


def backward(model: Model, reference: Model, answers: Answers, advantage: torch.Tensor, beta: float) -> tuple[float, float]:
    """Adds the gradient of GRPO's loss; returns per token the log ratio to the reference and the surprise, nats."""
    tokens = float(answers.lengths.sum())
    rows = list(zip(answers.prompts, answers.ids))
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + len(rows[i][1]))
    sums = torch.zeros(2, device=DEVICE)
    for places in batched(order, ROWS):
        ids, mask = padded([rows[i] for i in places])
        mask = mask[:, 1:]
        with torch.no_grad():
            old = token_log_probabilities(reference, ids)
        new = token_log_probabilities(model, ids)
        ratio = torch.exp(new - new.detach())  # 1, carries the gradient
        gap = old - new
        kl = gap.exp() - gap - 1
        loss = -ratio * advantage[places].to(DEVICE)[:, None] + beta * kl
        ((loss * mask).sum() / tokens).backward()
        sums -= torch.stack(((gap.detach() * mask).sum(), (new.detach() * mask).sum()))
    return tuple((sums / tokens).tolist())


def train(work: Path, teacher: Path, steps: int, beta: float, name: str) -> None:
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    log = settings.Log(work / f"{name}.jsonl")
    contexts = training_contexts(work)
    contexts, fitting = contexts[FITTED_PROMPTS:], contexts[:FITTED_PROMPTS]
    reference, sft = device.placed(load_model(work / "sft.pt")), load_model(work / "sft.pt")
    masters = {key: p.detach().clone() for key, p in sft.named_parameters()}
    model = device.placed(sft)
    optimiser = Optimiser(model, masters, muon_rate=None, adam_rate=RATE, weight_decay=0.0)
    done, checkpoint = 0, work / f"{name}-checkpoint.pt"
    if checkpoint.exists():
        stored = torch.load(checkpoint, map_location=DEVICE)
        optimiser.load(stored["optimiser"])
        done = stored["step"]
    generator = device.generator(settings.SEED + 1000 * done)
    judge = load_reward(work / "reward-a.pt", teacher)
    reward = Reward.fitted(judge, Answers(reference, tokenizer, fitting, GROUP, device.generator(settings.SEED)), GROUP)
    log.write(event="start", step=done, beta=beta, slope=round(reward.slope, 5), offset=round(reward.offset, 4),
              spread=round(reward.spread, 4), prompts=len(contexts))
    for step in range(done, steps):
        first = step * PROMPTS % (len(contexts) - PROMPTS)
        answers = Answers(model, tokenizer, contexts[first : first + PROMPTS], GROUP, generator)
        raw = reward(answers)
        advantage = advantages(raw - UNFINISHED * (1 - answers.ended), GROUP)
        kl, surprise = backward(model, reference, answers, advantage, beta)
        optimiser.clip(1.0)
        optimiser.step(min(1.0, (step + 1) / 10))
        log.write(step=step + 1, reward=round(raw.mean().item(), 4), kl_per_token=round(kl, 5), entropy=round(surprise, 4),
                  length=round(answers.lengths.mean().item(), 2), finished=round(answers.ended.mean().item(), 4))
        if (step + 1) % SNAPSHOT_STEPS == 0 or step + 1 == steps:
            save_model(work / f"{name}-policy.pt", model.shape, optimiser.masters, {"step": step + 1, "beta": beta})
            torch.save({"optimiser": optimiser.state(), "step": step + 1}, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").rename(checkpoint)
    save_model(work / f"{name}.pt", model.shape, part_of_the_way(work, name), {"step": steps, "beta": beta, "reach": REACH})


def part_of_the_way(work: Path, name: str) -> dict[str, torch.Tensor]:
    """Weights between the fine-tuned model's (0) and the policy's (1), at REACH."""
    start, end = (dict(load_model(work / f"{file}.pt").named_parameters()) for file in ("sft", f"{name}-policy"))
    return {key: torch.lerp(start[key].detach(), end[key].detach(), REACH) for key in start}


def main() -> None:
    args = settings.arguments(__doc__, steps=f"how many ({STEPS} if left out)",
                              beta=f"weight of the KL penalty ({BETA} if left out)", name="of the result (rlhf if left out)")
    torch.set_num_threads(args.threads)
    train(args.work, args.teacher, int(args.steps or STEPS), float(args.beta or BETA), args.name or "rlhf")


if __name__ == "__main__":
    main()
