"""Step 8: what RL did to the answers, on prompts that no training step has seen.

    python models/train/judge.py --data DATA [--work .train] --teacher FILE [--name rlhf]

Prompts: dialogues of the test part of the helpfulness preferences, and the 80 Vicuna prompts; with
`--only development` the prompts on which decisions about the recipe are taken, and then also the three
models' loss on held-back training-like text and some answers. SAMPLES answers per prompt and model (the
whole softmax, temperature 1). Both reward models compare RLHF with SFT, where the work folder holds
them; only `a` was used in RL. An apology is a word of `dialogues.APOLOGY` in the first 80 characters.
All intervals are bootstraps over prompts.
"""

from __future__ import annotations

import collections
import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import corpora
import device
import dialogues
import preferences
import settings
from draws import repeated_share
from finetune import padded, token_log_probabilities
from intervals import bootstrap_mean
from preferences import Turn
from pretrain import load_model, validation_losses
from reward import RewardModel, batched, load_reward, score_rows
from rlhf import ROWS, Answers, Context

SAMPLES, TEST_PROMPTS = 2, 400


def held_out_contexts(data: Path) -> dict[str, list[Context]]:
    test = [pair for pair in preferences.load(data)["test"] if pair.source != preferences.HARMLESS]
    contexts = sorted({pair.context for pair in test}, key=lambda context: hashlib.sha256(str(context).encode()).digest())
    return {
        "preference-test": contexts[:TEST_PROMPTS],
        "development": [(Turn("user", prompt),) for prompt in dialogues.lottery_prompts(data)[1]],
        "vicuna": [(Turn("user", prompt),) for prompt in corpora.vicuna_prompts(data)],
    }


def apologises(text: str) -> float:
    return float(bool(dialogues.APOLOGY.search(text[: dialogues.APOLOGY_PLACE])))


def development(work: Path, contexts: list[Context], answers: dict[str, Answers], models: dict) -> dict:
    """What else decisions are taken by: the loss on held-back text, nats per token, and ten prompts' first answers."""
    windows = dict(np.load(work / "validation.npz"))
    models = {"base": device.placed(load_model(work / "base.pt"))} | models
    losses = {name: validation_losses(model, windows) for name, model in models.items()}
    texts = {name: [text for _, text in drawn.texts[::SAMPLES]] for name, drawn in answers.items()}
    shown = [{"prompt": context[-1].text} | {name: texts[name][i] for name in texts} for i, context in enumerate(contexts[:10])]
    return {"loss on held-back text": losses, "answers": shown}


def most_common_opening(answers: list[list[int]], tokens: int = 8) -> tuple[float, list[int]]:
    """Share of all answers that begin with the most common first `tokens` tokens, and those tokens."""
    counts = collections.Counter(tuple(answer[:tokens]) for answer in answers if len(answer) >= tokens)
    opening, count = counts.most_common(1)[0]
    return count / len(answers), list(opening)


@torch.no_grad()
def kl_per_prompt(model, reference, answers: Answers) -> tuple[torch.Tensor, torch.Tensor]:
    """Sums of log p_model - log p_reference over the answers' tokens, and their numbers; one per prompt."""
    sums, counts = [], []
    for rows in batched(list(zip(answers.prompts, answers.ids)), ROWS):
        ids, mask = padded(rows)
        gap = (token_log_probabilities(model, ids) - token_log_probabilities(reference, ids)) * mask[:, 1:]
        sums += gap.sum(1).tolist()
        counts += mask[:, 1:].sum(1).tolist()
    by_prompt = lambda values: torch.tensor(values, dtype=torch.float64).view(-1, SAMPLES).sum(1)
    return by_prompt(sums), by_prompt(counts)


def compared(judge: RewardModel, answers: dict[str, Answers]) -> tuple[tuple, tuple]:
    """(share of RLHF's answers preferred to SFT's, gain in SFT standard deviations), each with its interval."""
    score = {name: score_rows(judge, drawn.texts).view(-1, SAMPLES) for name, drawn in answers.items()}
    wins = (score["rlhf"][:, :, None] > score["sft"][:, None, :]).float().mean((1, 2))
    gain = (score["rlhf"].mean(1) - score["sft"].mean(1)) / score["sft"].std()
    return bootstrap_mean(wins), bootstrap_mean(gain)


def described(answers: Answers, tokenizer: Tokenizer) -> dict:
    per_prompt = lambda values: bootstrap_mean(torch.tensor(values, dtype=torch.float64).view(-1, SAMPLES).mean(1))
    share, opening = most_common_opening(answers.ids)
    return {
        "length in tokens": per_prompt(answers.lengths.tolist()),
        "finished": per_prompt(answers.ended.tolist()),
        "repeated 4-grams": per_prompt([repeated_share(ids) for ids in answers.ids]),
        "apologies": per_prompt([apologises(text) for _, text in answers.texts]),
        "most common opening": {"share": share, "text": tokenizer.decode(opening)},
    }


def main() -> None:
    args = settings.arguments(__doc__, only="preference-test, vicuna or development: these prompts alone",
                              name="of the RLHF model's file (rlhf if left out)")
    torch.set_num_threads(args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    name = args.name or "rlhf"
    files = {"sft": "sft", "rlhf": name}
    models = {role: device.placed(load_model(args.work / f"{file}.pt")) for role, file in files.items()}
    kept = {half: args.work / f"reward-{half}.pt" for half in ("a", "b")}
    judges = {half: load_reward(path, args.teacher) for half, path in kept.items() if path.exists()}
    for corpus, contexts in held_out_contexts(args.data).items():
        if corpus != (args.only or corpus) or (corpus == "development" and not args.only):
            continue
        draw = lambda model: Answers(model, tokenizer, contexts, SAMPLES, device.generator(settings.SEED))
        answers = {role: draw(model) for role, model in models.items()}
        entry: dict = {"prompts": len(contexts), "samples": SAMPLES}
        for half, judge in judges.items():
            preferred, gain = compared(judge, answers)
            entry[f"reward {half}: RLHF preferred to SFT"] = preferred
            entry[f"reward {half}: gain in SFT standard deviations"] = gain
        entry |= {role: described(drawn, tokenizer) for role, drawn in answers.items()}
        if corpus == "development":
            entry |= development(args.work, contexts, answers, models)
        entry["KL(RLHF | SFT) per token, nats"] = bootstrap_mean(*kl_per_prompt(models["rlhf"], models["sft"], answers["rlhf"]))
        path = args.work / f"judge-{corpus}{'' if name == 'rlhf' else '-' + name}.json"
        path.write_text(json.dumps(entry, indent=1))
        print(corpus, json.dumps(entry), flush=True)


if __name__ == "__main__":
    main()
