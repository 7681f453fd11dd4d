"""Step 9: the paper's measurements on the models' own generations (torch; `draws.py` takes the extension's engine).

    python models/train/generations.py --data DATA [--work .train]

- Continuations: the first 32 words of held-out documents, 200 tokens, top-p 0.9, no template. On
  them: probability of the most likely token, coverage (entries with p > 1e-8), entropy, and the
  perplexity of every model on every model's completions (only completion tokens are scored).
- Samples: 100 answers to each of PROMPTS Vicuna prompts, up to 64 tokens, top-p 0.9: unique / all
  4-grams of tokens. SFT and RLHF answer in the chat form, base completes the bare prompt.
  The first sample of every prompt is kept: the unpicked answers of the model card.
"""

from __future__ import annotations

import json
import math

import torch
from tokenizers import Tokenizer

import chat
import corpora
import device
import settings
from device import DEVICE
from draws import prefixes, unique_share
from intervals import bootstrap_mean
from preferences import Turn
from pretrain import load_model
from sampling import sample

COMPLETION, PROMPTS, SAMPLES, ANSWER = 200, 20, 100, 64
MODELS = ("base", "sft", "rlhf")


@torch.no_grad()
def completion_statistics(model, prefix: list[list[int]], completion: list[list[int]]) -> dict[str, torch.Tensor]:
    """Per completion: mean nll (nats), mean top-1 probability, mean coverage, mean entropy (bits)."""
    out: dict[str, list[float]] = {"nll": [], "top1": [], "coverage": [], "entropy": []}
    for before, text in zip(prefix, completion):
        ids = torch.tensor([before + text], device=DEVICE)
        logits = model(ids[:, :-1])[0, len(before) - 1 :].float()
        logs = torch.log_softmax(logits, dim=-1)
        p = logs.exp()
        out["nll"].append(-logs.gather(1, ids[0, len(before) :, None]).mean().item())
        out["top1"].append(p.max(-1).values.mean().item())
        out["coverage"].append((p > 1e-8).sum(-1).float().mean().item())
        out["entropy"].append(-(p * logs).sum(-1).mean().item() / math.log(2))
    return {name: torch.tensor(values) for name, values in out.items()}


def without_end(answer: list[int]) -> list[int]:
    return answer[:-1] if answer and answer[-1] == settings.END else answer


def interval(values) -> list[float]:
    return list(bootstrap_mean(values))


def measure_completions(models: dict, data, tokenizer: Tokenizer) -> dict:
    """Values per prefix of every measure, and of every model's log perplexity on every model's completions."""
    starts = [[settings.BEGIN, *chat.ids_of(tokenizer, text)] for text in prefixes(data)]
    completions: dict[str, list[list[int]]] = {}
    for name, model in models.items():
        generator = device.generator(settings.SEED)
        completions[name] = []
        for first in range(0, len(starts), 32):
            completions[name] += sample(model, starts[first : first + 32], COMPLETION, generator, top_p=0.9, stop=False)
    values = {}
    for scorer, model in models.items():
        for writer, texts in completions.items():
            statistics = completion_statistics(model, starts, texts)
            values[f"ln perplexity of {scorer} on {writer}"] = statistics["nll"].tolist()
            if scorer == writer:
                for key in ("top1", "coverage", "entropy"):
                    values[f"{key} of {scorer}"] = statistics[key].tolist()
    return values


def measure_samples(name: str, model, data, tokenizer: Tokenizer) -> dict:
    """Per nucleus: the unique share of 4-grams of every prompt's samples, and every prompt's first sample."""
    result = {}
    for top_p in (0.7, 0.9) if name == "base" else (0.9,):
        shares, first_answers = [], []
        for number, question in enumerate(corpora.vicuna_prompts(data)[:PROMPTS]):
            bare = [settings.BEGIN, *chat.ids_of(tokenizer, question)]
            prompt = bare if name == "base" else chat.prompt_ids(tokenizer, (Turn("user", question),))
            generator = device.generator(settings.SEED + number)
            samples = [without_end(a) for a in sample(model, [prompt] * SAMPLES, ANSWER, generator, top_p=top_p)]
            shares.append(unique_share(samples, 4))
            first_answers.append(tokenizer.decode(samples[0]))
        result[f"{name}, top-p {top_p}"] = {"shares": shares, "answers": first_answers}
    return result


def summary(values: dict, samples: dict) -> dict:
    """Means with 95 % bootstrap intervals over prefixes or prompts."""
    report = {"prefixes": len(values["top1 of base"])}
    gap = lambda a, b: interval(torch.tensor(a) - torch.tensor(b))
    for key, rows in values.items():
        report[key] = interval(rows)
    for name in ("sft", "rlhf"):
        for key in ("top1", "coverage", "entropy"):
            report[f"{key}: {name} - base, paired"] = gap(values[f"{key} of {name}"], values[f"{key} of base"])
        own = "ln perplexity of {0} on {0}".format
        report[f"ln self-perplexity: {name} - base, paired"] = gap(values[own(name)], values[own("base")])
    for key, one in samples.items():
        report[f"unique 4-grams: {key}"] = interval(one["shares"])
    shares = {key.partition(",")[0]: one["shares"] for key, one in samples.items() if key.endswith("0.9")}
    for a, b in (("sft", "base"), ("rlhf", "base"), ("rlhf", "sft")):
        report[f"unique 4-grams: {a} - {b} at p = 0.9, paired"] = gap(shares[a], shares[b])
    return report


def main() -> None:
    args = settings.arguments(__doc__, only="completions, base, sft or rlhf: this part alone (several processes can share the work)")
    torch.set_num_threads(args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    models = {name: device.placed(load_model(args.work / f"{name}.pt")) for name in MODELS}
    files = {part: args.work / f"generations-{part}.json" for part in ("completions", *MODELS)}
    for part, path in files.items():
        if args.only not in (None, part):
            continue
        if part == "completions":
            result = measure_completions(models, args.data, tokenizer)
        else:
            result = measure_samples(part, models[part], args.data, tokenizer)
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False))
    if all(path.exists() for path in files.values()):
        parts = {part: json.loads(path.read_text()) for part, path in files.items()}
        report = summary(parts["completions"], parts["base"] | parts["sft"] | parts["rlhf"])
        (args.work / "generations.json").write_text(json.dumps(report, indent=1))
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
