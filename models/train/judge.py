"""Step 7: what RL did to the answers, on prompts that no training step has seen.

    python models/train/judge.py --data DATA [--work .train]

Prompts: dialogues of the test part of the helpfulness preferences, and the 80 Vicuna prompts; with
`--only development` the prompts on which decisions about the recipe are taken, and then also the three
models' loss on held-back training-like text and some answers. SAMPLES answers per prompt and model (the
whole softmax, temperature 1). Both reward models compare RLHF with SFT; only `a` was used in RL. An
apology is a word of `dialogues.APOLOGY` in the first 80 characters. All intervals are bootstraps over
prompts.
"""

from __future__ import annotations

import collections
import hashlib
import json

import numpy as np
import torch
from tokenizers import Tokenizer

import chat
import corpora
import dialogues
import preferences
import settings
from finetune import padded, token_log_probabilities
from intervals import bootstrap_mean
from pretrain import load_model, validation_losses
from preferences import Turn
from reward import load_reward, score_rows
from rlhf import ANSWER_LIMIT, finished
from sampling import sample

SAMPLES, TEST_PROMPTS = 2, 400


def held_out_prompts(data, tokenizer: Tokenizer) -> dict[str, list[list[int]]]:
    test = [pair for pair in preferences.load(data)["test"] if pair.source != preferences.HARMLESS]
    contexts = sorted({pair.context for pair in test}, key=lambda context: hashlib.sha256(str(context).encode()).digest())
    development = [(Turn("user", prompt),) for prompt in dialogues.lottery_prompts(data)[1]]
    vicuna = [(Turn("user", prompt),) for prompt in corpora.vicuna_prompts(data)]
    return {
        "preference-test": [chat.prompt_ids(tokenizer, context) for context in contexts[:TEST_PROMPTS]],
        "development": [chat.prompt_ids(tokenizer, context) for context in development],
        "vicuna": [chat.prompt_ids(tokenizer, context) for context in vicuna],
    }


def answers_of(model, prompts: list[list[int]], seed: int) -> list[list[list[int]]]:
    """SAMPLES answers to every prompt."""
    generator = torch.Generator().manual_seed(seed)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    out: list[list[list[int]]] = [[] for _ in prompts]
    for start in range(0, len(order), 16):
        places = [i for i in order[start : start + 16] for _ in range(SAMPLES)]
        for place, answer in zip(places, sample(model, [prompts[i] for i in places], ANSWER_LIMIT, generator)):
            out[place].append(answer)
    return out


def repeated_share(answer: list[int], n: int = 4) -> float:
    """Share of an answer's n-grams that stood earlier in it."""
    grams = [tuple(answer[i : i + n]) for i in range(len(answer) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def apologises(tokenizer: Tokenizer, answer: list[int]) -> float:
    return float(bool(dialogues.APOLOGY.search(tokenizer.decode(answer)[: dialogues.APOLOGY_PLACE])))


def development(work, tokenizer: Tokenizer, prompts: list[list[int]], texts: dict) -> dict:
    """What else decisions are taken by: the loss on held-back text, nats per token, and ten prompts' first answers."""
    windows = dict(np.load(work / "validation.npz"))
    losses = {name: validation_losses(load_model(work / f"{name}.pt"), windows, 0, 1) for name in ("base", *texts)}
    decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=True)
    answers = [{"prompt": decode(p)} | {name: decode(texts[name][i][0]) for name in texts} for i, p in enumerate(prompts[:10])]
    return {"loss on held-back text": losses, "answers": answers}


def most_common_opening(answers: list[list[list[int]]], tokens: int = 8) -> tuple[float, list[int]]:
    """Share of all answers that begin with the most common first `tokens` tokens, and those tokens."""
    counts = collections.Counter(tuple(a[:tokens]) for group in answers for a in group if len(a) >= tokens)
    opening, count = counts.most_common(1)[0]
    return count / sum(map(len, answers)), list(opening)


@torch.no_grad()
def kl_per_prompt(model, reference, rows) -> tuple[list[float], list[int]]:
    """Sums of log p_model - log p_reference over the answers' tokens, and their numbers; one per row."""
    sums, counts = [], []
    for start in range(0, len(rows), 16):
        ids, mask = padded(rows[start : start + 16])
        gap = (token_log_probabilities(model, ids) - token_log_probabilities(reference, ids)) * mask[:, 1:]
        sums += gap.sum(1).tolist()
        counts += mask[:, 1:].sum(1).int().tolist()
    return sums, counts


def main() -> None:
    args = settings.arguments(__doc__, only="preference-test, vicuna or development: these prompts alone")
    torch.set_num_threads(args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    models = {name: load_model(args.work / f"{name}.pt") for name in ("sft", "rlhf")}
    judges = {name: load_reward(args.work / f"reward-{name}.pt") for name in ("a", "b")}
    for corpus, prompts in held_out_prompts(args.data, tokenizer).items():
        if corpus != (args.only or corpus) or (corpus == "development" and not args.only):
            continue
        texts = {name: answers_of(model, prompts, settings.SEED) for name, model in models.items()}
        entry: dict = {"prompts": len(prompts), "samples": SAMPLES}
        for name, judge in judges.items():
            score = {}
            for model, answers in texts.items():
                rows = [(prompt, answer) for prompt, group in zip(prompts, answers) for answer in group]
                score[model] = score_rows(judge, rows).view(-1, SAMPLES)
            wins = (score["rlhf"][:, :, None] > score["sft"][:, None, :]).float().mean((1, 2))
            spread = score["sft"].std()
            entry[f"reward {name}: RLHF preferred to SFT"] = bootstrap_mean(wins)
            entry[f"reward {name}: gain in SFT standard deviations"] = bootstrap_mean(
                (score["rlhf"].mean(1) - score["sft"].mean(1)) / spread
            )
        for model, answers in texts.items():
            flat = lambda f: [sum(map(f, group)) / SAMPLES for group in answers]
            share, opening = most_common_opening(answers)
            entry[model] = {
                "length in tokens": bootstrap_mean(flat(len)),
                "finished": bootstrap_mean(flat(finished)),
                "repeated 4-grams": bootstrap_mean(flat(repeated_share)),
                "apologies": bootstrap_mean(flat(lambda answer: apologises(tokenizer, answer))),
                "most common opening": {"share": share, "text": tokenizer.decode(opening)},
            }
        if corpus == "development":
            entry |= development(args.work, tokenizer, prompts, texts)
        rows = [(prompt, answer) for prompt, group in zip(prompts, texts["rlhf"]) for answer in group]
        sums, counts = kl_per_prompt(models["rlhf"], models["sft"], rows)
        group = lambda values: torch.tensor(values, dtype=torch.float64).view(-1, SAMPLES).sum(1)
        entry["KL(RLHF | SFT) per token, nats"] = bootstrap_mean(group(sums), group(counts))
        (args.work / f"judge-{corpus}.json").write_text(json.dumps(entry, indent=1))
        print(corpus, json.dumps(entry), flush=True)


if __name__ == "__main__":
    main()
