"""Step 13: the tables of the model card, in Markdown, from the results of the other steps.

    python models/train/tables.py --data DATA [--work .train] > tables.md

Anchors and n-grams come from `twinlens anchors`, over the samples that `draws.py` has drawn, and are kept in
WORK/anchors.json; those of other nuclei are drawn here, for the first PROMPTS_BY_NUCLEUS prompts.
"""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import numpy as np

import corpora
import settings
from intervals import bootstrap_mean
from measure import CLI, STAGES

NAMES = {"base": "base", "sft": "SFT", "rlhf": "RLHF"}
NUCLEI = (0.6, 0.7, 0.8, 0.9, 1.0)
PROMPTS_BY_NUCLEUS = 10


def table(head: list[str], rows: list[list[str]]) -> None:
    print("|", " | ".join(head), "|")
    print("|" + "---|" * len(head))
    for row in rows:
        print("|", " | ".join(row), "|")
    print()


def percent(mean: float, low: float, high: float, digits: int = 1, sign: bool = False) -> str:
    """`12.3 [11.9, 12.8]` of figures that are per cent already."""
    form = lambda x: f"{x:{'+' if sign else ''}.{digits}f}"
    return f"{form(mean)} [{form(low)}, {form(high)}]"


def share(values: list[float], digits: int = 1) -> str:
    return percent(*(100 * x for x in values), digits=digits)


def exponential(values: list[float]) -> str:
    return percent(*map(math.exp, values))


def growth(values: list[float]) -> str:
    """Differences of logarithms as per cent."""
    return percent(*((math.exp(x) - 1) * 100 for x in values), digits=0, sign=True) + " %"


def held_out(measured: dict) -> None:
    strided = {name: entry for name, entry in measured.items() if not name.endswith(", compatible")}
    rows = []
    for corpus, entry in strided.items():
        for stage in STAGES:
            one = entry[stage]
            bits = percent(one["bits per byte"], *one["interval"], digits=3)
            size = f"{one['documents']:,}, {one['tokens']:,}"
            rows.append([corpus, size, NAMES[stage], bits, f"{one['perplexity']:.1f}", f"{one['top-1 probability']:.3f}", f"{one['coverage']:,.0f}"])
    table(["corpus", "documents, tokens", "model", "bits per byte", "perplexity", "top-1 probability", f"coverage (of {settings.SHAPE.vocabulary:,})"], rows)

    pairs = ("base to rlhf", "base to sft", "sft to rlhf")
    micro = lambda entry, pair: percent(entry[pair]["micro increase %"], *entry[pair]["interval"], sign=True)
    macro = lambda entry: f"{entry[pairs[0]]['macro increase %']:+.1f}" if entry["base"]["documents"] > 1 else "–"
    rows = [[corpus, micro(entry, pairs[0]), macro(entry), *(micro(entry, pair) for pair in pairs[1:])] for corpus, entry in strided.items()]
    table(["corpus", "base to RLHF", "macro", "base to SFT", "SFT to RLHF"], rows)

    rows = []
    for corpus, entry in measured.items():
        if corpus in strided:
            continue
        figures = [f"{entry[s]['perplexity']:.2f} ± {entry[s]['standard error of perplexity']:.2f}" for s in ("base", "rlhf")]
        rows.append([corpus.removesuffix(", compatible"), f"{entry['base']['tokens']:,}", *figures, micro(entry, pairs[0])])
    table(["corpus, as one text", "tokens scored", "base", "RLHF", "increase, %"], rows)


def rewards(reports: dict[str, dict]) -> None:
    accuracy = lambda one: share([one["accuracy"], *one["interval"]])
    for part in ("test", "sets that train nothing"):
        rows = []
        for source, one in reports["a"][part].items():
            models = [accuracy(report[part][source]["model"]) for report in reports.values()]
            rows.append([source, f"{one['model']['pairs']:,}", *models, accuracy(one["longer wins"]), accuracy(one["shorter wins"])])
        table([f"pairs ({part})", "number", *(f"model {name}, %" for name in reports), "longer reply wins", "shorter reply wins"], rows)


def judgement(judged: dict[str, dict]) -> None:
    def column(entry: dict) -> list[str]:
        wins = [[share(entry[f"reward {m}: RLHF preferred to SFT"]) + " %", percent(*entry[f"reward {m}: gain in SFT standard deviations"], digits=2)] for m in "ab"]
        parts = [entry[stage] for stage in ("sft", "rlhf")]
        opening = lambda part: f"“{part['most common opening']['text'].strip()}” {100 * part['most common opening']['share']:.1f} %"
        return [
            *wins[0], *wins[1], percent(*entry["KL(RLHF | SFT) per token, nats"], digits=3),
            *(percent(*part["length in tokens"]) for part in parts), *(share(part["finished"]) + " %" for part in parts),
            *(share(part["repeated 4-grams"]) + " %" for part in parts), *(share(part["apologies"]) + " %" for part in parts),
            *map(opening, parts),
        ]

    measures = [f"model {m}: {what}" for m in "ab" for what in ("RLHF preferred to SFT", "gain, SFT standard deviations")]
    measures.append("KL(RLHF, SFT), nats per token")
    for what in ("length, tokens", "ends within 96 tokens", "4-grams repeated within an answer", "begins with an apology", "most common first 8 tokens"):
        measures += [f"{what}: SFT", f"{what}: RLHF"]
    head = ["", *(f"{name} ({entry['prompts']} prompts)" for name, entry in judged.items())]
    table(head, [list(row) for row in zip(measures, *map(column, judged.values()))])


def own_generations(drawn: dict, torch: dict) -> None:
    completions = drawn["completions"]
    print(f"{completions['prefixes']} prefixes; tokens of a completion: base {completions['tokens of a completion by base']:.0f}, RLHF {completions['tokens of a completion by rlhf']:.0f}\n")
    rows = []
    for label, key, digits in (("top-1 probability", "top1", 3), ("entropy, bits", "entropy", 2), ("coverage (p > 1e-8), entries", "coverage", 0)):
        one = [percent(*completions[f"{key} of {stage}"], digits=digits) for stage in ("base", "rlhf")]
        rows.append([label, *one, percent(*completions[f"{key} of rlhf - {key} of base, paired"], digits=digits, sign=True)])
    own = lambda scorer, writer: completions[f"ln perplexity of {scorer} on {writer}"]
    paired = completions["ln perplexity of rlhf on rlhf - ln perplexity of base on base, paired"]
    rows.append(["self-perplexity", exponential(own("base", "base")), exponential(own("rlhf", "rlhf")), growth(paired)])
    rows.append(["perplexity of the other's completions", exponential(own("base", "rlhf")), exponential(own("rlhf", "base")), ""])
    table(["on own completions", "base", "RLHF", "RLHF - base, paired"], rows)

    rows = []
    for part, values in drawn["samples"].items():
        for label, key, digits in (("unique 4-grams", "unique 4-grams", 3), ("entropy, bits", "entropy", 2), ("length, tokens", "length", 1), ("share ended", "ended", 3)):
            cell = lambda name, sign=False: percent(*values[f"{key}: {name}"], digits=digits, sign=sign) if f"{key}: {name}" in values else "–"
            gaps = [cell(f"rlhf - base {p}, paired", True) for p in ("0.7", "0.9")]
            rows.append([part, label, cell("base 0.7"), cell("base 0.9"), cell("rlhf 0.9"), *gaps])
        key = "ln self-perplexity"
        cell = lambda name, form: form(values[f"{key}: {name}"]) if f"{key}: {name}" in values else "–"
        figures = [cell(name, exponential) for name in ("base 0.7", "base 0.9", "rlhf 0.9")]
        rows.append([part, "self-perplexity", *figures, *(cell(f"rlhf - base {p}, paired", growth) for p in ("0.7", "0.9"))])
    table(["of each sample", "", "base, p = 0.7", "base, p = 0.9", "RLHF, p = 0.9", "RLHF - base 0.7", "RLHF - base 0.9"], rows)

    rows = []
    for label, key, digits in (("top-1 probability", "top1", 3), ("entropy, bits", "entropy", 2), ("coverage (p > 1e-8), entries", "coverage", 0)):
        gap = percent(*torch[f"{key}: rlhf - base, paired"], digits=digits, sign=True)
        rows.append([label, *(percent(*torch[f"{key} of {stage}"], digits=digits) for stage in STAGES), gap])
    own_torch = [exponential(torch[f"ln perplexity of {stage} on {stage}"]) for stage in STAGES]
    rows.append(["self-perplexity", *own_torch, growth(torch["ln self-perplexity: rlhf - base, paired"])])
    table(["on own completions (torch)", *NAMES.values(), "RLHF - base, paired"], rows)
    table(["", *NAMES.values()], [[NAMES[s], *(exponential(torch[f"ln perplexity of {s} on {w}"]) for w in STAGES)] for s in STAGES])
    nuclei = ["base, top-p 0.7", "base, top-p 0.9", "sft, top-p 0.9", "rlhf, top-p 0.9"]
    gaps = ["rlhf - base at p = 0.9, paired", "rlhf - sft at p = 0.9, paired"]
    table([*nuclei, *gaps], [[percent(*torch[f"unique 4-grams: {name}"], digits=3) for name in nuclei + gaps]])


def anchors(data: Path, work: Path) -> None:
    prompts = corpora.vicuna_prompts(data)
    found = asked(prompts, ["--runs", str(work / "runs/pair")], work / "anchors.json")["prompts"]
    rows = []
    for place, shared in enumerate(found[0]["base"]["ngrams"]["shared"]):
        values = [np.array([prompt[role]["ngrams"]["shared"][place]["samples"] for prompt in found], float) for role in ("base", "rlhf")]
        rows.append([str(shared["n"]), *(percent(*bootstrap_mean(row)) for row in values), percent(*bootstrap_mean(values[1] - values[0]), sign=True)])
    table(["n", "base", "RLHF", "RLHF - base"], rows)
    for role in ("base", "rlhf"):
        spans = [[(round(a["share"], 2), a["text"]) for a in prompt[role]["anchors"]] for prompt in found]
        some = sum(bool(one) for one in spans)
        print(f"{NAMES[role]}: {sum(map(len, spans))} anchors in {some} of {len(spans)} prompts; most shared {max(sum(spans, []), default=None)}")
    print()
    rows = []
    for p in NUCLEI:
        means = asked(prompts[:PROMPTS_BY_NUCLEUS], ["--top-p", str(p)], work / f"anchors-{p}.json")
        count = lambda role: sum(len(prompt[role]["anchors"]) for prompt in means["prompts"])
        cells = [f"{x:.3f}" for role in ("base", "rlhf") for x in means["averages"][role]["diversity"]]
        rows.append([str(p), *cells, str(count("base")), str(count("rlhf"))])
    table(["p", "base, 1-grams", "2", "3", "4", "RLHF, 1-grams", "2", "3", "4", "anchors, base", "RLHF"], rows)


def asked(prompts: list[str], options: list[str], result: Path) -> dict:
    """What `twinlens anchors` finds, kept in `result`."""
    if not result.exists():
        lines = "".join(json.dumps({"text": prompt}) + "\n" for prompt in prompts)
        command = ["node", str(CLI), "anchors", "--prompts", "-", "--cpu", "--threads", "1", "--format", "json", *options]
        result.write_bytes(subprocess.run(command, check=True, input=lines.encode(), stdout=subprocess.PIPE).stdout)
    return json.loads(result.read_text())


def main() -> None:
    args = settings.arguments(__doc__)
    read = lambda name: json.loads((args.work / f"{name}.json").read_text())
    rewards({name: read(f"reward-{name}") for name in "ab"})
    judgement({name: read(f"judge-{name}") for name in ("preference-test", "vicuna")})
    held_out(read("measure"))
    own_generations(read("draws"), read("generations"))
    anchors(args.data, args.work)


if __name__ == "__main__":
    main()
