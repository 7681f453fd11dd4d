/** The commands on runs: they draw prompts, or take samples from a file, and write what is found in them. */
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { formatNumber } from "../../analysis/presentation/format";
import { promptSent, type Run } from "../../formats/run";
import { readPrompts } from "../../jobs/files/prompts";
import { ROLES } from "../../protocol/roles";
import type { Places } from "../arguments/modelPaths";
import {
  type AnchorsOptions,
  type DrawOptions,
  drawingNote,
  withNucleus,
} from "../arguments/runArguments";
import { readInput } from "../input/input";
import { modelsToUse } from "../models/usedModels";
import { toAnalysedRun, toAnchorsJson, toAnchorsTable } from "../output/anchors";
import { toAnchorsPage } from "../output/anchorsPage";
import { createProgress } from "../output/progress";
import { diversityOf, toDiversityJson, toDiversityTable } from "../runs/diversity";
import { importRuns } from "../runs/importedRuns";
import {
  type AnalysedPrompts,
  analyseImported,
  analysePrompts,
  drawPrompts,
  type RunsRequest,
  type Surroundings,
} from "../runs/promptRuns";
import { untilSignal } from "../signals";

/** What the commands need from outside. */
export interface RunsSurroundings {
  readonly places: Places;
  readonly engineScript: string;
  /** Where GPU builds were added. */
  readonly gpuFolder: string;
  /** The aligning threads' file, `dist/alignment.mjs`. */
  readonly analyserScript: string;
  /** The page of a run, `dist/anchors.js`. */
  readonly pageScript: string;
  readonly input: Readable;
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Says what does not keep a command from its work. */
  readonly warn: (message: string) => void;
}

/** Draws prompts. @returns a line of JSON for each prompt and model */
export async function sample(options: DrawOptions, around: RunsSurroundings): Promise<string> {
  warnOfDrawing(options, around);
  const prompts = await promptsOf(options, around);
  const runs = await untilSignal(async (signal) =>
    drawPrompts(await request(options, prompts, around, signal)),
  );
  return runs.flatMap(sampleLines).join("");
}

function sampleLines(run: Run): string[] {
  return ROLES.flatMap((role) => {
    const drawn = run[role];
    if (drawn === null) return [];
    const samples = drawn.samples.map(({ text }) => text);
    const line = { prompt: run.prompt, role, promptSent: promptSent(run, drawn), samples };
    return `${JSON.stringify(line)}\n`;
  });
}

/** Finds anchors in samples that are drawn or read, or how diverse they are by nucleus. @returns the output */
export async function anchors(options: AnchorsOptions, around: RunsSurroundings): Promise<string> {
  if (options.imported === null) warnOfDrawing(options, around);
  if (options.nuclei !== null) return diversity(options, options.nuclei, around);
  const { works, chance } = await analyse(options, around);
  const analysed = works.map(toAnalysedRun);
  switch (options.format) {
    case "json":
      return toAnchorsJson(analysed, chance);
    case "table":
      return toAnchorsTable(analysed, chance);
    case "html":
      return toAnchorsPage(analysed, readFileSync(around.pageScript, "utf8"), chance);
  }
}

/** Finds the anchors of samples from a file, or of those of the prompts that were asked for. */
async function analyse(
  options: AnchorsOptions,
  around: RunsSurroundings,
): Promise<AnalysedPrompts> {
  const { imported, encoding } = options;
  if (imported !== null) {
    const { text } = await readInput(imported, around.input, { encoding, warn: around.warn });
    const runs = importRuns(imported, text, options, around.warn);
    return untilSignal((signal) =>
      analyseImported(runs, options, options.runs, surroundings(around, signal)),
    );
  }
  const prompts = await promptsOf(options, around);
  return untilSignal(async (signal) =>
    analysePrompts(await request(options, prompts, around, signal), options),
  );
}

/** Draws the prompts at one nucleus after another; every one has its own runs. */
async function diversity(
  options: AnchorsOptions,
  nuclei: readonly number[],
  around: RunsSurroundings,
): Promise<string> {
  const prompts = await promptsOf(options, around);
  const rows = await untilSignal(async (signal) => {
    const found = [];
    for (const topP of nuclei) {
      const asked = await request(withNucleus(options, topP), prompts, around, signal);
      const runs = await drawPrompts(asked);
      found.push(...diversityOf(runs, topP));
    }
    return found;
  });
  return options.format === "json" ? toDiversityJson(rows) : toDiversityTable(rows);
}

/** With a folder for runs, what is drawn is kept when a signal ends the command. */
async function request(
  options: DrawOptions,
  prompts: readonly string[],
  around: RunsSurroundings,
  signal: AbortSignal,
): Promise<RunsRequest> {
  const alike = surroundings(around, signal);
  return {
    ...alike,
    prompts,
    options,
    models: await modelsToUse(options, around.places),
    engineScript: around.engineScript,
    gpuFolder: around.gpuFolder,
    warn(message) {
      alike.progress.clear();
      around.warn(message);
    },
  };
}

function surroundings(
  { analyserScript, messages }: RunsSurroundings,
  signal: AbortSignal,
): Surroundings {
  return { analyserScript, progress: createProgress(messages), signal };
}

/** While standard input is awaited there is nothing to save: signals end the command as usual. */
async function promptsOf(
  { prompt, prompts: file, encoding }: DrawOptions,
  { input, warn }: RunsSurroundings,
): Promise<readonly string[]> {
  if (file === null) return [prompt ?? ""];
  const { text } = await readInput(file, input, { encoding, warn });
  const { prompts, repeated } = readPrompts(text);
  if (repeated > 0) {
    const again = `${formatNumber(repeated, 0)} of the prompts are listed again, and count once.`;
    warn(`${file}: ${again}`);
  }
  return prompts;
}

function warnOfDrawing(options: DrawOptions, { warn }: RunsSurroundings): void {
  const note = drawingNote(options);
  if (note !== null) warn(note);
}
