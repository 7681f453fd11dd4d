"""The whole recipe with one command; every step can also be run alone.

    python models/train/run.py --data DATA --teacher FILE [--work .train] [--threads N]

The steps leave their results in the work folder; a long step that was stopped resumes from its
checkpoint. `measure.py` and `draws.py` need the built extension (`npm ci && npm run build`), for
their figures come from its command line.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import settings

STEPS = ("prepare", "teacher", "overlap", "pretrain", "finetune", "reward", "rlhf", "export", "judge", "publish", "measure",
         "draws", "tables", "curves")


def main() -> None:
    args = settings.arguments(__doc__)
    for step in STEPS:
        print(f"=== {step}", flush=True)
        script = Path(__file__).with_name(f"{step}.py")
        subprocess.run(
            [sys.executable, script, "--data", args.data, "--work", args.work, "--teacher", args.teacher, "--threads", str(args.threads)],
            check=True,
        )


if __name__ == "__main__":
    main()
