import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Bytes that stand for characters in MAFFT's input. `mafft --text` takes 0x01 to 0xFF but for `>`, `<`, `=`, `-`, blank
 * and line ends; control characters are left out as well, because the scripts around the program read lines.
 */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte > 0x20 && byte !== 0x7f && !"<=>-".includes(String.fromCharCode(byte)),
);

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

/**
 * Aligns texts with MAFFT as the paper did (§4.2). Characters are re-coded one to one, the commonest first; beyond the
 * bytes there are, the rarest share one. Empty texts, which the program refuses, stay outside.
 */
export function runMafft(texts: readonly string[]): MafftRun {
  const rows = texts.map((text) => new Int32Array([...text].length));
  const filled = texts.map((_, text) => text).filter((text) => rows[text]!.length > 0);
  if (filled.length < 2) return { rows: rows.map((row) => row.map((_, i) => i)), seconds: 0 };

  const byteOf = byteCode(texts);
  const records = filled.map((text) => {
    const coded = Uint8Array.from([...texts[text]!], (character) => byteOf.get(character)!);
    return Buffer.concat([Buffer.from(`>${text}\n`), coded, Buffer.from("\n")]);
  });
  const folder = mkdtempSync(join(tmpdir(), "twinlens-mafft-"));
  try {
    const input = join(folder, "texts");
    writeFileSync(input, Buffer.concat(records));
    const output = join(folder, "aligned");
    const script = 'mafft --text --quiet "$0" > "$1" && times';
    const run = spawnSync("sh", ["-c", script, input, output], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`mafft failed: ${run.stderr}`);
    readRows(readFileSync(output, "latin1"), rows);
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

function byteCode(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const last = BYTES.length - 1;
  return new Map(byCount.map((character, i) => [character, BYTES[Math.min(i, last)]!]));
}

/** Reads FASTA records named by text number and notes the columns that hold no gap. */
function readRows(fasta: string, rows: readonly Int32Array[]): void {
  for (const record of fasta.split(">").slice(1)) {
    const [name = "", ...lines] = record.split("\n");
    const aligned = lines.join("");
    const row = rows[Number(name)]!;
    let i = 0;
    for (let column = 0; column < aligned.length; column++) {
      if (aligned[column] !== "-") row[i++] = column;
    }
    if (i !== row.length) throw new Error(`mafft returned ${i} characters of ${row.length}`);
  }
}
