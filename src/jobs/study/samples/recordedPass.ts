/** A cell of samples from elsewhere: measured as those that models draw, as far as texts alone can tell. */
import { cancelled } from "../../../engine/errors";
import { modelSource, type Run } from "../../../formats/run";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { type Role, ROLES } from "../../../protocol/roles";
import { atEqualNumber, comparedTexts } from "../../../report/equalNumber";
import { storedAnalysis } from "../../runs/analysis";
import { importedRun } from "../../runs/importedRun";
import type { Analysers } from "./analysers";
import { chanceOfTexts } from "./chanceOfRuns";
import { type AnalysedSide, analyseSide, toPromptSamples } from "./promptSamples";
import type { SurveyedSamples } from "./promptSets";
import type { SampleRuns } from "./sampleRuns";
import { withoutChance } from "./writers";

export interface RecordedPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly surveyed: SurveyedSamples;
  readonly analysers: Analysers;
  readonly runs: SampleRuns;
  /** Whether what overlap is by chance is found. */
  readonly hasChance: boolean;
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** @throws EngineError `Cancelled`; RecordError for a prompt with too many samples; RunFileError, the file system's error */
export async function measureRecorded(pass: RecordedPass): Promise<void> {
  const { cell, surveyed, runs, analysers, signal } = pass;
  const { prompts, sides, file } = surveyed;
  cell.writers = ROLES.filter((role) => sides[role] !== null).map(recordedWriter);
  cell.prompts = prompts.map(({ prompt }, i) => ({
    text: prompt,
    kind: null,
    run: runs.nameOf(cell.dependsOn, i),
  }));
  const known = new Set(cell.samples.map(({ prompt }) => prompt));
  const missing = [...prompts.keys()].filter((prompt) => !known.has(prompt));
  const created = new Date(0).toISOString();
  const runOf = (prompt: number) => importedRun(file, created, sides, prompts[prompt]!);
  const measuring = missing.map((prompt) =>
    analysers.run(async (analyser) => {
      if (signal.aborted) throw cancelled();
      const run = runOf(prompt);
      const found: Partial<Record<Role, AnalysedSide>> = {};
      for (const role of ROLES) {
        const side = run[role];
        if (side) found[role] = await analyseSide(analyser, role, side, signal);
      }
      await keep(pass, prompt, run, found);
      add(pass, prompt, found);
    }),
  );
  // One that fails leaves none behind that still changes the cell.
  await Promise.allSettled(measuring);
  await Promise.all(measuring);
  if (pass.hasChance) await findChance(pass, (prompt, role) => comparedTexts(runOf(prompt), role));
  cell.isComplete = true;
  pass.onDone();
}

function recordedWriter(role: Role): Writer {
  return {
    key: role,
    stage: role,
    purpose: "compared",
    topP: null,
    seed: null,
    maxTokens: null,
    frame: null,
  };
}

/** What is compared is of as many samples as the smaller set has. */
function add({ cell, onDone }: RecordedPass, prompt: number, found: Sides): void {
  const roles = ROLES.filter((role) => found[role]);
  const sets = roles.map((role) => ({
    texts: found[role]!.side.samples.map(({ text }) => text),
    alignment: found[role]!.alignment,
  }));
  const { samples, alignments } = atEqualNumber(sets);
  const rows = roles.map((role, i) =>
    toPromptSamples(role, prompt, found[role]!, { samples, alignment: alignments[i]! }, true),
  );
  cell.samples = [...cell.samples, ...rows].sort(
    (a, b) =>
      ROLES.indexOf(a.writer as Role) - ROLES.indexOf(b.writer as Role) || a.prompt - b.prompt,
  );
  cell.measured += 1;
  onDone();
}

type Sides = Readonly<Partial<Record<Role, AnalysedSide>>>;

async function keep(
  { cell, runs }: RecordedPass,
  prompt: number,
  run: Run,
  found: Sides,
): Promise<void> {
  const { samples, seed } = run.settings;
  const settings = { samples, seed, maxTokens: 1 };
  const kept = await runs.open(cell.prompts[prompt]!.run, run.prompt, settings);
  // A pair that the user has scored them with since stays.
  if (ROLES.some((role) => modelSource(kept.run[role]) !== null)) return;
  Object.assign(kept.run, run);
  for (const role of ROLES) {
    const of = found[role];
    if (of) kept.run[role] = { ...of.side, ...storedAnalysis(of.alignment, of.anchors) };
  }
  await kept.save();
}

async function findChance(
  { cell, surveyed, analysers, signal, onDone }: RecordedPass,
  textsOf: (prompt: number, role: Role) => readonly string[],
): Promise<void> {
  // Chance levels are drawn in threads of their own.
  await analysers.rest();
  await Promise.all(
    withoutChance(cell).map(async ({ key }) => {
      const prompts = [...surveyed.prompts.keys()];
      const texts = prompts.map((prompt) => textsOf(prompt, key as Role));
      const level = await chanceOfTexts(analysers, texts, signal);
      cell.chance = { ...cell.chance, [key]: level };
      onDone();
    }),
  );
}
