import { MIN_OTHERS } from "../../analysis/samples/alignedShare";
import { formatMeanShare, NO_NUMBER } from "../../analysis/presentation/format";
import { ROLES, ROLE_NAMES, type Role } from "../../protocol/roles";
import type {
  AlignmentView,
  Aligner,
  MeanCurve,
  PromptAverages,
  RoleAverages,
} from "../../protocol/anchorViews";
import { modelSource, modelTitle, promptSent, type Run, type RunSide } from "../../formats/run";
import { meanOverPrompts, type PromptMeans } from "../../jobs/runs/means";
import type { Findings, RunWork } from "../../jobs/runs/runWork";
import { type AgainstChance, againstChance } from "../../report/againstChance";
import { ALIGNED_BY } from "../../report/alignedBy";
import { CHANCE_NAMES, type DrawnChance, toChanceView } from "../../report/chanceView";
import { atEqualNumber } from "../../report/equalNumber";
import { nearMissWords } from "../../report/nearMissWords";
import { chanceOfMeans, type SetChance } from "../runs/chance";
import { alignColumns } from "./columns";
import { oneLine } from "./oneLine";

/** A run with what was found in it. */
export interface AnalysedRun {
  readonly run: Run;
  readonly roles: Readonly<Partial<Record<Role, RoleFindings>>>;
}

export interface RoleFindings extends Findings {
  /** The alignment with overlap and n-grams of as many samples as both models have. */
  readonly compared: AlignmentView;
  readonly comparedSamples: number;
  /** What overlap is by chance in the samples compared, from their own sentences; null: not looked for, or there is none. */
  readonly chance: DrawnChance | null;
  /** What was found in MAFFT's alignment; null: there is none. */
  readonly mafft: Findings | null;
}

/** What was found in a run, and what of it may be compared. */
export function toAnalysedRun({ run, findings }: Pick<RunWork, "run" | "findings">): AnalysedRun {
  const by = (aligner: Aligner, role: Role) =>
    findings.find((found) => found.aligner === aligner && found.role === role);
  const found = ROLES.flatMap((role) => by("twinlens", role) ?? []);
  const sets = found.map(({ role, alignment }) => ({
    texts: run[role]!.samples.map(({ text }) => text),
    alignment,
  }));
  const { samples: comparedSamples, alignments } = atEqualNumber(sets);
  const roles = found.map((ofRole, i) => {
    const mafft = by("mafft", ofRole.role) ?? null;
    const { samples, chance: drawn } = run[ofRole.role]!;
    const chance = (samples.length === comparedSamples && drawn) || null;
    return [ofRole.role, { ...ofRole, compared: alignments[i]!, comparedSamples, chance, mafft }];
  });
  return { run, roles: Object.fromEntries(roles) as AnalysedRun["roles"] };
}

/** Averages over prompts of what is compared of one model (Figures 7 and 13, Table 4). */
export function averages(
  runs: readonly AnalysedRun[],
  role: Role,
  chance: SetChance = {},
): (PromptMeans & RoleAverages) | null {
  const found = runs.flatMap(({ roles }) => roles[role] ?? []);
  if (found.length === 0) return null;
  const compared = found.map((ofRun) => ofRun.compared);
  const histograms = compared.map(({ ngrams }) => ngrams.tenGrams);
  const length = Math.max(...histograms.map((counts) => counts.length));
  const tenGrams = Array.from({ length }, (_, samples) =>
    histograms.reduce((sum, counts) => sum + (counts[samples] ?? 0), 0),
  );
  return { ...meanOverPrompts(compared), tenGrams, chance: chanceOfMeans(found, chance[role]) };
}

/** Both models' averages, as a page shows them. */
export function averagesView(runs: readonly AnalysedRun[], chance: SetChance = {}): PromptAverages {
  const compared = runs.flatMap(({ roles }) => ROLES.map((role) => roles[role]?.comparedSamples));
  return {
    prompts: runs.length,
    samples: Math.max(0, ...compared.map((samples) => samples ?? 0)),
    models: { base: modelOfAll(runs, "base"), rlhf: modelOfAll(runs, "rlhf") },
    rlhf: averages(runs, "rlhf", chance),
    base: averages(runs, "base", chance),
  };
}

/** Name and quantisation of the model that drew all samples; null: several did, or they are from elsewhere. */
function modelOfAll(runs: readonly AnalysedRun[], role: Role): string | null {
  const names = runs.flatMap(({ run }) => {
    const side = run[role];
    if (side === null) return [];
    const model = modelSource(side)?.model;
    return [model ? modelTitle(model) : null];
  });
  return new Set(names).size === 1 ? names[0]! : null;
}

export function toAnchorsJson(runs: readonly AnalysedRun[], chance: SetChance = {}): string {
  const document = {
    format: "twinlens-anchors",
    version: 1,
    // Of the samples as each model scored them, never as they came out of drawing.
    bitsFrom: "scored",
    prompts: runs.map(({ run, roles }) => ({
      prompt: run.prompt,
      settings: run.settings,
      ...Object.fromEntries(
        ROLES.flatMap((role) => {
          const found = roles[role];
          const drawn = run[role];
          return found && drawn ? [[role, roleJson(found, drawn, promptSent(run, drawn))]] : [];
        }),
      ),
    })),
    averages: Object.fromEntries(ROLES.map((role) => [role, averages(runs, role, chance)])),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function roleJson(found: RoleFindings, side: RunSide, promptSent: string) {
  const { compared, comparedSamples, chance, mafft } = found;
  return {
    model: modelSource(side)?.model ?? null,
    promptSent,
    generations: side.samples.length,
    anchors: anchorsJson(found, side.chance),
    // Overlap and n-grams are of this many of the samples: as many as the other model has.
    comparedGenerations: comparedSamples,
    overlap: compared.overlap,
    alignedShare: compared.alignedShare,
    chance: chance && toChanceView(chance),
    ngrams: compared.ngrams,
    hitBudget: compared.hitBudget,
    ...(mafft && { mafft: mafftJson(mafft) }),
  };
}

function mafftJson(found: Findings) {
  const { overlap, alignedShare } = found.alignment;
  return { anchors: anchorsJson(found, undefined), overlap, alignedShare };
}

/**
 * @param chance what overlap is by chance in all samples, aligned as the anchors are
 * @returns `bits` are means over the samples that have the anchor, `againstChance` is the overlap at its middle; null: not
 *   measured
 */
function anchorsJson({ anchors, alignment }: Findings, chance: DrawnChance | undefined) {
  const level = chance && toChanceView(chance);
  return anchors.anchors.map((anchor) => ({
    text: anchor.text,
    column: anchor.column,
    generations: anchor.occurrences.length,
    share: anchor.share,
    againstChance: againstChance(anchor, alignment.overlap, level),
    bits: anchor.bits,
  }));
}

/** Anchors of every prompt as aligned lines, then the averages over prompts. */
export function toAnchorsTable(runs: readonly AnalysedRun[], chance: SetChance = {}): string {
  const lines: string[] = [];
  for (const { run, roles } of runs) {
    lines.push(`${oneLine(run.prompt, 100) || "(no prompt)"}`);
    for (const role of ROLES) {
      const found = roles[role];
      if (found) lines.push(...roleLines(ROLE_NAMES[role], found, run[role]!));
    }
    lines.push("");
  }
  if (runs.length > 1) lines.push(...averageLines(runs, chance));
  return `${lines.join("\n").trimEnd()}\n`;
}

function roleLines(name: string, { anchors, alignment }: Findings, side: RunSide): string[] {
  const samples = side.samples.length;
  if (anchors.anchors.length === 0) {
    const nearest = nearMissWords(anchors).map((sentence) => `    ${sentence}`);
    return [`  ${name}: no anchor in ${samples} samples`, ...nearest];
  }
  const level = side.chance && toChanceView(side.chance);
  const rows = anchors.anchors.map((anchor) => [
    `${(anchor.share * 100).toFixed(0)} %`,
    `${anchor.occurrences.length} of ${samples}`,
    `column ${anchor.column}`,
    ...(level ? [chanceWords(againstChance(anchor, alignment.overlap, level))] : []),
    oneLine(anchor.text, 80),
  ]);
  return [`  ${name}:`, ...alignColumns(rows).map((line) => `    ${line}`)];
}

/** How the samples' overlap lies at an anchor, seen from the band of chance. */
function chanceWords(byChance: AgainstChance | null): string {
  return byChance === null ? NO_NUMBER : `${byChance} chance`;
}

function averageLines(runs: readonly AnalysedRun[], chance: SetChance): string[] {
  const isCut = runs.some(({ run, roles }) =>
    ROLES.some((role) => (roles[role]?.comparedSamples ?? 0) < (run[role]?.samples.length ?? 0)),
  );
  const howMany = isCut ? ", of as many samples of each model as the other one has" : "";
  const lines = [`Means over ${runs.length} prompts${howMany}:`];
  for (const role of ROLES) {
    const means = averages(runs, role, chance);
    if (means === null) continue;
    const sharing = means.sharing.map(({ n, samples }) => `${n}-gram ${samples.toFixed(1)}`);
    const diversity = means.diversity.map(
      (share, i) => `${i + 1}-gram ${share?.toFixed(3) ?? NO_NUMBER}`,
    );
    const { overlap, withoutOverlap } = means;
    lines.push(
      `  ${ROLE_NAMES[role]}: samples that share the most common ${sharing.join(", ")} (${means.unit})`,
      `  ${ROLE_NAMES[role]}: different / all ${diversity.join(", ")}`,
      overlap === null
        ? `  ${ROLE_NAMES[role]}: no overlap`
        : `  ${ROLE_NAMES[role]}: mean overlap ${formatMeanShare(overlap.all)}, aligned ${ALIGNED_BY.twinlens}, ${withoutOverlap} prompts left out`,
      ...chanceLines(ROLE_NAMES[role], means),
    );
  }
  return lines;
}

/** What overlap is by chance, and what else the alignment says of agreement. */
function chanceLines(name: string, { alignedShare, chance }: RoleAverages): string[] {
  const byChance = (curve: MeanCurve) => `by chance ${formatMeanShare(curve.all)}`;
  const named =
    chance && `${byChance(chance.overlap)}: ${CHANCE_NAMES[chance.kind]}, ${chance.draws} draws`;
  const shares = alignedShare && [
    `${formatMeanShare(alignedShare.all)}`,
    ...(chance ? [byChance(chance.alignedShare)] : []),
  ];
  return [
    ...(named ? [`  ${name}: mean overlap ${named}`] : []),
    ...(shares
      ? [`  ${name}: samples aligned with at least ${MIN_OTHERS} others ${shares.join("; ")}`]
      : []),
  ];
}
