/** The folder of `--runs`, which keeps each prompt's run. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { newRun } from "../../jobs/runs/newRun";
import { RunFile } from "../../jobs/runs/runFile";
import { saveFile } from "../../jobs/store/saveFile";
import { bareSide, type Run } from "../../formats/run";
import { serializeRun } from "../../formats/serializeRun";
import type { ModelIdentity } from "../../protocol/modelIdentity";
import type { Role } from "../../protocol/roles";
import type { DrawOptions } from "../arguments/runArguments";

/** The models in use, by their digests; null: none. */
export type PairIdentities = Readonly<Record<Role, ModelIdentity | null>>;

/** A prompt's run, and the file that keeps it. */
export interface KeptRun {
  readonly run: Run;
  /** null: nothing is kept. */
  readonly file: RunFile | null;
}

/**
 * What the folder of runs has of a prompt, or a run of which nothing is drawn.
 * @param warn told of a damaged file, which is put aside
 * @throws RunFileError for a file that can't be used
 */
export async function keptRun(
  options: DrawOptions,
  models: PairIdentities,
  prompt: string,
  warn: (message: string) => void,
): Promise<KeptRun> {
  const { samples, seed, maxTokens } = options;
  const path = runFile(options, models, prompt);
  const file = path === null ? null : new RunFile(path, prompt, warn);
  const run = (await file?.read()) ?? newRun(prompt, { samples, seed, maxTokens });
  run.settings.samples = Math.max(run.settings.samples, samples);
  return { run, file };
}

/** Keeps a run of samples from elsewhere. Its file is named after a digest of prompt and samples. */
export async function saveImported(folder: string | null, run: Run): Promise<void> {
  if (folder === null) return;
  const texts = [run.base, run.rlhf].map((side) => side?.samples.map(({ text }) => text) ?? null);
  const name = digestName(JSON.stringify([run.prompt, texts]));
  await saveFile(join(folder, name), serializeRun(run));
}

/** A run as if no more samples had been asked for; the samples themselves are the same. */
export function firstSamples(run: Run, samples: number): Run {
  const first = (drawn: Run[Role]): Run[Role] => {
    const kept = drawn?.samples.filter(({ index }) => index < samples) ?? [];
    if (!drawn || kept.length === drawn.samples.length) return drawn;
    return bareSide({ ...drawn, samples: kept });
  };
  const settings = { ...run.settings, samples };
  return { ...run, settings, rlhf: first(run.rlhf), base: first(run.base) };
}

/**
 * The file in the folder of runs, if there is one. It is named after a digest of all that decides on a sample, so that
 * other settings or models never get each other's, and a prompt never becomes a path.
 */
export function runFile(
  { runs, seed, maxTokens, frame, chat, samplers }: DrawOptions,
  models: PairIdentities,
  prompt: string,
): string | null {
  if (runs === null) return null;
  const origin = JSON.stringify([
    prompt,
    seed,
    maxTokens,
    frame,
    samplers,
    models.base?.sha256 ?? null,
    models.rlhf?.sha256 ?? null,
    chat,
  ]);
  return join(runs, digestName(origin));
}

function digestName(origin: string): string {
  const digest = createHash("sha256").update(origin).digest("hex").slice(0, 16);
  return `${digest}.twinlens.json`;
}
