"""Human preference pairs, split by dialogue into two halves for two reward models and a held-out test.

Sources: the test files of Anthropic's harmless-base and of its three helpfulness sets (people's choice
between two answers of a model), the ranked sibling replies of 100 Open Assistant trees, and PandaLM's
test set (three people's choice between answers of two tuned models). Pairs that share their first human
turn or their Open Assistant tree stay in one part, whatever the set, so no dialogue stands on both
sides of a split. Some further sets only test reward models (`probes`).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import corpora

PARTS = {"a": 0.40, "b": 0.40, "test": 0.20}


@dataclass(frozen=True)
class Turn:
    role: str  # user or assistant
    text: str


@dataclass(frozen=True)
class Pair:
    source: str
    group: str  # what decides the part
    context: tuple[Turn, ...]  # ends with a user turn
    chosen: str
    rejected: str


def hh_turns(text: str) -> list[Turn]:
    pieces = re.split(r"\n\n(Human|Assistant):", text)[1:]
    roles = {"Human": "user", "Assistant": "assistant"}
    return [Turn(roles[role], body.strip()) for role, body in zip(pieces[::2], pieces[1::2])]


HARMLESS = "harmless-base"
HELPFUL = ("helpful-base", "helpful-online", "helpful-rejection-sampled")


def hh_pairs(data: Path, name: str) -> list[Pair]:
    """The pairs of one of Anthropic's sets: same dialogue, two different last answers."""
    pairs = []
    folder = "hh_rlhf" if name == HARMLESS else "hh_helpful"
    for row in corpora.read_lines(data / folder / f"{name}_test.jsonl.gz"):
        chosen, rejected = hh_turns(row["chosen"]), hh_turns(row["rejected"])
        same = chosen[:-1] == rejected[:-1] and chosen[-1].role == rejected[-1].role == "assistant"
        if same and chosen[-1].text and rejected[-1].text and chosen[-1].text != rejected[-1].text:
            group = corpora.near_key(chosen[0].text)
            pairs.append(Pair(name, group, tuple(chosen[:-1]), chosen[-1].text, rejected[-1].text))
    return pairs


def oasst_pairs(data: Path) -> list[Pair]:
    """Pairs in which a person wrote both replies."""
    pairs = []
    for row in corpora.read_lines(data / "instruct" / "oasst_en_100_ranked_pairs_DERIVED.jsonl.gz"):
        if any(row["synthetic"]) or row["chosen"] == row["rejected"]:
            continue
        roles = {"prompter": "user", "assistant": "assistant"}
        context = tuple(Turn(roles[turn["role"]], turn["text"].strip()) for turn in row["context"])
        pairs.append(Pair("oasst", row["tree"], context, row["chosen"].strip(), row["rejected"].strip()))
    return pairs


def pandalm_pairs(data: Path) -> list[Pair]:
    """Pairs of which at least two of three people preferred the same answer."""
    pairs = []
    for row in json.loads(corpora.read_text(data / "pref_pandalm" / "testset-v1.json.gz")):
        prompt = corpora.joined(row["instruction"], row["input"])
        if not isinstance(row["response1"], str) or not isinstance(row["response2"], str):
            continue  # one answer was parsed as JSON
        answers = {1: row["response1"].strip(), 2: row["response2"].strip()}
        votes = [row[f"annotator{i}"] for i in (1, 2, 3)]
        for better, worse in ((1, 2), (2, 1)):
            if votes.count(better) >= 2 and answers[1] and answers[2] and answers[1] != answers[2]:
                pairs.append(Pair("pandalm", corpora.near_key(prompt), (Turn("user", prompt),), answers[better], answers[worse]))
    return pairs


LLMBAR = ("LLMBar_Natural", "LLMBar_Adversarial_Neighbor", "LLMBar_Adversarial_GPTInst", "LLMBar_Adversarial_GPTOut",
          "LLMBar_Adversarial_Manual", "Processed_MT-Bench", "Processed_LLMEval2")


def probes(data: Path) -> list[Pair]:
    """Human preferences that train nothing and only test reward models: LLMBar's sets (most answers are by models
    whose providers have terms) and FineGrainedRLHF's (they turn on passages that these models don't read)."""
    pairs = []
    for name in LLMBAR:
        for row in json.loads(corpora.read_text(data / "pref_llmbar" / f"{name}.json.gz")):
            answers = (row["output_1"].strip(), row["output_2"].strip())
            better = row["label"] - 1
            source = "LLMBar" if name.startswith("LLMBar") else name.removeprefix("Processed_")
            context = (Turn("user", row["input"].strip()),)
            pairs.append(Pair(source, corpora.near_key(row["input"]), context, answers[better], answers[1 - better]))
    for row in json.loads(corpora.read_text(data / "pref_finegrained_qa" / "dev_feedback.json.gz")):
        answers = [row[f"prediction {i}"].strip() for i in (1, 2, 3, 4)]
        for (i, j), choice in zip(((0, 1), (2, 3)), row["preference"][::5]):  # no answer twice
            if choice:
                better, worse = (i, j) if choice == 1 else (j, i)
                context = (Turn("user", row["question"].strip()),)
                pairs.append(Pair("fine-grained", corpora.near_key(row["question"]), context, answers[better], answers[worse]))
    banned = evaluated(data)
    return [pair for pair in pairs if pair.group not in banned and pair.chosen != pair.rejected]


def evaluated(data: Path) -> set[str]:
    """Prompts that are measured (Vicuna's, `multisample`'s), as near_key."""
    return corpora.multisample_prompts(data) | {corpora.near_key(p) for p in corpora.vicuna_prompts(data)}


def part_of(group: str) -> str:
    """a, b or test, from a hash of the group: the same in every run and every process."""
    place = int.from_bytes(hashlib.sha256(group.encode()).digest()[:6], "big") / 2**48
    for part, share in PARTS.items():
        if place < share:
            return part
        place -= share
    return "test"


def load(data: Path) -> dict[str, list[Pair]]:
    """The pairs of each part. Dialogues that hold a held-out prompt (Vicuna, multisample) are left out."""
    banned = evaluated(data)
    parts: dict[str, list[Pair]] = {part: [] for part in PARTS}
    anthropic = [pair for name in (HARMLESS, *HELPFUL) for pair in hh_pairs(data, name)]
    for pair in anthropic + oasst_pairs(data) + pandalm_pairs(data):
        if not any(corpora.near_key(turn.text) in banned for turn in pair.context):
            parts[part_of(pair.group)].append(pair)
    return parts
