"""Reads the data folder and draws the line between training text and held-out text.

The rules (they are checked by `overlap.py`):

- never in training: `fairytaleqa_stories_val`, `wikitext2/valid`, all of LAMBADA, `multisample/`,
  the Vicuna prompts and answers, and 40 news articles at all three reading levels;
- sets with an open licence question (LAMBADA, GPT-3 and Bard outputs, and the preference pairs
  written by Llama 3.1, `rasbt_..._with-preference`) are never read by any training step;
- a book or an instruction that shares too much text with a held-out set is dropped
  (`drop_near_copies`).
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Document:
    """One text and the name it goes by in reports (corpus/name)."""

    name: str
    text: str


# ---------------------------------------------------------------- files

def read_text(path: Path) -> str:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    return raw.decode("utf-8")


def read_lines(path: Path) -> list:
    """The JSON values of a (gzipped) JSON-lines file."""
    return [json.loads(line) for line in io.StringIO(read_text(path)) if line.strip()]


def read_tar(path: Path, folders: tuple[str, ...]) -> list[Document]:
    documents = []
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            folder, _, name = member.name.rpartition("/")
            if member.isfile() and folder in folders:
                text = archive.extractfile(member).read().decode("utf-8")
                documents.append(Document(f"{folder}/{name}", text))
    return sorted(documents, key=lambda document: document.name)


# ---------------------------------------------------------------- prose

END_OF_STORY = "<|endofstory|>"


def fairy_tales(data: Path, split: str) -> list[Document]:
    """FairytaleQA stories; `split` is train or val. The line breaks of the source are kept."""
    name = "fairytaleqa_stories_train.txt.gz" if split == "train" else "fairytaleqa_stories_val.txt"
    stories = read_text(data / "prose" / name).split(END_OF_STORY)
    return [Document(f"fairytale-{split}/{i}", story.strip()) for i, story in enumerate(stories) if story.strip()]


def childrens_books(data: Path) -> list[Document]:
    return read_tar(data / "prose" / "childrens_pd.tar.xz", ("childrens",))


VALIDATION_NOVEL = "Galsworthy_Saints"


def novels(data: Path) -> tuple[list[Document], list[Document]]:
    """(training, held back for validation): all novels but one, whatever folder the archive has them in."""
    books = read_tar(data / "prose" / "novels_pd_pre1929.tar.xz", ("train", "valid", "test"))
    back = [book for book in books if VALIDATION_NOVEL in book.name]
    return [book for book in books if book not in back], back


def open_books(data: Path) -> list[Document]:
    chunks = read_lines(data / "prose" / "tiny_open_domain_books.jsonl.gz")
    return [Document(f"open-books/{i}", chunk["text"]) for i, chunk in enumerate(chunks)]


# ---------------------------------------------------------------- expository text

NEWS_LEVELS = ("ele", "int", "adv")


def news(data: Path) -> tuple[list[Document], list[Document]]:
    """(training, held-out) OneStopEnglish articles, all three reading levels.

    Held out are 40 of the 189 articles: sorted by name, every fifth (38), and the last two.
    An article is held out at all its levels, for they tell the same story. (One training file is a
    copy of a held-out article under another name; `drop_near_copies` finds it.)
    """
    texts: dict[str, dict[str, str]] = {}
    for level in NEWS_LEVELS:
        for row in read_lines(data / "news_abstracts" / f"onestopenglish_{level}.jsonl.gz"):
            article = re.sub(rf"-{level}\.txt$", "", row["file"]).strip()
            texts.setdefault(article, {})[level] = row["text"].strip()
    names = sorted(texts)
    held_names = set(names[::5]) | set(names[-2:])
    training, held = [], []
    for name in names:
        for level, text in sorted(texts[name].items()):
            (held if name in held_names else training).append(Document(f"news/{name}-{level}", text))
    return training, held


def abstracts(data: Path) -> list[Document]:
    rows = []
    for part in ("train", "dev", "test"):
        rows += read_lines(data / "news_abstracts" / f"scitldr_abstracts_{part}.jsonl.gz")
    return [Document(f"abstracts/{i}", f"{row['title']}\n\n{row['abstract']}") for i, row in enumerate(rows)]


# ---------------------------------------------------------------- instructions

def rasbt_instructions(data: Path) -> list[tuple[str, str]]:
    """(prompt, answer) of the 1,100 short instructions of 'Build a Large Language Model (From Scratch)'."""
    rows = json.loads(read_text(data / "instruct" / "rasbt_instruction-data.json"))
    return [(joined(row["instruction"], row["input"]), row["output"].strip()) for row in rows]


def self_instruct(data: Path) -> list[tuple[str, str]]:
    """(prompt, answer) written by people: the seed tasks and the user-oriented tasks. No model's outputs."""
    pairs = []
    for name in ("selfinstruct_seed_tasks.jsonl", "selfinstruct_user_oriented_instructions.jsonl"):
        for row in read_lines(data / "instruct" / name):
            for instance in row["instances"]:
                pairs.append((joined(row["instruction"], instance["input"]), instance["output"].strip()))
    return pairs


def joined(instruction: str, extra: str) -> str:
    return f"{instruction.strip()}\n{extra.strip()}".strip()


def near_key(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


# ---------------------------------------------------------------- held-out sets

def vicuna_prompts(data: Path) -> list[str]:
    return [row["turns"][0] for row in read_lines(data / "vicuna80" / "question.jsonl")]


def vicuna_answers(data: Path, model: str) -> list[Document]:
    rows = read_lines(data / "vicuna80" / f"answer_{model}.jsonl")
    return [Document(f"vicuna-{model}/{row['question_id']}", row["text"]) for row in rows]


def multisample_prompts(data: Path) -> set[str]:
    """The prompts whose samples are kept for the extension's tests, as near_key."""
    rows = read_lines(data / "multisample" / "oasst_lottery_base_sft_rlhf_90prompts.jsonl.gz")
    rows += read_lines(data / "multisample" / "gpt3_davinci_base_16prompts.jsonl.gz")
    return {near_key(row["prompt"]) for row in rows}


def lambada(data: Path) -> list[Document]:
    rows = read_lines(data / "lambada" / "lambada_test.jsonl")
    return [Document(f"lambada/{i}", row["text"]) for i, row in enumerate(rows)]


def held_out(data: Path) -> dict[str, list[Document]]:
    """Every held-out corpus by name."""
    corpora = {
        "fairytale-val": fairy_tales(data, "val"),
        "wikitext2-valid": [Document("wikitext2/valid", read_text(data / "wikitext2" / "valid.txt"))],
        "news-held": news(data)[1],
        "lambada": lambada(data),
        "lambada-dev": [Document("lambada/dev", read_text(data / "lambada" / "lambada_development_plain_text.txt.gz"))],
    }
    for model in ("llama-13b", "alpaca-13b", "vicuna-13b", "gpt35", "bard"):
        corpora[f"vicuna-{model}"] = vicuna_answers(data, model)
    corpora["vicuna-prompts"] = [Document(f"vicuna-prompt/{i}", text) for i, text in enumerate(vicuna_prompts(data))]
    for name in ("oasst_lottery_base_sft_rlhf_90prompts", "gpt3_davinci_base_16prompts"):
        rows = read_lines(data / "multisample" / f"{name}.jsonl.gz")
        samples = [sample["text"] if isinstance(sample, dict) else sample for row in rows for sample in row["samples"]]
        corpora[f"multisample-{name}"] = [Document(f"{name}/{i}", text) for i, text in enumerate(samples)]
    return corpora


# ---------------------------------------------------------------- overlap

def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def grams(text: str, n: int = 13) -> set[int]:
    """Hashes of the n-word sequences of a text, case and punctuation ignored."""
    tokens = words(text)
    return {hash(tuple(tokens[i : i + n])) for i in range(len(tokens) - n + 1)}


def drop_near_copies(documents: list[Document], held: set[int], limit: float = 0.02) -> tuple[list[Document], list[str]]:
    """Drops documents of which more than `limit` of the 13-grams stand in the held-out sets; names them."""
    kept, dropped = [], []
    for document in documents:
        own = grams(document.text)
        if own and len(own & held) / len(own) > limit:
            dropped.append(document.name)
        else:
            kept.append(document)
    return kept, dropped
