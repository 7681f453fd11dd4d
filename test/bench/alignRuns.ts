/**
 * What our alignment of real samples finds beside MAFFT's: characters in runs (`test/support/runCharacters.ts`) over all
 * pairs of samples, the anchors found with the panel's defaults, and processor time. `SETS` names a file of samples as
 * for `twinlens align`. `MAFFT_CACHE` names a folder that keeps MAFFT's alignments, which take minutes, from run to run.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alignTexts } from "../../src/analysis/align/align";
import { DEFAULT_ANCHORS, findAnchors, indexTails } from "../../src/analysis/samples/anchors";
import { readSamples } from "../../src/jobs/files/samples";
import { RUN_LENGTHS, runCharacters } from "../support/runCharacters";
import { mafftVersion, runMafft, type MafftRun } from "./alignMafft";
import { printTable } from "./table";

/** What one aligner found in one set. */
interface Found {
  readonly seconds: number;
  readonly columns: number;
  /** Characters in runs, by {@link RUN_LENGTHS}. */
  readonly runs: readonly number[];
  /** Each with the number of samples that have it. */
  readonly anchors: readonly { readonly text: string; readonly samples: number }[];
}

interface Compared {
  readonly name: string;
  readonly samples: number;
  readonly ours: Found;
  readonly mafft: Found;
}

function alignOurs(texts: readonly string[]): MafftRun {
  const before = process.cpuUsage();
  const { rows } = alignTexts(texts)!;
  const { user, system } = process.cpuUsage(before);
  return { rows, seconds: (user + system) / 1e6 };
}

function alignMafft(texts: readonly string[], cache: string | undefined): MafftRun {
  if (cache === undefined) return runMafft(texts);
  mkdirSync(cache, { recursive: true });
  const hash = createHash("sha256").update(JSON.stringify(texts)).digest("hex");
  const file = join(cache, `${hash.slice(0, 16)}.json`);
  if (!existsSync(file)) {
    const { rows, seconds } = runMafft(texts);
    writeFileSync(file, JSON.stringify({ seconds, rows: rows.map((row) => [...row]) }));
  }
  const kept = JSON.parse(readFileSync(file, "utf8")) as { rows: number[][]; seconds: number };
  return { seconds: kept.seconds, rows: kept.rows.map((row) => Int32Array.from(row)) };
}

function examine(texts: readonly string[], { rows, seconds }: MafftRun): Found {
  const columns = rows.reduce((most, row) => Math.max(most, (row.at(-1) ?? -1) + 1), 0);
  const tails = indexTails(texts, { rows, columns, cells: 0, hitBudget: false });
  const anchors = findAnchors(tails, DEFAULT_ANCHORS);
  return {
    seconds,
    columns,
    runs: runCharacters(texts, rows),
    anchors: anchors.map(({ text, occurrences }) => ({ text, samples: occurrences.length })),
  };
}

const massOf = ({ anchors }: Found) =>
  anchors.reduce((mass, { text, samples }) => mass + [...text].length * samples, 0);
const ratio = (ours: number, mafft: number) => (mafft === 0 ? "" : (ours / mafft).toFixed(3));

function rowOf(by: string, { seconds, columns, runs, anchors }: Found, mass: number) {
  return [by, seconds.toFixed(2), columns, ...runs, anchors.length, mass];
}

function printComparison(compared: readonly Compared[]): void {
  const rows = compared.flatMap(({ name, samples, ours, mafft }) => [
    [name, samples, ...rowOf("Twinlens", ours, massOf(ours))],
    ["", "", ...rowOf("MAFFT", mafft, massOf(mafft))],
    ["", "", "ratio", "", "", ...ours.runs.map((run, k) => ratio(run, mafft.runs[k]!)), "", ""],
  ]);
  const sum = (by: "ours" | "mafft", k: number) =>
    compared.reduce((total, one) => total + one[by].runs[k]!, 0);
  const ratios = RUN_LENGTHS.map((_, k) => ratio(sum("ours", k), sum("mafft", k)));
  rows.push(["all", "", "ratio", "", "", ...ratios, "", ""]);
  const lengths = RUN_LENGTHS.map((length) => `k = ${length}`);
  printTable(["set", "samples", "by", "s", "columns", ...lengths, "anchors", "mass"], rows);
}

function printAnchors(compared: readonly Compared[]): void {
  for (const { name, ours, mafft } of compared) {
    for (const [by, { anchors }] of [["Twinlens", ours] as const, ["MAFFT", mafft] as const]) {
      for (const { text, samples } of anchors) {
        console.log(`${name}, ${by}: ${samples} x ${JSON.stringify(text)}`);
      }
    }
  }
}

const { SETS: file, MAFFT_CACHE: cache } = process.env;
if (file === undefined) throw new Error("SETS names a file of samples.");
if (mafftVersion() === undefined) throw new Error("MAFFT is not installed.");
const compared = readSamples(readFileSync(file, "utf8")).map(({ prompt, samples }) => {
  const texts = samples.map(({ text }) => text);
  return {
    name: prompt,
    samples: texts.length,
    ours: examine(texts, alignOurs(texts)),
    mafft: examine(texts, alignMafft(texts, cache)),
  };
});
printComparison(compared);
console.log();
printAnchors(compared);
