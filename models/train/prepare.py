"""Step 1: reads the data folder, trains the tokenizer and writes the token streams of pre-training.

    python models/train/prepare.py --data DATA [--work .train]

Writes tokenizer.json, the streams of pre-training (`stream-first.npy`, `-second`, `-late`), windows of
held-back text (validation.npz) and prepare.json (sizes, what was dropped) to the work folder.
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
import dialogues
import expository
import preferences
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


WIKITEXT = "-wikitext"  # ends the name of a corpus in that spelling


def training_corpora(data: Path) -> tuple[dict[str, list[Document]], dict[str, list[str]]]:
    """Corpus name -> documents; and, by reason, the names of those that were dropped."""
    raw = {
        "fairytale": corpora.fairy_tales(data, "train"),
        "childrens": corpora.childrens_books(data),
        "novels": corpora.novels(data)[0],
        "open-books": corpora.open_books(data),
        "news": corpora.news(data)[0],
        "abstracts": corpora.abstracts(data),
        "encyclopaedia": expository.encyclopaedia(data),
        "anatomy": expository.anatomy(data),
        "economics": expository.economics(data),
        "medical": expository.medical_answers(data),
        "government": expository.government(data),
        "instructions": dialogues.instructions(data),
        "open-assistant": dialogues.open_assistant(data),
        "anthropic": dialogues.anthropic(data),
        "teacher": dialogues.teacher(data),
    }
    held = set().union(*(corpora.grams(d.text) for docs in corpora.held_out(data).values() for d in docs))
    for pair in preferences.load(data)["test"]:
        if pair.source != "pandalm":  # its questions are self-instruct's, and people's answers to those are training text
            held |= corpora.grams(pair.chosen) | corpora.grams(pair.rejected)
    kept, dropped = {}, {"near-copies of held-out text": [], "copies of training text": []}
    for name, documents in raw.items():
        kept[name], gone = corpora.drop_near_copies(documents, held)
        dropped["near-copies of held-out text"] += gone
    books = set().union(*(corpora.grams(d.text) for name in ("fairytale", "childrens", "novels") for d in kept[name]))
    kept["open-books"], dropped["copies of training text"] = corpora.drop_near_copies(kept["open-books"], books, limit=0.3)
    return kept, dropped


def rewritten(texts: dict[str, list[Document]]) -> dict[str, list[Document]]:
    """The corpora of settings.REWRITTEN in WikiText's spelling, as `<name>-wikitext`."""
    counts = collections.Counter(
        word.lower() for name in settings.REWRITTEN for d in texts[name] for word in re.findall(r"[^\W\d_]+", d.text)
    )
    known = {word for word, count in counts.items() if count >= 3}
    return {
        name + WIKITEXT: [Document(d.name, wikitext_style(*body_and_title(name, d), known)) for d in texts[name]]
        for name in settings.REWRITTEN
    }


def body_and_title(corpus: str, document: Document) -> tuple[str, str]:
    if corpus == "news":
        return document.text, title_of(document)
    if corpus == "encyclopaedia":
        return document.text, expository.subject(document.text)
    title, _, body = document.text.partition("\n\n")
    return body, title


def hold_back(documents: list[Document], share: float = 0.02) -> tuple[list[Document], list[Document]]:
    """(training, held back for validation): the last documents of a seeded order; a news article only with all its levels."""
    groups = sorted({group_of(d) for d in documents})
    random.Random(settings.SEED).shuffle(groups)
    back = set(groups[len(groups) - max(1, round(share * len(groups))) :])
    return [d for d in documents if group_of(d) not in back], [d for d in documents if group_of(d) in back]


def group_of(document: Document) -> str:
    return re.sub(r"-(ele|int|adv)$", "", document.name)


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
    weights = {"novels": 0.25, "medical": 0.25}  # large corpora with words of their own
    sample = []
    for name, documents in texts.items():
        share = weights.get(name, 0.2 if name.endswith(WIKITEXT) else 1.0)
        sample += random.Random(settings.SEED).sample(documents, round(share * len(documents)))
    tokenizer.train_from_iterator((d.text for d in sample), trainer)
    return tokenizer


def showings(texts: dict[str, list[Document]]) -> dict[str, list[tuple[str, str]]]:
    """Stream -> (corpus, document name) of what it shows: every text once in `first`, and once in `second` or `late`."""
    plan = {"first": [], "second": [], "late": []}
    for corpus, documents in texts.items():
        if corpus.endswith(WIKITEXT):
            continue
        names = [d.name for d in documents]
        plan["first"] += [(corpus, name) for name in names]
        random.Random(settings.SEED).shuffle(names)
        cut = round(settings.LATE_SHARE.get(corpus, settings.LATE_SHARE_OTHERS) * len(names))
        again = corpus + WIKITEXT if corpus in settings.REWRITTEN else corpus
        plan["late"] += [(again, name) for name in names[:cut]]
        plan["second"] += [(again, name) for name in names[cut:]]
    return plan


def stream(shown: list[tuple[str, str]], encoded: dict) -> np.ndarray:
    """The documents in a seeded random order, each as BEGIN text END."""
    order = sorted(shown)
    random.Random(settings.SEED).shuffle(order)
    pieces = []
    for place in order:
        pieces += [np.array([settings.BEGIN], np.uint16), encoded[place], np.array([settings.END], np.uint16)]
    return np.concatenate(pieces)


def validation_windows(documents: list[Document], tokenizer: Tokenizer, rows: int, window: int) -> np.ndarray:
    """[rows, window + 1] token ids, each BEGIN and the beginning of a piece of held-back text, spread evenly over it."""
    ids = np.concatenate([tokenizer.encode(d.text, add_special_tokens=False).ids + [settings.END] for d in documents])
    starts = np.linspace(0, len(ids) - window, rows).astype(int)
    return np.stack([np.concatenate(([settings.BEGIN], ids[start : start + window])) for start in starts]).astype(np.int64)


def encode(tokenizer: Tokenizer, texts: dict[str, list[Document]]) -> tuple[dict, dict]:
    """((corpus, document name) -> token ids; corpus -> sizes)."""
    encoded, sizes = {}, {}
    for name, documents in texts.items():
        ids = [e.ids for e in tokenizer.encode_batch([d.text for d in documents], add_special_tokens=False)]
        encoded |= {(name, d.name): np.asarray(i, dtype=np.uint16) for d, i in zip(documents, ids)}
        size, tokens = sum(len(d.text.encode()) for d in documents), sum(map(len, ids))
        sizes[name] = {"documents": len(documents), "bytes": size, "tokens": tokens, "bytes_per_token": size / tokens}
    return encoded, sizes


def main() -> None:
    args = settings.arguments(__doc__)
    texts, dropped = training_corpora(args.data)
    validation = {"novels": corpora.novels(args.data)[1]}
    for name in set(texts) - {"novels", "childrens", "open-books"}:
        texts[name], validation[name] = hold_back(texts[name])
    both = rewritten({name: texts[name] + validation.get(name, []) for name in texts})
    back = {d.name for documents in validation.values() for d in documents}
    texts |= {name: [d for d in documents if d.name not in back] for name, documents in both.items()}
    validation |= {f"news{WIKITEXT}": [d for d in both[f"news{WIKITEXT}"] if d.name in back]}

    tokenizer = train_tokenizer(texts, settings.SHAPE.vocabulary)
    tokenizer.save(str(args.work / "tokenizer.json"))
    windows = {name: validation_windows(documents, tokenizer, rows=4, window=256) for name, documents in sorted(validation.items())}
    np.savez(args.work / "validation.npz", **windows)
    encoded, sizes = encode(tokenizer, texts)
    streams = {}
    for name, shown in showings(texts).items():
        ids = stream(shown, encoded)
        np.save(args.work / f"stream-{name}.npy", ids)
        by_corpus = collections.Counter()
        for place in shown:
            by_corpus[place[0]] += len(encoded[place])
        streams[name] = {"tokens": len(ids), "by corpus": dict(by_corpus)}
    held_back = {name: sum(len(d.text.encode()) for d in documents) for name, documents in validation.items()}
    report = {"corpora": sizes, "streams": streams, "validation, bytes": held_back, "dropped": dropped}
    (args.work / "prepare.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
