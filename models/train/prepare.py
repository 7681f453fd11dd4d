"""Step 1: reads the data folder, trains the tokenizer and writes the token streams of pre-training.

    python models/train/prepare.py --data DATA [--work .train]

Writes tokenizer.json, one `stream-<stage>.npy` per pre-training stage and prepare.json (sizes,
dropped near-copies) to the work folder.
"""

from __future__ import annotations

import collections
import json
import random
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import corpora
import settings
from corpora import Document


def wikitext_style(text: str, title: str, known: set[str]) -> str:
    """The text in the tokenised form in which WikiText is published: blanks around punctuation,
    @-@ for inner hyphens, `<unk>` for words outside `known`, a title line between equal signs.

    WikiText's training part is not in the data folder; without such text a model would mostly be
    measured on how it takes to the odd spelling. Only training text is rewritten.
    """
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"(\w)-(?=\w)", r"\1 @-@ ", text)
    text = re.sub(r"(\d),(?=\d)", r"\1 @,@ ", text)
    text = re.sub(r"(\d)\.(?=\d)", r"\1 @.@ ", text)
    text = re.sub(r"(?<![@])([,;:!?()\"\[\]%$£/–—])(?![@])", r" \1 ", text)
    text = re.sub(r"\.(?=\s|$|\s*\")", " . ", text)
    text = re.sub(r"(\w)n't\b", r"\1 n't", text)
    text = re.sub(r"'(s|re|ve|ll|d|m)\b", r" '\1", text)
    lines = []
    for line in text.split("\n"):
        pieces = line.split()
        if pieces:
            masked = [piece if not piece.isalpha() or piece.lower() in known else "<unk>" for piece in pieces]
            lines.append(" " + " ".join(masked) + " ")
    return f" \n = {' '.join(title.split())} = \n \n" + "\n".join(lines) + "\n"


def title_of(document: Document) -> str:
    name = re.sub(r"-(ele|int|adv)$", "", document.name.split("/")[1])
    return re.sub(r"^WNL ", "", name)


def training_corpora(data: Path) -> tuple[dict[str, list[Document]], list[str]]:
    """Corpus name -> documents, near-copies of held-out text dropped (their names come second)."""
    instructions = corpora.rasbt_instructions(data) + corpora.self_instruct(data)
    banned_prompts = corpora.multisample_prompts(data) | {
        corpora.near_key(prompt) for prompt in corpora.vicuna_prompts(data)
    }
    raw = {
        "fairytale": corpora.fairy_tales(data, "train"),
        "childrens": corpora.childrens_books(data),
        "novels": corpora.novels(data),
        "open-books": corpora.open_books(data),
        "news": corpora.news(data)[0],
        "abstracts": corpora.abstracts(data),
        "instructions": [
            Document(f"instructions/{i}", f"{prompt}\n\n{answer}")
            for i, (prompt, answer) in enumerate(instructions)
            if corpora.near_key(prompt) not in banned_prompts
        ],
    }
    held = set().union(*(corpora.grams(d.text) for docs in corpora.held_out(data).values() for d in docs))
    kept, dropped = {}, []
    for name, documents in raw.items():
        kept[name], gone = corpora.drop_near_copies(documents, held)
        dropped += gone
    expository = kept["news"] + kept["abstracts"]
    counts = collections.Counter(word.lower() for d in expository for word in re.findall(r"[^\W\d_]+", d.text))
    known = {word for word, count in counts.items() if count >= 3}
    kept["news-wiki"] = [Document(d.name, wikitext_style(d.text, title_of(d), known)) for d in kept["news"]]
    kept["abstracts-wiki"] = [
        Document(d.name, wikitext_style(d.text.partition("\n\n")[2], d.text.partition("\n\n")[0], known))
        for d in kept["abstracts"]
    ]
    return kept, dropped


def train_tokenizer(texts: dict[str, list[Document]], vocabulary: int) -> Tokenizer:
    """Byte-level BPE with GPT-2's splitting, no normalisation, all 256 bytes present, no unknown token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(settings.CONTROL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    weights = {"fairytale": 3, "childrens": 2, "news": 3, "news-wiki": 1, "abstracts": 1, "open-books": 1}
    weights |= {"instructions": 3, "novels": 0.25, "abstracts-wiki": 0.3}
    sample = []
    for name, weight in weights.items():
        sample += repeated(texts[name], weight, random.Random(settings.SEED))
    tokenizer.train_from_iterator((d.text for d in sample), trainer)
    return tokenizer


def repeated(documents: list[Document], times: float, rng: random.Random) -> list[Document]:
    """Every document floor(times) times, and a random part of them once more."""
    whole, part = int(times), times - int(times)
    extra = rng.sample(documents, round(part * len(documents))) if part else []
    return documents * whole + extra


def stream(texts: dict[str, list[Document]], mixture: dict[str, float], encoded: dict, rng: random.Random) -> np.ndarray:
    """The documents of a mixture in random order, each as BEGIN text END."""
    chosen = [(name, document) for name, times in mixture.items() for document in repeated(texts[name], times, rng)]
    rng.shuffle(chosen)
    pieces = []
    for name, document in chosen:
        pieces += [[settings.BEGIN], encoded[name, document.name], [settings.END]]
    return np.concatenate([np.asarray(piece, dtype=np.uint16) for piece in pieces])


def main() -> None:
    args = settings.arguments(__doc__)
    from pretrain import STAGES

    texts, dropped = training_corpora(args.data)
    tokenizer = train_tokenizer(texts, settings.SHAPE.vocabulary)
    tokenizer.save(str(args.work / "tokenizer.json"))
    encoded, sizes = {}, {}
    for name, documents in texts.items():
        ids = [e.ids for e in tokenizer.encode_batch([d.text for d in documents], add_special_tokens=False)]
        encoded |= {(name, d.name): np.asarray(i, dtype=np.uint16) for d, i in zip(documents, ids)}
        size = sum(len(d.text.encode()) for d in documents)
        tokens = sum(map(len, ids))
        sizes[name] = {"documents": len(documents), "bytes": size, "tokens": tokens, "bytes_per_token": size / tokens}
    for stage in STAGES:
        ids = stream(texts, stage.mixture, encoded, random.Random(settings.SEED))
        np.save(args.work / f"stream-{stage.name}.npy", ids)
        sizes[f"stream {stage.name}"] = {"tokens": len(ids)}
    report = {"corpora": sizes, "dropped": dropped}
    (args.work / "prepare.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
