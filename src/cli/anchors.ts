import type {
  AlignmentView,
  AnchorsView,
  PromptAverages,
  RoleAverages,
} from "../protocol/anchorViews";
import type { AnchorOptions, Run } from "../protocol/generations";
import type { Role } from "../protocol/scores";
import { atEqualNumber } from "../report/equalNumber";
import { analyseRole, anchorsOf } from "../runs/analysis";
import { scoredSamples, withBits } from "../runs/bits";
import { NAMES, ROLES } from "../runs/roles";
import { meanOverPrompts, type PromptMeans } from "../runs/means";
import { alignColumns } from "./columns";
import { oneLine } from "./oneLine";

/** A run with what was found in it. */
export interface AnalysedRun {
  readonly run: Run;
  readonly roles: Readonly<Partial<Record<Role, RoleFindings>>>;
}

export interface RoleFindings {
  readonly alignment: AlignmentView;
  /** The alignment with overlap and n-grams of as many samples as both models have. */
  readonly compared: AlignmentView;
  readonly comparedSamples: number;
  readonly anchors: AnchorsView;
}

/** Aligns both models' samples of every run and finds their anchors. */
export function analyseRuns(
  runs: readonly Run[],
  options: AnchorOptions,
  onProgress: (fraction: number) => void,
): AnalysedRun[] {
  return runs.map((run, i) => {
    const roles = analyseRoles(run, options);
    onProgress((i + 1) / runs.length);
    return { run, roles };
  });
}

function analyseRoles(run: Run, options: AnchorOptions): AnalysedRun["roles"] {
  const found = ROLES.flatMap((role) => {
    const drawn = run[role];
    const analysis = drawn && analyseRole(drawn);
    if (!analysis) return [];
    const texts = drawn.samples.map(({ text }) => text);
    const anchors = withBits(anchorsOf(analysis, options), scoredSamples(drawn.samples, role));
    return [{ role, texts, alignment: analysis.view, anchors }];
  });
  const { samples: comparedSamples, alignments } = atEqualNumber(found);
  return Object.fromEntries(
    found.map(({ role, alignment, anchors }, i) => [
      role,
      { alignment, compared: alignments[i]!, comparedSamples, anchors },
    ]),
  );
}

/** Averages over prompts of what is compared of one model (Figures 7 and 13, Table 4). */
export function averages(
  runs: readonly AnalysedRun[],
  role: Role,
): (PromptMeans & RoleAverages) | null {
  const found = runs.flatMap(({ roles }) => roles[role]?.compared ?? []);
  if (found.length === 0) return null;
  const histograms = found.map(({ ngrams }) => ngrams.tenGrams);
  const length = Math.max(...histograms.map((counts) => counts.length));
  const tenGrams = Array.from({ length }, (_, samples) =>
    histograms.reduce((sum, counts) => sum + (counts[samples] ?? 0), 0),
  );
  return { ...meanOverPrompts(found), tenGrams };
}

/** Both models' averages, as a page shows them. */
export function averagesView(runs: readonly AnalysedRun[]): PromptAverages {
  const compared = runs.flatMap(({ roles }) => ROLES.map((role) => roles[role]?.comparedSamples));
  return {
    prompts: runs.length,
    samples: Math.max(0, ...compared.map((samples) => samples ?? 0)),
    rlhf: averages(runs, "rlhf"),
    base: averages(runs, "base"),
  };
}

export function toAnchorsJson(runs: readonly AnalysedRun[]): string {
  const document = {
    format: "twinlens-anchors",
    version: 1,
    prompts: runs.map(({ run, roles }) => ({
      prompt: run.prompt,
      settings: run.settings,
      ...Object.fromEntries(
        ROLES.flatMap((role) => {
          const found = roles[role];
          const drawn = run[role];
          return found && drawn ? [[role, roleJson(found, drawn)]] : [];
        }),
      ),
    })),
    averages: Object.fromEntries(ROLES.map((role) => [role, averages(runs, role)])),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function roleJson(
  { compared, comparedSamples, anchors }: RoleFindings,
  run: NonNullable<Run[Role]>,
) {
  return {
    model: run.model,
    promptSent: run.prompt,
    generations: run.samples.length,
    anchors: anchors.anchors.map(({ text, column, occurrences, share }) => ({
      text,
      column,
      generations: occurrences.length,
      share,
    })),
    // Overlap and n-grams are of this many of the generations: as many as the other model has.
    comparedGenerations: comparedSamples,
    overlap: compared.overlap,
    ngrams: compared.ngrams,
    hitBudget: compared.hitBudget,
  };
}

/** Anchors of every prompt as aligned lines, then the averages over prompts. */
export function toAnchorsTable(runs: readonly AnalysedRun[]): string {
  const lines: string[] = [];
  for (const { run, roles } of runs) {
    lines.push(`${oneLine(run.prompt, 100) || "(no prompt)"}`);
    for (const role of ROLES) {
      const found = roles[role];
      if (found) lines.push(...roleLines(NAMES[role], found, run[role]!.samples.length));
    }
    lines.push("");
  }
  if (runs.length > 1) lines.push(...averageLines(runs));
  return `${lines.join("\n").trimEnd()}\n`;
}

function roleLines(name: string, { anchors }: RoleFindings, samples: number): string[] {
  if (anchors.anchors.length === 0) return [`  ${name}: no anchor in ${samples} samples`];
  const rows = anchors.anchors.map(({ text, column, share, occurrences }) => [
    `${(share * 100).toFixed(0)} %`,
    `${occurrences.length} of ${samples}`,
    `column ${column}`,
    oneLine(text, 80),
  ]);
  return [`  ${name}:`, ...alignColumns(rows).map((line) => `    ${line}`)];
}

function averageLines(runs: readonly AnalysedRun[]): string[] {
  const isCut = runs.some(({ run, roles }) =>
    ROLES.some((role) => (roles[role]?.comparedSamples ?? 0) < (run[role]?.samples.length ?? 0)),
  );
  const howMany = isCut ? ", of as many samples of each model as the other one has" : "";
  const lines = [`Means over ${runs.length} prompts${howMany}:`];
  for (const role of ROLES) {
    const means = averages(runs, role);
    if (means === null) continue;
    const sharing = means.sharing.map(({ n, samples }) => `${n}-gram ${samples.toFixed(1)}`);
    const diversity = means.diversity.map(
      (share, i) => `${i + 1}-gram ${share?.toFixed(3) ?? "–"}`,
    );
    const { overlap, withoutOverlap } = means;
    lines.push(
      `  ${NAMES[role]}: samples that share the most common ${sharing.join(", ")} (${means.unit})`,
      `  ${NAMES[role]}: different / all ${diversity.join(", ")}`,
      overlap === null
        ? `  ${NAMES[role]}: no overlap`
        : `  ${NAMES[role]}: mean overlap ${(overlap.all.value * 100).toFixed(2)} % (95 %: ${(overlap.all.low * 100).toFixed(2)} to ${(overlap.all.high * 100).toFixed(2)}), ${withoutOverlap} prompts left out`,
    );
  }
  return lines;
}
