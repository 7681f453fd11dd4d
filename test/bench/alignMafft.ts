import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mafftInput, readMafft } from "../../src/jobs/runs/mafft";

/** The version of the MAFFT on this machine, or nothing where there is none. */
export function mafftVersion(): string | undefined {
  const asked = spawnSync("mafft", ["--version"], { encoding: "utf8" });
  return asked.status === 0 ? `${asked.stdout}${asked.stderr}`.trim() : undefined;
}

/** What a run of MAFFT gave. */
export interface MafftRun {
  /** Column of each code point, `[text][code point]`. */
  readonly rows: readonly Int32Array[];
  /** Processor time, s. */
  readonly seconds: number;
}

/** Aligns texts with MAFFT as the extension does, and takes the processor time of all its programs. */
export function runMafft(texts: readonly string[]): MafftRun {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-mafft-"));
  try {
    const input = join(folder, "texts");
    writeFileSync(input, mafftInput(texts)!);
    const output = join(folder, "aligned");
    const script = 'mafft --text --quiet "$0" > "$1" && times';
    const run = spawnSync("sh", ["-c", script, input, output], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`mafft failed: ${run.stderr}`);
    const { rows } = readMafft(readFileSync(output, "latin1"), texts);
    return { rows, seconds: childSeconds(run.stdout) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The sum of the user and system time of a shell's children: the second line that `times` prints. */
function childSeconds(times: string): number {
  const line = times.trim().split("\n")[1] ?? "";
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
