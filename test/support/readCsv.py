"""Reads an export of scores as pandas does without options, and compares it with the JSON export of the same scores.

    python3 test/support/readCsv.py SCORES.csv SCORES.json
"""

import json
import sys

import pandas as pd

TEXT = "file model text model_name quantisation sha256 tokenizer device attention llama_cpp twinlens mode bos".split()
WHOLE = "token start end id window stride max_windows characters_without_token".split()
# A token that is not scored has none: pandas then makes floating-point numbers of whole ones.
MEASURED = {"bits": "bits", "rank": "rank", "entropy_bits": "entropyBits", "coverage": "coverage"}
# What pandas takes for missing unless it is told otherwise.
MISSING = pd._libs.parsers.STR_NA_VALUES

scores = pd.read_csv(sys.argv[1])
document = json.load(open(sys.argv[2], encoding="utf-8"))

for column in TEXT:
    assert pd.api.types.is_string_dtype(scores[column]), column
for column in WHOLE:
    assert pd.api.types.is_integer_dtype(scores[column]), column
for column in MEASURED:
    assert pd.api.types.is_numeric_dtype(scores[column]), column

rows = 0
for file in document["files"]:
    units = file["text"].encode("utf-16-le")
    for role in ["base", "rlhf"]:
        if file[role] is None:
            continue
        tokens = file[role]["tokenList"]
        part = scores[(scores.file == file["name"]) & (scores.model == role)]
        rows += len(part)
        for column, name in {"start": "start", "end": "endExclusive", "id": "id", **MEASURED}.items():
            expected = pd.Series(tokens[name], index=part.index, dtype=float)
            assert part[column].astype(float).equals(expected), (file["name"], role, column)
        texts = [units[2 * a : 2 * b].decode("utf-16-le") for a, b in zip(part.start, part.end)]
        read = part.text.where(part.text.notna(), None)
        for text, found in zip(texts, read):
            assert found == text or (pd.isna(found) and text in MISSING), (text, found)
        assert (part.sha256 == document["models"][role]["sha256"]).all()
assert rows == len(scores)
print(f"{rows} rows, {len(scores.columns)} columns: as in the JSON export")
