import type { Readable, Writable } from "node:stream";
import { visibleText } from "../../analysis/presentation/format";
import { cancelled } from "../../engine/errors";
import { modelDigest } from "../../engine/modelFiles";
import type { DistributionRequest } from "../../engine/engine";
import { loadToScore } from "../../jobs/scoring/loadToScore";
import { scoreTextAfter } from "../../jobs/scoring/textAfter";
import { wordModels } from "../../jobs/scoring/wordModels";
import type { TextScores } from "../../protocol/textScores";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { View } from "../../protocol/settings";
import { boundaryOf } from "../../protocol/words";
import { toTokenCsv } from "../../formats/tokenCsv";
import { toWordCsv } from "../../formats/wordCsv";
import { type ExportedModel, type ExportedText, toScoreDocument } from "../../report/document";
import { toWordDocument } from "../../report/wordDocument";
import { toJson } from "../../analysis/presentation/json";
import type { Format, ScoreOptions } from "../arguments/arguments";
import { ExitCode, Failure } from "../exit";
import { readInput, type InputText } from "../input/input";
import type { ChosenModels } from "../arguments/modelPaths";
import { Problems } from "../output/problems";
import { createProgress, type Progress } from "../output/progress";
import { usesColour } from "../output/palette";
import { toColouredText } from "../output/text";
import { visibleLines } from "../output/visibleLines";
import { Engines } from "../../engine/local/engines";
import { loadOptions } from "../runs/loadOptions";
import { measureFiles } from "./measureFiles";
import type { ScoringJob, Surroundings } from "./scoringJob";
import { withAgreement } from "./withAgreement";

/**
 * Scores texts, and writes what was asked for. A text that can't be read or scored is reported, and the others go on.
 * @returns the exit code
 * @throws EngineError `Cancelled`, or what keeps a model from being used at all
 */
export async function scoreFiles(
  options: ScoreOptions,
  models: ChosenModels,
  surroundings: Surroundings,
): Promise<number> {
  const { output, messages } = surroundings;
  // Asked before anything is loaded: it may be one that the models don't have.
  const view = viewOf(options.view, models);
  if (options.agreement && !(models.base && models.rlhf)) {
    throw new Failure("--agreement compares two models: give --base and --rlhf.");
  }
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const context = await readContext(options, surroundings, problems);
  // Without its context no text can be scored.
  if (problems.count > 0) return ExitCode.Failure;
  const engines = new Engines({
    script: surroundings.engineScript,
    gpuFolder: surroundings.gpuFolder,
    onLog: (line) => {
      if (options.verbose) messages.write(`${visibleText(line)}\n`);
    },
  });
  try {
    const job = { options, context, models, engines, progress, problems, surroundings };
    const written =
      options.format === "table"
        ? await measureFiles(job)
        : await listTokens(job, options.format, view);
    if (written !== null) await write(output, written);
    return problems.count > 0 ? ExitCode.Failure : ExitCode.Success;
  } finally {
    progress.clear();
    engines.dispose();
  }
}

/**
 * Every token of every text. They are scored under one model, then under the other, so that only one is in memory at a time.
 * @returns null where no text could be scored
 */
async function listTokens(
  scoring: ScoringJob,
  format: Exclude<Format, "table">,
  view: View,
): Promise<string | null> {
  const { options, context, models: chosen, engines, progress, problems, surroundings } = scoring;
  const { input, output, environment, version, signal } = surroundings;
  const texts = await readInputs(options, input, problems, signal);
  if (texts.length === 0) return null;
  const { words } = options;
  const distribution = words ? { topK: 0 } : neededFor(format, view, options.alternatives);
  const job = { engines, options, context, distribution, texts, progress, problems, signal };
  const base = chosen.base && (await scoreRole(job, "base", chosen.base));
  const rlhf = chosen.rlhf && (await scoreRole(job, "rlhf", chosen.rlhf));
  const scored: ExportedText[] = texts
    .map(({ name, text }, i) => ({
      name,
      text,
      base: base?.scores[i] ?? null,
      rlhf: rlhf?.scores[i] ?? null,
    }))
    .filter((text) => text.base !== null || text.rlhf !== null);
  const compared = options.agreement ? await withAgreement(scored, scoring) : scored;
  progress.clear();
  if (scored.length === 0) return null;
  const models = { base: base?.model ?? null, rlhf: rlhf?.model ?? null };
  const shown = (csv: string) => (output.isTTY ? visibleLines(csv) : csv);
  if (words) {
    const document = toWordDocument(version, wordModels(models, words), scored, words, context);
    return format === "csv" ? shown(toWordCsv(document)) : `${toJson(document)}\n`;
  }
  switch (format) {
    case "text": {
      const colour = usesColour(output.isTTY ?? false, environment);
      return scored.map((one) => toColouredText(one, view, colour)).join("\n");
    }
    case "json":
      return `${toJson(toScoreDocument(version, models, compared, context))}\n`;
    case "csv":
      return shown(toTokenCsv(toScoreDocument(version, models, scored, context)));
  }
}

/** What a format shows of the whole distribution at each token; null: nothing. */
function neededFor(
  format: Exclude<Format, "table">,
  view: View,
  topK: number,
): DistributionRequest | null {
  if (format === "json") return { topK };
  const showsRanks = format === "csv" || view === "rank" || view === "baseRank";
  return showsRanks ? { topK: 0 } : null;
}

interface Job {
  readonly engines: Engines;
  readonly options: ScoreOptions;
  readonly context: InputText | null;
  readonly distribution: DistributionRequest | null;
  readonly texts: readonly InputText[];
  readonly progress: Progress;
  readonly problems: Problems;
  readonly signal: AbortSignal;
}

/** Scores of every text, null where it could not be scored, and what an export says of the model. */
async function scoreRole(
  { engines, options, context, distribution, texts, progress, problems, signal }: Job,
  role: Role,
  chosen: ChosenModel,
): Promise<{ scores: (TextScores | null)[]; model: ExportedModel }> {
  const { settings, words } = options;
  const wanted = { settings, distribution, boundary: words && boundaryOf(words) };
  const loading = loadOptions(chosen, options, progress, signal);
  // The model is read through for its digest anyway.
  const load = () => loadToScore(engines.current(), chosen, loading, modelDigest);
  let model = await load();
  const score = async ({ name, text }: InputText): Promise<TextScores> => {
    if (engines.isNew) model = await load();
    const onProgress = (_: unknown, __: unknown, fraction: number) =>
      progress.show(`${ROLE_NAMES[role]}  ${name}`, fraction);
    const engine = engines.current();
    const read = { text, context: context?.text ?? "" };
    return scoreTextAfter({ engine, model, ...read, ...wanted, onProgress, signal });
  };
  const scores: (TextScores | null)[] = [];
  for (const text of texts) {
    scores.push(await problems.noting(text.name, score(text)));
    if (signal.aborted) throw cancelled();
  }
  const sha256 = await modelDigest(model.facts);
  if (!engines.isNew) await engines.current().unload(model.id);
  return { scores, model: { sha256, vocabulary: model.vocabulary } };
}

/** null: there is none, or it can't be read, which is noted. */
async function readContext(
  { context, encoding }: ScoreOptions,
  { input, signal }: Surroundings,
  problems: Problems,
): Promise<InputText | null> {
  if (context === null) return null;
  const warn = (message: string) => problems.warn(message);
  return problems.noting(context, readInput(context, input, { encoding, warn }, signal));
}

async function readInputs(
  { files, encoding }: ScoreOptions,
  input: Readable,
  problems: Problems,
  signal: AbortSignal,
): Promise<InputText[]> {
  const texts: InputText[] = [];
  for (const file of files) {
    const decoding = { encoding, warn: (message: string) => problems.warn(message) };
    const text = await problems.noting(file, readInput(file, input, decoding, signal));
    if (text !== null) texts.push(text);
  }
  return texts;
}

/** The view that was asked for, or the most informative one for the models given; ranks are the only model's where there is one. */
function viewOf(asked: View | null, { base, rlhf }: { base: unknown; rlhf: unknown }): View {
  const possible: View[] = [
    ...(base && rlhf ? (["difference"] as const) : []),
    ...(base ? (["base", "baseRank"] as const) : []),
    ...(rlhf ? (["rlhf", "rank"] as const) : []),
  ];
  if (asked === null) return possible[0]!;
  if (asked === "rank" && !rlhf) return "baseRank";
  if (possible.includes(asked)) return asked;
  throw new Failure(`The view "${asked}" needs a model that is not given.`);
}

/** Resolves when everything is handed over, however slowly it is read. */
async function write(output: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
