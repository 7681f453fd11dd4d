"""Step 11: the paper's measurements on the models' own generations, drawn with `twinlens sample` and scored with `twinlens score`.

    python models/train/draws.py --data DATA [--work .train] [--runs DIR]

- Completions: the first 32 words of held-out documents, up to 200 tokens, top-p 0.9, no template,
  four a prefix. Every model scores every model's completions; only tokens behind the prefix count.
- Samples: 100 answers to each of the 80 Vicuna prompts. RLHF in the chat form with top-p 0.9 and base
  raw with top-p 0.7, up to 200 tokens (the command line's own settings; `--runs` is the folder of a
  call with them); base raw with top-p 0.9, up to 64 tokens. Unique / all 4-grams of drawn tokens;
  entropy and self-perplexity under the plain softmax; of up to 64 tokens a sample, and of up to 200.
  SFT is drawn as RLHF is. Repeated 4-grams stood earlier in the same
  answer; a refusal is an answer with a word of `dialogues.REFUSAL` anywhere.

The command line draws with top-p 0.9 only in the chat form. A copy of the model file whose template
is the prompt as it stands makes it draw raw. Base and RLHF are the published files, and SFT is left
out where the work folder does not hold it, so this needs no training and no torch, only numpy and the built extension (`npm ci && npm run build`).
"""

from __future__ import annotations

import json
import math
import re
import subprocess
from pathlib import Path

import numpy as np

import corpora
import dialogues
import settings
from corpora import Document
from intervals import bootstrap_mean
from measure import CLI, STAGES, model_file, score, write_texts
from publish import PUBLISHED, published

PREFIX_WORDS, COMPLETIONS, SAMPLES, LIMIT, FIRST = 32, 4, 100, 200, 64
SFT_RUNS = "runs/sft"
SAMPLE_MEASURES = ("unique 4-grams", "repeated 4-grams", "refusals", "entropy", "ln self-perplexity", "length", "ended")


def prefixes(data: Path) -> list[str]:
    """First 32 words, line breaks as they stand, of held-out stories, news (one level) and Vicuna answers."""
    documents = corpora.fairy_tales(data, "val")
    documents += [d for d in corpora.news(data)[1] if d.name.endswith("-adv")]
    documents += corpora.vicuna_answers(data, "vicuna-13b")[::4]
    found = [re.match(rf"(?:\S+\s+){{{PREFIX_WORDS - 1}}}\S+", d.text.strip()) for d in documents]
    return [match.group() for match in found if match]


def unique_share(samples: list[list[int]], n: int) -> float:
    grams = [tuple(s[i : i + n]) for s in samples for i in range(len(s) - n + 1)]
    return len(set(grams)) / len(grams) if grams else float("nan")


def repeated_share(answer: list[int], n: int = 4) -> float:
    """Share of an answer's n-grams that stood earlier in it."""
    grams = [tuple(answer[i : i + n]) for i in range(len(answer) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


# ---------------------------------------------------------------- drawing

def raw_copy(stage: str, work: Path) -> Path:
    """The model's file with a chat template, of the same length in bytes, that is the prompt as it stands."""
    source, target = model_file(stage, work), work / f"{stage}-raw.gguf"
    start, end = b"{% for message in messages %}", b"{% if add_generation_prompt %}<|assistant|>{% endif %}"
    content = source.read_bytes()
    first = content.index(start)
    length = content.index(end, first) + len(end) - first
    template = start + b"{{ message['content'] }}{% endfor %}"
    comment = b"{#" + b" " * (length - len(template) - 4) + b"#}"
    target.write_bytes(content[:first] + template + comment + content[first + length :])
    return target


def draw(prompts: list[str], models: dict[str, Path], samples: int, limit: int, runs: Path) -> dict[str, dict[str, dict]]:
    """Prompt -> role -> its part of the run, as kept in `runs`; what is there already is not drawn again."""
    runs.mkdir(parents=True, exist_ok=True)
    pair = [option for role, file in models.items() for option in (f"--{role}", file)]
    options = ["--samples-per-prompt", samples, "--max-tokens", limit, "--runs", runs, "--cpu", "--threads", 1]
    command = ["node", CLI, "sample", "--prompts", "-", *pair, *options]
    lines = "".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts)
    subprocess.run(list(map(str, command)), check=True, input=lines.encode(), stdout=subprocess.DEVNULL)
    found = [json.loads(path.read_text()) for path in sorted(runs.glob("*.twinlens.json"))]
    return {run["prompt"]: {role: run[role] for role in models} for run in found}


# ---------------------------------------------------------------- completions

def completion_values(work: Path, starts: list[str], writers: dict[str, dict[str, dict]]) -> dict[str, list[float]]:
    """Values per prefix of every measure on own completions, and of every model's ln perplexity on every model's.

    A prefix behind which a model wrote nothing (it ended at once, four times) is left out for all.
    """
    folder = work / "completions"
    values: dict[str, list[float]] = {}
    for writer, runs in writers.items():
        texts = [(start, start + sample["text"]) for start in starts for sample in runs[start]["rlhf"]["samples"]]
        files = write_texts(folder / writer, [Document(writer, text) for _, text in texts])
        for scorer in writers:
            result = score(model_file(scorer, work), files, ["--top-k", "1"], folder / f"{scorer}-on-{writer}.json")
            rows: dict[str, list[dict]] = {start: [] for start in starts}
            for (start, _), file in zip(texts, result["files"]):
                rows[start] += tokens_behind(file["base"]["tokenList"], len(start))
            mean = lambda key: [sum(row[key] for row in rows[start]) / (len(rows[start]) or math.nan) for start in starts]
            values[f"ln perplexity of {scorer} on {writer}"] = [bits * math.log(2) for bits in mean("bits")]
            if scorer == writer:
                for key in ("top1", "entropy", "coverage"):
                    values[f"{key} of {scorer}"] = mean(key)
    written = ~np.isnan(list(values.values())).any(0)
    return {key: np.array(row)[written].tolist() for key, row in values.items()}


def tokens_behind(tokens: dict, start: int) -> list[dict]:
    """The tokens that begin at or behind `start`. (UTF-16 units: the prefixes hold no wider character.)"""
    columns = zip(tokens["start"], tokens["bits"], tokens["entropyBits"], tokens["coverage"], tokens["top"])
    return [
        {"bits": bits, "entropy": entropy, "coverage": coverage, "top1": 2 ** -top[0][1]}
        for at, bits, entropy, coverage, top in columns
        if at >= start
    ]


# ---------------------------------------------------------------- samples

def sample_values(samples: list[dict], limit: int) -> dict[str, float]:
    """Of one prompt's samples, each cut to `limit` drawn tokens (the end token is none of them); refusals in the whole."""
    column = lambda key: [sample["tokens"][key][:limit] for sample in samples]
    pooled = lambda key: float(np.mean([x for row in column(key) for x in row]))
    return {
        "unique 4-grams": unique_share(column("ids"), 4),
        "repeated 4-grams": float(np.mean([repeated_share(row) for row in column("ids")])),
        "refusals": float(np.mean([bool(dialogues.REFUSAL.search(s["text"])) for s in samples])),
        "entropy": pooled("entropies") / math.log(2),
        "ln self-perplexity": -pooled("logProbabilities"),
        "length": float(np.mean([len(row) for row in column("ids")])),
        "ended": float(np.mean([s["ended"] == "end" and len(s["tokens"]["ids"]) < limit for s in samples])),
    }


def sample_report(drawn: dict[str, list[list[dict]]], limit: int) -> dict[str, list[float]]:
    """Means over the prompts of every measure, and paired differences to RLHF, with intervals."""
    values = {name: [sample_values(samples, limit) for samples in rows] for name, rows in drawn.items()}
    report = {}
    for key in SAMPLE_MEASURES:
        rows = {name: np.array([value[key] for value in one]) for name, one in values.items()}
        for name, row in rows.items():
            report[f"{key}: {name}"] = bootstrap_mean(row)
            if not name.startswith("rlhf"):
                report[f"{key}: rlhf - {name}, paired"] = bootstrap_mean(rows["rlhf 0.9"] - row)
    return report


# ---------------------------------------------------------------- reports

def report_completions(data: Path, work: Path, raw: dict[str, Path]) -> dict:
    """Means over prefixes of every measure, and paired differences to RLHF, with intervals."""
    starts = prefixes(data)
    writers = {stage: draw(starts, {"rlhf": file}, COMPLETIONS, LIMIT, work / f"runs/completions-{stage}") for stage, file in raw.items()}
    values = completion_values(work, starts, writers)
    report: dict = {"prefixes": len(values["top1 of base"])}
    for stage, runs in writers.items():
        samples = [sample for run in runs.values() for sample in run["rlhf"]["samples"]]
        report[f"tokens of a completion by {stage}"] = float(np.mean([len(sample["tokens"]["ids"]) for sample in samples]))
    report |= {key: bootstrap_mean(row) for key, row in values.items()}
    for key in ("ln perplexity of {0} on {0}", "top1 of {0}", "entropy of {0}", "coverage of {0}"):
        for other in raw:
            if other != "rlhf":
                gap = np.array(values[key.format("rlhf")]) - np.array(values[key.format(other)])
                report[f"{key.format('rlhf')} - {key.format(other)}, paired"] = bootstrap_mean(gap)
    return report


def report_samples(data: Path, work: Path, raw: dict[str, Path], runs: Path) -> dict:
    prompts = corpora.vicuna_prompts(data)
    pair = draw(prompts, {stage: published(stage) for stage in PUBLISHED}, SAMPLES, LIMIT, runs)
    alone = draw(prompts, {"rlhf": model_file("sft", work)}, SAMPLES, LIMIT, work / SFT_RUNS) if "sft" in raw else None
    wide = draw(prompts, {"rlhf": raw["base"]}, SAMPLES, FIRST, work / "runs/base-0.9")
    longest = {
        "base 0.7": [pair[prompt]["base"]["samples"] for prompt in prompts],
        "rlhf 0.9": [pair[prompt]["rlhf"]["samples"] for prompt in prompts],
    }
    if alone:
        longest["sft 0.9"] = [alone[prompt]["rlhf"]["samples"] for prompt in prompts]
    first = longest | {"base 0.9": [wide[prompt]["rlhf"]["samples"] for prompt in prompts]}
    return {
        f"first {LIMIT} tokens": sample_report(longest, LIMIT),
        f"first {FIRST} tokens": sample_report(first, FIRST),
    }


def main() -> None:
    args = settings.arguments(__doc__, runs="runs of the 80 prompts with the command line's own settings (default: drawn here)")
    raw = {stage: raw_copy(stage, args.work) for stage in STAGES if model_file(stage, args.work).exists()}
    report = {
        "completions": report_completions(args.data, args.work, raw),
        "samples": report_samples(args.data, args.work, raw, Path(args.runs or args.work / "runs/pair")),
    }
    (args.work / "draws.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
