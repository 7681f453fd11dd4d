"""Step 10: the figures of the model card, measured with `twinlens score` (default strided windows, and `--compatible`).

    python models/train/measure.py --data DATA [--work .train] [--models base,sft,rlhf] [--corpora "fairytale-val;..."]

Writes the held-out corpora as text files (one a document; for `--compatible` all of a corpus as one
text), scores them with the extension's own command line (built before: `npm ci && npm run build`),
and compares the models. Base and RLHF are the published files, so this needs no training and no
torch; SFT is measured where the work folder holds it. The scores are kept in WORK/scores and are
not computed again for a model file with the same sha256.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np

import corpora
import preferences
import settings
from corpora import Document
from intervals import DRAWS, SEED, bootstrap_mean
from publish import MODELS, PUBLISHED, published

CLI = MODELS.parent / "dist" / "twinlens.mjs"
STAGES = ("base", "sft", "rlhf")
BLOCK = 64  # tokens of a block of the bootstrap within one text


def held_out(data: Path) -> dict[str, tuple[list[Document], list[str]]]:
    """Corpus name -> its documents and further options of the command line."""
    test = preferences.load(data)["test"]
    replies = sorted({pair.chosen for pair in test if pair.source == "oasst"})
    strided = {
        "fairytale-val": corpora.fairy_tales(data, "val"),
        "news-held": corpora.news(data)[1],
        "wikitext2-valid": [Document("wikitext2-valid", corpora.read_text(data / "wikitext2" / "valid.txt"))],
        "lambada": corpora.lambada(data),
        "oasst-test replies": [Document(f"oasst-test/{i}", text) for i, text in enumerate(replies)],
        "vicuna-13b answers": corpora.vicuna_answers(data, "vicuna-13b"),
    }
    # llama.cpp's program asks for two windows, which most documents are too short for: a blank line joins them.
    # LAMBADA is left out, its passages being a few sentences each.
    joined = {name: "\n\n".join(document.text for document in strided[name]) for name in strided if name != "lambada"}
    return {name: (documents, []) for name, documents in strided.items()} | {
        f"{name}, compatible": ([Document(name, text)], ["--compatible"]) for name, text in joined.items()
    }


def model_file(stage: str, work: Path) -> Path:
    return published(stage) if stage in PUBLISHED else work / f"{stage}-{settings.WEIGHT_TYPE}.gguf"


def write_texts(folder: Path, documents: list[Document]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, document in enumerate(documents):
        path = folder / f"{number:04}.txt"
        content = document.text.encode()
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        paths.append(path)
    return paths


def score(model: Path, files: list[Path], options: list[str], result: Path) -> dict:
    """The JSON document of `twinlens score`; kept in `result` for the model's sha256."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    if result.exists():
        document = json.loads(result.read_text())
        if document["models"]["base"]["sha256"] == digest:
            return document
    command = ["node", CLI, "score", *files, "--base", model, "--cpu", "--threads", "1", "--format", "json", "--top-k", "0", *options]
    output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE).stdout
    result.write_bytes(output)
    return json.loads(output)


def figures(document: dict) -> dict:
    """Pooled figures of a corpus, with intervals over documents where there are several."""
    texts = [file["base"] for file in document["files"]]
    size = [file["utf8Bytes"] for file in document["files"]]
    tokens = np.array([text["scoredTokens"] for text in texts])
    bits = np.array([text["bits"] for text in texts])
    partly = len(texts) == 1 and not covers_all(texts[0])
    result = {
        "documents": len(texts),
        "tokens": int(tokens.sum()),
        "perplexity": 2 ** (bits.sum() / tokens.sum()),
        "top-1 probability": float((np.array([text["concentration"][0] for text in texts]) * tokens).sum() / tokens.sum()),
        "coverage": float((np.array([text["coverage"] for text in texts]) * tokens).sum() / tokens.sum()),
    }
    if partly:
        result["bits per byte"] = texts[0]["bitsPerByte"]
        result["standard error of perplexity"] = texts[0]["perplexityError"]
    elif len(texts) > 1:
        result["bits per byte"], low, high = bootstrap_mean(bits, size)
        result["interval"] = [low, high]
    else:
        result["bits per byte"] = float(bits.sum() / size[0])
        blocks = block_sums(token_bits(document))
        scale = tokens.sum() / size[0]
        result["interval"] = [x * scale / BLOCK for x in bootstrap_mean(blocks)[1:]]
    return result


def covers_all(text: dict) -> bool:
    """Every token of the text is scored: not so in compatible mode, or with --max-windows."""
    return text["scoredTokens"] == text["tokens"]


def token_bits(document: dict) -> np.ndarray:
    """Bits of the scored tokens of all texts, in order."""
    rows = [bits for file in document["files"] for bits in file["base"]["tokenList"]["bits"] if bits is not None]
    return np.array(rows)


def block_sums(values: np.ndarray) -> np.ndarray:
    return values[: len(values) // BLOCK * BLOCK].reshape(-1, BLOCK).sum(1)


def compare(first: dict, second: dict) -> dict:
    """Increase of perplexity from the first model to the second, per cent: micro with a paired interval, and macro.

    The bootstrap draws documents, or blocks of 64 tokens where there is one document.
    """
    if len(first["files"]) > 1:
        sums = [np.array([file["base"]["bits"] for file in d["files"]]) for d in (first, second)]
        weights = np.array([file["base"]["scoredTokens"] for file in first["files"]])
    else:
        sums = [block_sums(token_bits(d)) for d in (first, second)]
        weights = np.full(len(sums[0]), BLOCK)
    increase = lambda bits, tokens: (2 ** (bits / tokens) - 1) * 100
    gap = sums[1] - sums[0]
    draws = np.random.default_rng(SEED).integers(0, len(gap), (DRAWS, len(gap)))
    low, high = np.quantile(increase(gap[draws].sum(1), weights[draws].sum(1)), (0.025, 0.975))
    return {
        "micro increase %": float(increase(gap.sum(), weights.sum())),
        "interval": [float(low), float(high)],
        "macro increase %": float(increase(gap, weights).mean()),
    }


def main() -> None:
    args = settings.arguments(
        __doc__, models="base, sft, rlhf, separated by commas (default: those whose file exists)", corpora="names, separated by ';' (default: all)"
    )
    models = args.models.split(",") if args.models else [s for s in STAGES if model_file(s, args.work).exists()]
    scores = args.work / "scores"
    scores.mkdir(exist_ok=True)
    path = args.work / "measure.json"
    report = json.loads(path.read_text()) if path.exists() else {}
    for corpus, (documents, options) in held_out(args.data).items():
        if args.corpora and corpus not in args.corpora.split(";"):
            continue
        slug = corpus.replace(",", "").replace(" ", "-")
        files = write_texts(args.work / "held-out" / slug, documents)
        entry = report.setdefault(corpus, {})
        results = {}
        for model in models:
            results[model] = score(model_file(model, args.work), files, options, scores / f"{model}-{slug}.json")
            entry[model] = figures(results[model])
        for first, second in (("base", "sft"), ("base", "rlhf"), ("sft", "rlhf")):
            if first in results and second in results:
                entry[f"{first} to {second}"] = compare(results[first], results[second])
        path.write_text(json.dumps(report, indent=1))
        print(corpus, json.dumps(entry), flush=True)


if __name__ == "__main__":
    main()
