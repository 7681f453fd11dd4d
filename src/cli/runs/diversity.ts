/** How diverse samples are at several nuclei (paper Table 4). */
import { ROLES, ROLE_NAMES, type Role } from "../../protocol/roles";
import { NO_NUMBER } from "../../analysis/presentation/format";
import { DIVERSITY_LENGTHS } from "../../analysis/samples/diversity";
import type { NgramView } from "../../protocol/ngramView";
import type { Run } from "../../formats/run";
import { wordNgrams } from "../../report/ngramViews";
import { alignColumns } from "../output/columns";

/** One model's samples of all prompts, drawn from one nucleus. */
export interface NucleusDiversity {
  readonly topP: number;
  readonly role: Role;
  readonly prompts: number;
  /** Samples of the prompt that has the fewest. */
  readonly samples: number;
  readonly unit: NgramView["unit"];
  /** Different n-grams / all, mean over prompts, by n from 1 on; null: no prompt has any. */
  readonly diversity: readonly (number | null)[];
}

/** @param runs of every prompt, drawn with `topP` */
export function diversityOf(runs: readonly Run[], topP: number): NucleusDiversity[] {
  return ROLES.flatMap((role) => {
    const drawn = runs.flatMap((run) => run[role] ?? []);
    const views = drawn.map(
      ({ ngrams, samples }) => ngrams ?? wordNgrams(samples.map(({ text }) => text)),
    );
    const [first] = views;
    if (first === undefined) return [];
    const diversity = DIVERSITY_LENGTHS.map((_, i) =>
      mean(views.flatMap((view) => view.diversity[i] ?? [])),
    );
    const samples = Math.min(...drawn.map((ofRole) => ofRole.samples.length));
    return [{ topP, role, prompts: drawn.length, samples, unit: first.unit, diversity }];
  });
}

export function toDiversityJson(rows: readonly NucleusDiversity[]): string {
  return `${JSON.stringify({ format: "twinlens-diversity", version: 1, rows }, null, 1)}\n`;
}

/** One line per nucleus and model; the heading says what is counted. */
export function toDiversityTable(rows: readonly NucleusDiversity[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const { prompts, samples, unit } = first;
  const head = ["p", "model", ...DIVERSITY_LENGTHS.map((n) => `${n}-gram`)];
  const lines = [...rows]
    .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || a.topP - b.topP)
    .map(({ topP, role, diversity }) => [
      String(topP),
      ROLE_NAMES[role],
      ...diversity.map((share) => share?.toFixed(3) ?? NO_NUMBER),
    ]);
  return [
    `Different / all n-grams (${unit}) of ${samples} samples, mean over ${prompts} ${prompts === 1 ? "prompt" : "prompts"}:`,
    ...alignColumns([head, ...lines], 2),
    "",
  ].join("\n");
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
