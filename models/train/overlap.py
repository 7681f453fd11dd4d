"""Share of held-out 13-grams (words, case and punctuation ignored) that stand in any training text.

    python models/train/overlap.py --data DATA [--work .train]

Training text here is everything that any step reads: the pre-training corpora as prepared, the
instructions and teacher's answers among them, both training halves of the preference pairs (all replies)
and the dialogues that the teacher wrote for this recipe (`teacher.py`).
"""

from __future__ import annotations

import json

import corpora
import preferences
import settings
from prepare import training_corpora


def main() -> None:
    args = settings.arguments(__doc__)
    texts, dropped = training_corpora(args.data)
    training = {name: [d.text for d in documents] for name, documents in texts.items()}
    parts = preferences.load(args.data)
    training["preferences"] = [
        text
        for pair in parts["a"] + parts["b"]
        for text in (*(turn.text for turn in pair.context), pair.chosen, pair.rejected)
    ]
    training["written by the teacher"] = [f"{row['prompt']} {row['answer']}" for row in corpora.read_lines(args.work / "dialogues.jsonl.gz")]
    known = {name: set().union(*map(corpora.grams, documents)) for name, documents in training.items()}
    held_out = {name: [d.text for d in documents] for name, documents in corpora.held_out(args.data).items()}
    held_out["preference-test"] = [text for pair in parts["test"] for text in (pair.chosen, pair.rejected)]
    report = {}
    for name, documents in held_out.items():
        grams = set().union(*map(corpora.grams, documents))
        shares = {source: len(grams & own) / len(grams) for source, own in known.items() if grams & own}
        report[name] = {"grams": len(grams), "share": len(grams & set().union(*known.values())) / len(grams), "by source": shares}
    result = {"dropped": dropped, "held out": report}
    (args.work / "overlap.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
