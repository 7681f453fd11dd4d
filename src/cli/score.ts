import type { Readable, Writable } from "node:stream";
import { visibleText } from "../analysis/format";
import { type EngineOptions, startEngine } from "../engine/local/client";
import type { Engine, ScoringModel } from "../engine/engine";
import { cancelled, isCancelled } from "../engine/errors";
import { modelDigest } from "../engine/modelFiles";
import { scoreText, type TextScores } from "../engine/scoring";
import { type Role, ROLE_NAMES } from "../protocol/roles";
import type { View } from "../protocol/settings";
import { toTokenCsv } from "../formats/tokenCsv";
import {
  type ExportedModel,
  type ExportedText,
  toScoreDocument,
  toScoreNumbers,
} from "../report/document";
import { toJson } from "../analysis/json";
import type { Format, ScoreOptions } from "./arguments";
import { ExitCode, Failure } from "./exit";
import { readInput, type InputText } from "./input";
import type { ModelPaths } from "./modelPaths";
import { createProgress, type Progress } from "./progress";
import { toTable } from "./table";
import { usesColour } from "./palette";
import { toColouredText } from "./text";

/** What the command needs from outside. */
export interface Surroundings {
  readonly version: string;
  /** The engine's child process. */
  readonly engineScript: string;
  readonly input: Readable;
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Scores all texts under one model, then under the other, so that only one is in memory at a time. A text that can't be
 * read or scored is reported, and the others go on.
 * @returns the exit code
 * @throws EngineError `Cancelled`, or what keeps a model from being used at all
 */
export async function scoreFiles(
  options: ScoreOptions,
  models: ModelPaths,
  surroundings: Surroundings,
): Promise<number> {
  const { output, messages, environment, signal } = surroundings;
  const view = viewOf(options.view, models);
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const texts = await readInputs(options.files, surroundings.input, problems, signal);
  if (texts.length === 0) return ExitCode.Failure;
  const engines = new Engines({
    script: surroundings.engineScript,
    onLog: (line) => {
      if (options.verbose) messages.write(`${visibleText(line)}\n`);
    },
  });
  try {
    const job = { engines, options, texts, progress, problems, signal };
    const base = models.base === null ? null : await scoreRole(job, "base", models.base);
    const rlhf = models.rlhf === null ? null : await scoreRole(job, "rlhf", models.rlhf);
    progress.clear();
    const scored: ExportedText[] = texts
      .map(({ name, text }, i) => ({
        name,
        text,
        base: base?.scores[i] ?? null,
        rlhf: rlhf?.scores[i] ?? null,
      }))
      .filter((text) => text.base !== null || text.rlhf !== null);
    if (scored.length > 0) {
      const roles = { base: base?.model ?? null, rlhf: rlhf?.model ?? null };
      const colour = usesColour(output.isTTY ?? false, environment);
      const text =
        options.format === "text"
          ? scored.map((one) => toColouredText(one, view, colour)).join("\n")
          : render(surroundings.version, roles, scored, options.format);
      await write(output, text);
    }
    return problems.count > 0 ? ExitCode.Failure : ExitCode.Success;
  } finally {
    progress.clear();
    engines.dispose();
  }
}

/** The engine in use: after a crash a new one, so that a text which ends it takes no other with it. */
class Engines {
  private running: Engine | null = null;

  constructor(private readonly options: EngineOptions) {}

  /** Nothing is loaded: none was started yet, or it has crashed. */
  get isNew(): boolean {
    return this.running === null;
  }

  current(): Engine {
    this.running ??= startEngine({ ...this.options, onCrash: () => (this.running = null) });
    return this.running;
  }

  dispose(): void {
    this.running?.dispose();
  }
}

interface Job {
  readonly engines: Engines;
  readonly options: ScoreOptions;
  readonly texts: readonly InputText[];
  readonly progress: Progress;
  readonly problems: Problems;
  readonly signal: AbortSignal;
}

/** Scores of every text, null where it could not be scored, and what an export says of the model. */
async function scoreRole(
  { engines, options, texts, progress, problems, signal }: Job,
  role: Role,
  path: string,
): Promise<{ scores: (TextScores | null)[]; model: ExportedModel }> {
  const { settings, gpu, threads } = options;
  const load = async (): Promise<ScoringModel> => {
    const engine = engines.current();
    const loaded = await engine.load(path, {
      gpu,
      threads,
      window: settings.window,
      batch: 0,
      compatible: settings.mode === "llama.cpp-compatible",
      windowMemoryBytes: 0,
      onProgress: (fraction) => progress.show(`Loading ${path}`, fraction),
      signal,
    });
    return engine.prepareScoring(loaded, signal);
  };
  let model = await load();
  const topK = options.format === "json" ? options.topK : 0;
  const score = async ({ name, text }: InputText): Promise<TextScores> => {
    if (engines.isNew) model = await load();
    const onProgress = (_: unknown, __: unknown, fraction: number) =>
      progress.show(`${ROLE_NAMES[role]}  ${name}`, fraction);
    const engine = engines.current();
    return scoreText({ engine, model, text, settings, topK, onProgress, signal });
  };
  const scores: (TextScores | null)[] = [];
  for (const text of texts) {
    scores.push(await problems.noting(text.name, score(text)));
    if (signal.aborted) throw cancelled();
  }
  const sha256 = await modelDigest(path);
  if (!engines.isNew) await engines.current().unload(model.id);
  return { scores, model: { sha256, vocabulary: model.vocabulary } };
}

/** Failures of single texts, reported line by line as they happen. */
class Problems {
  private readonly told = new Set<string>();

  constructor(
    private readonly messages: Writable,
    private readonly progress: Progress,
  ) {}

  get count(): number {
    return this.told.size;
  }

  /** The promise's value; null after a failure, which concerns this text only. */
  async noting<T>(name: string, promise: Promise<T>): Promise<T | null> {
    try {
      return await promise;
    } catch (error) {
      if (isCancelled(error) || !(error instanceof Error)) throw error;
      const line = `twinlens: ${visibleText(name)}: ${visibleText(error.message)}\n`;
      // Most failures are the same under both models.
      if (!this.told.has(line)) {
        this.progress.clear();
        this.messages.write(line);
      }
      this.told.add(line);
      return null;
    }
  }
}

async function readInputs(
  files: readonly string[],
  input: Readable,
  problems: Problems,
  signal: AbortSignal,
): Promise<InputText[]> {
  const texts: InputText[] = [];
  for (const file of files) {
    const text = await problems.noting(file, readInput(file, input, signal));
    if (text !== null) texts.push(text);
  }
  return texts;
}

/** Only formats that list tokens make the list, which takes many times the memory of the numbers. */
function render(
  version: string,
  models: Readonly<Record<Role, ExportedModel | null>>,
  texts: readonly ExportedText[],
  format: Exclude<Format, "text">,
): string {
  switch (format) {
    case "table":
      return toTable(toScoreNumbers(version, models, texts));
    case "json":
      return `${toJson(toScoreDocument(version, models, texts))}\n`;
    case "csv":
      return toTokenCsv(toScoreDocument(version, models, texts));
  }
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
