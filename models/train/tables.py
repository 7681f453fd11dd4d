"""Step 12: the tables of the model card, in Markdown, from the results of the other steps.

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
from draws import SFT_RUNS
from intervals import bootstrap_mean
from measure import CLI, STAGES, model_file

CORPORA = {
    "fairytale-val": "fairy tales (`fairytaleqa_stories_val`)",
    "news-held": "news (40 articles, 3 levels)",
    "wikitext2-valid": "WikiText-2 `valid`",
    "lambada": "LAMBADA test",
    "oasst-test replies": "Open Assistant replies (test part)",
    "vicuna-13b answers": "answers of Vicuna-13B",
}
NAMES = {"base": "base", "sft": "SFT", "rlhf": "RLHF"}
NUCLEI = (0.6, 0.7, 0.8, 0.9, 1.0)
PROMPTS_BY_NUCLEUS, UNPICKED = 10, 40


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
    strided = {title: measured[name] for name, title in CORPORA.items()}
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
    for name, title in CORPORA.items():
        if (entry := measured.get(f"{name}, compatible")) is None:
            continue
        figures = [f"{entry[s]['perplexity']:.2f} ± {entry[s]['standard error of perplexity']:.2f}" for s in ("base", "rlhf")]
        rows.append([title, f"{entry['base']['tokens']:,}", *figures, micro(entry, pairs[0])])
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
    judges = [m for m in "ab" if all(f"reward {m}: RLHF preferred to SFT" in entry for entry in judged.values())]
    def column(entry: dict) -> list[str]:
        wins = [
            cell
            for m in judges
            for cell in (share(entry[f"reward {m}: RLHF preferred to SFT"]) + " %", percent(*entry[f"reward {m}: gain in SFT standard deviations"], digits=2))
        ]
        parts = [entry[stage] for stage in ("sft", "rlhf")]
        opening = lambda part: f"“{part['most common opening']['text'].strip()}” {100 * part['most common opening']['share']:.1f} %"
        return [
            *wins, percent(*entry["KL(RLHF | SFT) per token, nats"], digits=3),
            *(percent(*part["length in tokens"]) for part in parts), *(share(part["finished"]) + " %" for part in parts),
            *(share(part["repeated 4-grams"]) + " %" for part in parts), *(share(part["apologies"]) + " %" for part in parts),
            *map(opening, parts),
        ]

    measures = [f"model {m}: {what}" for m in judges for what in ("RLHF preferred to SFT", "gain, SFT standard deviations")]
    measures.append("KL(RLHF, SFT), nats per token")
    for what in ("length, tokens", "ends within 96 tokens", "4-grams repeated within an answer", "begins with an apology", "most common first 8 tokens"):
        measures += [f"{what}: SFT", f"{what}: RLHF"]
    head = ["", *(f"{name} ({entry['prompts']} prompts)" for name, entry in judged.items())]
    table(head, [list(row) for row in zip(measures, *map(column, judged.values()))])


def own_generations(drawn: dict) -> None:
    completions = drawn["completions"]
    stages = [stage for stage in STAGES if f"top1 of {stage}" in completions]
    lengths = ", ".join(f"{NAMES[stage]} {completions[f'tokens of a completion by {stage}']:.0f}" for stage in stages)
    print(f"{completions['prefixes']} prefixes; tokens of a completion: {lengths}\n")
    others = [stage for stage in stages if stage != "rlhf"]
    rows = []
    for label, key, digits in (("top-1 probability", "top1", 3), ("entropy, bits", "entropy", 2), ("coverage (p > 1e-8), entries", "coverage", 0)):
        one = [percent(*completions[f"{key} of {stage}"], digits=digits) for stage in stages]
        gaps = [percent(*completions[f"{key} of rlhf - {key} of {other}, paired"], digits=digits, sign=True) for other in others]
        rows.append([label, *one, *gaps])
    on = lambda scorer, writer: f"ln perplexity of {scorer} on {writer}"
    gaps = [growth(completions[f"{on('rlhf', 'rlhf')} - {on(other, other)}, paired"]) for other in others]
    rows.append(["self-perplexity", *(exponential(completions[on(stage, stage)]) for stage in stages), *gaps])
    table(["on own completions", *(NAMES[stage] for stage in stages), *(f"RLHF - {NAMES[other]}, paired" for other in others)], rows)
    rows = [[NAMES[scorer], *(exponential(completions[on(scorer, writer)]) for writer in stages)] for scorer in stages]
    table(["perplexity under", *(f"of {NAMES[writer]}'s completions" for writer in stages)], rows)

    rows = []
    names = ("base 0.7", "base 0.9", "sft 0.9", "rlhf 0.9")
    measures = (("unique 4-grams", "unique 4-grams", 3), ("4-grams repeated in an answer", "repeated 4-grams", 3), ("answers that refuse", "refusals", 3),
                ("entropy, bits", "entropy", 2), ("length, tokens", "length", 1), ("share ended", "ended", 3))
    for part, values in drawn["samples"].items():
        gaps = [f"rlhf - {name}, paired" for name in names[:-1]]
        for label, key, digits in measures:
            cell = lambda name: percent(*values[f"{key}: {name}"], digits=digits, sign=name in gaps) if f"{key}: {name}" in values else "–"
            rows.append([part, label, *map(cell, (*names, *gaps))])
        key = "ln self-perplexity"
        cell = lambda name: (growth if name in gaps else exponential)(values[f"{key}: {name}"]) if f"{key}: {name}" in values else "–"
        rows.append([part, "self-perplexity", *map(cell, (*names, *gaps))])
    head = ("base, p = 0.7", "base, p = 0.9", "SFT, p = 0.9", "RLHF, p = 0.9", "RLHF - base 0.7", "RLHF - base 0.9", "RLHF - SFT")
    table(["of each sample", "", *head], rows)


def anchors(data: Path, work: Path) -> None:
    prompts = corpora.vicuna_prompts(data)
    pair = asked(prompts, ["--runs", work / "runs/pair"], work / "anchors.json")
    found = {stage: [prompt[stage] for prompt in pair["prompts"]] for stage in ("base", "rlhf")}
    sft = model_file("sft", work)
    if sft.exists():
        alone = asked(prompts, ["--rlhf", sft, "--runs", work / SFT_RUNS], work / "anchors-sft.json")
        found["sft"] = [prompt["rlhf"] for prompt in alone["prompts"]]
    shared_ngrams(found)
    anchored_prompts(found)
    by_nucleus(prompts[:PROMPTS_BY_NUCLEUS], work)


def shared_ngrams(found: dict[str, list[dict]]) -> None:
    """Samples that contain the most common n-gram, mean over prompts."""
    rows = []
    for place, shared in enumerate(found["base"][0]["ngrams"]["shared"]):
        values = {stage: np.array([one["ngrams"]["shared"][place]["samples"] for one in found[stage]], float) for stage in STAGES if stage in found}
        gaps = [percent(*bootstrap_mean(values["rlhf"] - values[stage]), sign=True) for stage in values if stage != "rlhf"]
        rows.append([str(shared["n"]), *(percent(*bootstrap_mean(row)) for row in values.values()), *gaps])
    stages = [NAMES[stage] for stage in STAGES if stage in found]
    table(["n", *stages, *(f"RLHF - {name}" for name in stages if name != "RLHF")], rows)


def anchored_prompts(found: dict[str, list[dict]]) -> None:
    """Prompts that have an anchor, and how many anchors they have."""
    some = {stage: np.array([bool(one["anchors"]) for one in found[stage]], float) for stage in STAGES if stage in found}
    rows = []
    for stage, row in some.items():
        anchors = [anchor for one in found[stage] for anchor in one["anchors"]]
        most = max(anchors, key=lambda anchor: anchor["share"], default=None)
        rows.append([NAMES[stage], f"{row.sum():.0f} of {len(row)}", share(bootstrap_mean(row)), f"{len(anchors):,}", f"“{most['text'].strip()}” {100 * most['share']:.0f} %" if most else "–"])
    table(["", "prompts with an anchor", "%", "anchors", "most shared"], rows)
    for stage in some:
        if stage != "rlhf":
            gap = [100 * x for x in bootstrap_mean(some["rlhf"] - some[stage])]
            print(f"RLHF - {NAMES[stage]}: {percent(*gap, sign=True)} % of the prompts")
    print()


def by_nucleus(prompts: list[str], work: Path) -> None:
    """Different n-grams as a share of all, and anchors, of both models at one nucleus."""
    rows = []
    for p in NUCLEI:
        means = asked(prompts, ["--top-p", str(p)], work / f"anchors-{p}.json")
        count = lambda role: sum(len(prompt[role]["anchors"]) for prompt in means["prompts"])
        cells = [f"{x:.3f}" for role in ("base", "rlhf") for x in means["averages"][role]["diversity"]]
        rows.append([str(p), *cells, str(count("base")), str(count("rlhf"))])
    table(["p", "base, 1-grams", "2", "3", "4", "RLHF, 1-grams", "2", "3", "4", "anchors, base", "RLHF"], rows)


def unpicked(data: Path, work: Path) -> None:
    """The first sample of RLHF for each of the first prompts, drawn by the extension."""
    found = {run["prompt"]: run["rlhf"] for path in (work / "runs/pair").glob("*.twinlens.json") for run in [json.loads(path.read_text())]}
    for number, prompt in enumerate(corpora.vicuna_prompts(data)[:UNPICKED], 1):
        first = min(found[prompt]["samples"], key=lambda sample: sample["index"])
        answer = " ".join(first["text"].split())
        print(f"{number}. **{' '.join(prompt.split())}** \\\n   {answer}{'' if first['ended'] == 'end' else ' […]'}")
    print()


def asked(prompts: list[str], options: list, result: Path) -> dict:
    """What `twinlens anchors` finds, kept in `result`."""
    if not result.exists():
        lines = "".join(json.dumps({"text": prompt}) + "\n" for prompt in prompts)
        command = ["node", str(CLI), "anchors", "--prompts", "-", "--cpu", "--threads", "1", "--no-bits", "--format", "json", *map(str, options)]
        result.write_bytes(subprocess.run(command, check=True, input=lines.encode(), stdout=subprocess.PIPE).stdout)
    return json.loads(result.read_text())


def main() -> None:
    args = settings.arguments(__doc__)
    read = lambda name: json.loads((args.work / f"{name}.json").read_text())
    rewards({name: read(f"reward-{name}") for name in "ab"})
    judgement({name: read(f"judge-{name}") for name in ("preference-test", "vicuna")})
    held_out(read("measure"))
    own_generations(read("draws"))
    anchors(args.data, args.work)
    unpicked(args.data, args.work)


if __name__ == "__main__":
    main()
