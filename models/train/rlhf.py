"""Step 5: GRPO with a KL penalty, from the fine-tuned model, rewarded by reward model `a`.

    python models/train/rlhf.py --data DATA [--work .train]

Each step draws PROMPTS prompts and GROUP answers to each from the current policy. The advantage of
an answer is its reward, less the mean and over the standard deviation of its group. One update
per batch: the probability ratio of GRPO is then 1 and nothing is left to clip. The penalty is
BETA times the k3 estimate of the KL divergence from the fine-tuned model, per token.

The reward is the reward model's output, less the straight line in the answer's length that fits the
fine-tuned model's answers to some prompts (else the policy would mostly learn the length that people
preferred), in units of its spread over those answers. An answer that is cut off at the length limit
loses UNFINISHED of these units.
Nothing else is rewarded: no phrase, no form.
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

import chat
import dialogues
import preferences
import settings
import workers
from finetune import padded, token_log_probabilities
from model import Model
from optimiser import Optimiser, fastest_type
from pretrain import load_model, save_model
from preferences import Turn
from reward import RewardModel, load_reward, score_rows
from sampling import sample

STEPS, PROMPTS, GROUP, ANSWER_LIMIT = 200, 8, 8, 96
RATE, BETA, UNFINISHED = 6e-5, 0.1, 1.0
SAVE_EVERY = 10


def training_prompts(data, tokenizer: Tokenizer) -> list[list[int]]:
    """Helpfulness dialogues of the training parts, Open Assistant prompts and the teacher's questions; none near to a
    prompt that is measured or that decisions are taken on."""
    parts = preferences.load(data)
    lottery, development = dialogues.lottery_prompts(data)
    near = dialogues.Near(dialogues.evaluation_prompts(data) + development)
    contexts = {pair.context for part in ("a", "b") for pair in parts[part] if pair.source != preferences.HARMLESS}
    contexts |= {(Turn("user", text),) for text in lottery}
    contexts |= {(Turn("user", question),) for question, _, _ in dialogues.teacher_answers(data)}
    return [chat.prompt_ids(tokenizer, context) for context in sorted(contexts, key=str) if not near(context[-1].text)]


def finished(answer: list[int]) -> bool:
    return answer[-1] == settings.END


class Reward:
    """Reward of (prompt, answer) rows by a reward model, less the effect of length, in SFT standard deviations."""

    def __init__(self, model: RewardModel, slope: float, offset: float, spread: float) -> None:
        self.model, self.slope, self.offset, self.spread = model, slope, offset, spread

    @staticmethod
    def fitted(model: RewardModel, sft: Model, prompts: list[list[int]], samples: int = 4) -> Reward:
        """Fits slope, offset and spread to answers of the fine-tuned model; the slope within prompts."""
        repeated = [prompt for prompt in prompts for _ in range(samples)]
        answers = sample(sft, repeated, ANSWER_LIMIT, torch.Generator().manual_seed(settings.SEED))
        raw = score_rows(model, list(zip(repeated, answers)))
        length = torch.tensor([float(len(answer)) for answer in answers])
        within = lambda x: (x.view(-1, samples) - x.view(-1, samples).mean(1, keepdim=True)).view(-1)
        slope = float((within(raw) * within(length)).sum() / within(length).square().sum())
        rest = raw - slope * length
        return Reward(model, slope, float(rest.mean()), float(rest.std()))

    def __call__(self, rows: list[tuple[list[int], list[int]]]) -> torch.Tensor:
        length = torch.tensor([float(len(answer)) for _, answer in rows])
        return (score_rows(self.model, rows) - self.slope * length - self.offset) / self.spread


def train(rank: int, count: int, data: Path, work: Path, steps: int) -> None:
    """What each of `count` processes does: its share of the prompts of every step, the same update."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    log = settings.Log(work / "rlhf.jsonl") if rank == 0 else None
    prompts = training_prompts(data, tokenizer)
    random.Random(settings.SEED).shuffle(prompts)
    kind = fastest_type()
    reference = load_model(work / "sft.pt").to(kind)
    model = load_model(work / "sft.pt").to(kind)
    sampler = load_model(work / "sft.pt")
    optimiser = Optimiser(model, dict(sampler.named_parameters()), muon_rate=None, adam_rate=RATE, weight_decay=0.0)
    done = 0
    checkpoint = work / "rlhf-checkpoint.pt"
    if checkpoint.exists():
        stored = torch.load(checkpoint)
        optimiser.load(stored["optimiser"])
        done = stored["step"]
    generator = torch.Generator().manual_seed(settings.SEED + 1000 * done + rank)
    reward = Reward.fitted(load_reward(work / "reward-a.pt").to(kind), load_model(work / "sft.pt"), prompts[-40:])
    if log:
        log.write(event="start", step=done, slope=round(reward.slope, 5), offset=round(reward.offset, 4),
                  spread=round(reward.spread, 4), prompts=len(prompts))

    own = PROMPTS // count  # prompts per step of this process
    for step in range(done, steps):
        first = step * PROMPTS % (len(prompts) - PROMPTS) + rank * own
        batch = [prompt for prompt in prompts[first : first + own] for _ in range(GROUP)]
        with torch.no_grad():
            for name, parameter in sampler.named_parameters():
                parameter.copy_(optimiser.masters[name])
        answers = sample(sampler, batch, ANSWER_LIMIT, generator)
        rows = list(zip(batch, answers))
        raw = reward(rows)
        ended = torch.tensor([float(finished(answer)) for answer in answers])
        groups = (raw - UNFINISHED * (1 - ended)).view(own, GROUP)
        advantage = ((groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)).view(-1)
        (tokens,) = workers.summed([sum(map(len, answers))], count)

        kl_sum, surprise_sum = 0.0, 0.0
        order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + len(rows[i][1]))
        for start in range(0, len(rows), 16):
            places = order[start : start + 16]
            ids, mask = padded([rows[i] for i in places])
            with torch.no_grad():
                old = token_log_probabilities(reference, ids)
            new = token_log_probabilities(model, ids)
            ratio = torch.exp(new - new.detach())  # 1, carries the gradient
            gap = old - new
            kl = gap.exp() - gap - 1
            loss = -ratio * advantage[places][:, None] + BETA * kl
            ((loss * mask[:, 1:]).sum() / tokens).backward()
            kl_sum += float((-gap.detach() * mask[:, 1:]).sum())
            surprise_sum -= float((new.detach() * mask[:, 1:]).sum())
        workers.sum_gradients(model.parameters(), count)
        optimiser.clip(1.0)
        optimiser.step(min(1.0, (step + 1) / 10))
        sums = workers.summed([float(raw.sum()), float(ended.sum()), kl_sum, surprise_sum], count)
        if log:
            answers_drawn = PROMPTS * GROUP
            log.write(step=step + 1, reward=round(sums[0] / answers_drawn, 4), kl_per_token=round(sums[2] / tokens, 5),
                      entropy=round(sums[3] / tokens, 4), length=round(tokens / answers_drawn, 2),
                      finished=round(sums[1] / answers_drawn, 4))
        if rank == 0 and ((step + 1) % SAVE_EVERY == 0 or step + 1 == steps):
            save_model(work / "rlhf.pt", model.shape, optimiser.masters, {"step": step + 1})
            state = {"optimiser": optimiser.state(), "step": step + 1}
            torch.save(state, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").rename(checkpoint)


def main() -> None:
    args = settings.arguments(__doc__, steps=f"how many ({STEPS} if left out)")
    workers.run(args.threads, train, args.data, args.work, int(args.steps or STEPS))


if __name__ == "__main__":
    main()
