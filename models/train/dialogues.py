"""Assistant-like text for pre-training, as a web page would hold it: without the control tokens of the chat form.

Sources: people's instructions and answers; the training part of Anthropic's dialogues (the answer that
people preferred); the Open Assistant trees of the training part, all answers written by people; and
questions and answers written by the teacher, SmolLM2-135M-Instruct.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from pathlib import Path

import corpora
import preferences
from corpora import Document
from preferences import Turn

# How a page may mark the two sides; which one a document gets depends on a hash of its name.
FORMS = (("Question: ", "Answer: "), ("Q: ", "A: "), ("User: ", "Assistant: "), ("", ""), ("Human: ", "AI: "), ("", "Answer: "))

APOLOGY = re.compile(r"\b(sorry|apolog\w+|unable to|not able to|afraid|cannot|can't|can’t|unfortunately|regret)\b", re.I)
REFUSAL = re.compile(APOLOGY.pattern + r"|\bnot equipped\b", re.I)
APOLOGY_PLACE = 80  # characters of an answer that are searched for an apology


def page(name: str, turns: list[Turn]) -> Document:
    """The turns one below the other, each with its side's mark."""
    asked, answered = FORMS[int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % len(FORMS)]
    marks = {"user": asked, "assistant": answered}
    return Document(name, "\n\n".join(marks[turn.role] + turn.text for turn in turns if turn.text))


def word_set(text: str) -> frozenset[str]:
    return frozenset(corpora.words(text))


class Near:
    """Tells whether a prompt equals or nearly equals one of the given ones: their common words are ALIKE of all
    words of both, or they share eight words in a row."""

    ALIKE = 0.6

    def __init__(self, prompts: list[str]) -> None:
        self.sets = sorted({word_set(prompt) for prompt in prompts}, key=sorted)
        self.holders: dict[str, list[int]] = {}  # word -> places of the sets that hold it
        for place, words in enumerate(self.sets):
            for word in words:
                self.holders.setdefault(word, []).append(place)
        self.runs = set().union(*(corpora.grams(prompt, 8) for prompt in prompts))

    def __call__(self, prompt: str) -> bool:
        own = word_set(prompt)
        # A set that is alike lacks at most 40 % of own's words, so it holds one of any 40 % and one more: the rarest.
        rarest = sorted(own, key=lambda word: (len(self.holders.get(word, ())), word))
        rarest = rarest[: len(own) - math.ceil(self.ALIKE * len(own)) + 1]
        places = {place for word in rarest for place in self.holders.get(word, ())}
        alike = any(len(own & self.sets[i]) >= self.ALIKE * len(own | self.sets[i]) for i in places)
        return alike or bool(corpora.grams(prompt, 8) & self.runs)


def measured_prompts(data: Path) -> list[str]:
    return corpora.vicuna_prompts(data) + sorted(corpora.multisample_prompts(data))


def evaluation_prompts(data: Path) -> list[str]:
    """The prompts that are measured at the end: Vicuna's, `multisample`'s, and the questions of the preference test
    part (but PandaLM's, which are self-instruct's: people's answers to them are in training)."""
    test = [pair for pair in preferences.load(data)["test"] if pair.source != "pandalm"]
    return measured_prompts(data) + sorted({turn.text for pair in test for turn in pair.context if turn.role == "user"})


def anthropic(data: Path) -> list[Document]:
    """The training part's dialogues with the preferred last answer, the longest first; every first question once.

    A dialogue stands in the sets several times, at different lengths.
    """
    parts = preferences.load(data)
    sources = (preferences.HARMLESS, *preferences.HELPFUL)
    pairs = [pair for part in ("a", "b") for pair in parts[part] if pair.source in sources]
    pairs.sort(key=lambda pair: -sum(len(turn.text) for turn in pair.context) - len(pair.chosen))
    near = Near(measured_prompts(data))
    documents, seen = [], set()
    for pair in pairs:
        if pair.group not in seen and not any(near(turn.text) for turn in pair.context if turn.role == "user"):
            seen.add(pair.group)
            turns = [*pair.context, Turn("assistant", pair.chosen)]
            documents.append(page(f"anthropic/{pair.source}/{len(documents)}", turns))
    return documents


def open_assistant(data: Path) -> list[Document]:
    """A page per tree of the training part: the question, people's answers to it, then how the best one goes on."""
    documents = []
    banned = Near(measured_prompts(data))
    for row in corpora.read_lines(data / "instruct" / "oasst_en_100_tree.jsonl.gz"):
        tree, question = row["message_tree_id"], row["prompt"]
        if preferences.part_of(tree) != "test" and not banned(question["text"]):
            turns = tree_turns(question)
            if any(turn.role == "assistant" for turn in turns):
                documents.append(page(f"open-assistant/{tree}", turns))
    return documents


def tree_turns(question: dict) -> list[Turn]:
    answers = [reply for reply in question.get("replies", []) if not reply["synthetic"]]
    answers.sort(key=lambda reply: reply.get("rank") if reply.get("rank") is not None else 99)
    turns = [Turn("user", question["text"].strip())] + [Turn("assistant", answer["text"].strip()) for answer in answers]
    for further in answers[0].get("replies", []) if answers else []:
        turns += tree_turns(further)
    return turns


def teacher_answers(data: Path) -> list[tuple[str, str, bool]]:
    """(question, answer, ended) by the teacher, without answers that begin with an apology and without questions
    near to a prompt that is measured. An answer that was cut off loses its unfinished sentence."""
    near, rows = Near(evaluation_prompts(data)), []
    for row in corpora.read_lines(data / "teacher_smollm2" / "answers.jsonl.gz"):
        answer = row["answer"].strip() if row["ended"] else whole_sentences(row["answer"])
        if answer and not APOLOGY.search(answer[:APOLOGY_PLACE]) and not near(row["prompt"]):
            rows.append((row["prompt"].strip(), answer, row["ended"]))
    return rows


def whole_sentences(text: str) -> str:
    """The text up to its last full sentence."""
    ends = [match.end() for match in re.finditer(r"[.!?][\"”)]?(?=\s)", text)]
    return text[: ends[-1]].strip() if ends else ""


def teacher(data: Path) -> list[Document]:
    return [
        page(f"teacher/{i}", [Turn("user", question), Turn("assistant", answer)])
        for i, (question, answer, _) in enumerate(teacher_answers(data))
    ]


def instructions(data: Path) -> list[Document]:
    """People's instructions and answers, none of them an evaluation prompt."""
    pairs = corpora.rasbt_instructions(data) + corpora.self_instruct(data)
    near = Near(measured_prompts(data))
    return [
        page(f"instructions/{i}", [Turn("user", question), Turn("assistant", answer)])
        for i, (question, answer) in enumerate(pairs)
        if answer and not near(question)
    ]


WRITTEN_PARTS = {"feedback": 2000, "reinforcement": 8000}  # dialogues of `teacher.py`; the rest is for fine-tuning


def written(work: Path, part: str) -> list[tuple[str, str]]:
    """(question, answer) of the dialogues that `teacher.py` wrote for one step: feedback, reinforcement or fine-tuning.
    An answer that was cut off loses its unfinished sentence."""
    path, start = work / "dialogues.jsonl.gz", 0
    rows = [(row["prompt"], row["answer"] if row["ended"] else whole_sentences(row["answer"])) for row in corpora.read_lines(path)]
    for name, count in WRITTEN_PARTS.items():
        if name == part:
            return rows[start : start + count]
        start += count
    return rows[start:]


DEVELOPMENT_PROMPTS = 40


def lottery_prompts(data: Path) -> tuple[list[str], list[str]]:
    """(for RL, for decisions on the recipe): Open Assistant's prompts without answers, none near to one that is measured.

    The development prompts are in no training step; every decision is taken on them, none on Vicuna's.
    """
    near = Near(evaluation_prompts(data))
    rows = corpora.read_lines(data / "instruct" / "oasst_prompt_lottery_en_250_text.jsonl")
    prompts = sorted({text.strip() for text in rows if not near(text)})
    random.Random(0).shuffle(prompts)
    return prompts[DEVELOPMENT_PROMPTS:], prompts[:DEVELOPMENT_PROMPTS]
