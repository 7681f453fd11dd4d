import { promptOf, scoreText } from "../../jobs/scoring/scoreText";
import type { TextScores } from "../../protocol/textScores";
import { promptTokens } from "../../jobs/runs/prompt";
import { RAW_FRAME } from "../../jobs/runs/settings";
import type { Role } from "../../protocol/roles";
import type { RunPrompt } from "../../protocol/runPrompt";
import type { TextRange, TokenRange, WindowSettings } from "../../protocol/scores";
import { type ScoringSettings, TEXT_SCORING_SETTINGS, wordChoiceOf } from "../../protocol/settings";
import { boundaryOf } from "../../protocol/words";
import { chatForm } from "../settings/chatSettings";
import { shiftColumns, type Layer, type LayerScores } from "../documents/layers";
import { eachModel } from "../models/eachModel";
import type { Models } from "../models/models";
import type { Model } from "../models/slot";
import type { Scope } from "./scope";
import type { ScoreKey, ScoreStore } from "./scoreStore";

/** What is to be scored, and how. */
export interface ScoreTask extends Scope {
  readonly text: string;
  readonly settings: ScoringSettings;
}

/** One scoring of one document. */
export interface ScoreJob extends ScoreTask {
  /** What earlier jobs found for earlier versions of the text. */
  readonly previous: Layer;
  /** On screen now; asked before every window. */
  readonly visible: () => TextRange | null;
  /** Whether results go to the disk. */
  readonly keep: boolean;
}

/** Follows a job. */
export interface JobListener {
  loading(role: Role, fraction: number): void;
  tokenizing(): void;
  /** New rows of one model; `fraction` of the whole job. */
  scored(role: Role, scores: LayerScores, fraction: number): void;
}

/**
 * Scores a document under both models: from the disk where that was done before, else window by window, the two at
 * once, or one after the other where memory does not hold both. After a cancel the scores so far have been reported.
 * @returns whether everything wanted is scored
 */
export async function runScoreJob(
  job: ScoreJob,
  models: Models,
  store: ScoreStore,
  listener: JobListener,
  signal: AbortSignal,
): Promise<boolean> {
  const roles = models.roles();
  const fractions = new Map<Role, number>(roles.map((role) => [role, 0]));
  const tell = (role: Role, scores: LayerScores, fraction: number) => {
    fractions.set(role, fraction);
    const sum = [...fractions.values()].reduce((a, b) => a + b, 0);
    listener.scored(role, scores, sum / roles.length);
  };

  // Taken now: the chat template's file may have changed by the time the scores are written.
  const keys = new Map(roles.map((role) => [role, storeKey(job, role)]));
  const missing: Role[] = [];
  for (const role of roles) {
    const known = await store.read(models.chosen(role)!, keys.get(role)!);
    if (known) tell(role, { ...known, scores: placed(known.original, job, role) }, 1);
    else missing.push(role);
  }
  if (missing.length === 0) return true;

  const score = async (role: Role, model: Model): Promise<boolean> => {
    const prefix = await promptPrefix(job, role, model, signal);
    const describe = (original: TextScores): LayerScores => ({
      original,
      scores: placed(original, job, role),
      prefix,
      vocabulary: model.loaded.vocabulary,
    });
    const scores = describe(
      await scoreRole(job, role, model, prefix, signal, (partial, fraction) =>
        tell(role, describe(partial), fraction),
      ),
    );
    tell(role, scores, fractions.get(role)!);
    if (scores.original.complete && job.keep) store.write(keys.get(role)!, scores);
    return scores.original.complete;
  };

  return models.use(async () => {
    const loading = {
      onLoading: (role: Role, done: number) => listener.loading(role, done),
      onLoaded: () => listener.tokenizing(),
      signal,
    };
    const complete = await eachModel(models, missing, loading, score);
    return complete.every(Boolean);
  });
}

function scoreRole(
  job: ScoreJob,
  role: Role,
  { engine, loaded }: Model,
  prefix: Int32Array | null,
  signal: AbortSignal,
  onPartial: (scores: TextScores, fraction: number) => void,
): Promise<TextScores> {
  const offset = textOffset(job, role);
  const settings = roleWindows(job.settings, prefix);
  const previous = job.previous[role];
  const isReply = isAnswer(job, role);
  // Rows depend on what stands before the text: another prompt leaves nothing to take over. Nor does a part want the rows
  // in front of it.
  const isSameContext = previous !== null && equalPrefixes(previous.prefix, prefix);
  const takesOver = isSameContext && (job.range === null || isReply);
  const partly = { model: loaded.facts, settings, prompt: promptOf(loaded, prefix) };
  return scoreText({
    engine,
    model: loaded,
    text: isReply ? job.text.slice(job.range!.start, job.range!.endExclusive) : job.text,
    settings,
    distribution: { topK: job.settings.topK },
    boundary: boundaryOf(wordChoiceOf(job.settings)),
    visible: () => shifted(job.visible(), -offset),
    ...(job.range && !isReply && { range: job.range }),
    ...(prefix && { prefix }),
    ...(takesOver && { previous: previous.original }),
    onProgress: (columns, scoredRange: TokenRange, fraction) =>
      onPartial({ ...partly, columns, scoredRange, complete: false }, fraction),
    signal,
  });
}

/** The RLHF model sees the prompt in its chat template and scores the answer alone; the base model sees raw text. */
function isAnswer(job: ScoreTask, role: Role): boolean {
  return job.asReply && role === "rlhf" && job.range !== null;
}

/** Where the text that the model scores begins in the document. */
function textOffset(job: ScoreJob, role: Role): number {
  return isAnswer(job, role) ? job.range!.start : 0;
}

async function promptPrefix(
  job: ScoreJob,
  role: Role,
  model: Model,
  signal: AbortSignal,
): Promise<Int32Array | null> {
  const prompt = isAnswer(job, role) ? promptBefore(job) : job.prompt;
  return prompt && promptTokens(model, role, prompt, chatForm(job.settings), signal);
}

/** The prompt of an answer. Blanks around it belong to the document's layout. */
function promptBefore(job: ScoreJob): RunPrompt {
  const text = job.text.slice(0, job.range!.start).trim();
  return { text, frame: RAW_FRAME, clock: Date.now() };
}

function placed(original: TextScores, job: ScoreJob, role: Role): TextScores {
  return { ...original, columns: shiftColumns(original.columns, textOffset(job, role)) };
}

/**
 * The key under which the scores of one model are kept on disk.
 * @throws EngineError `TemplateFailed` where the chat template's file can't be read
 */
export function storeKey(job: ScoreTask, role: Role): ScoreKey {
  return {
    text: job.text,
    parameters: {
      settings: TEXT_SCORING_SETTINGS.map((name) => job.settings[name]),
      range: job.range,
      prompt: promptKey(job, role),
    },
  };
}

/** What decides a model's prompt, beside the text that an answer's prompt stands in; null: there is none. */
function promptKey(job: ScoreTask, role: Role): unknown {
  const { prompt, settings } = job;
  if (isAnswer(job, role)) return { chat: chatForm(settings) };
  if (prompt === null) return null;
  const { text, frame, clock } = prompt;
  return role === "base" ? { text, frame } : { text, clock, chat: chatForm(settings) };
}

/** As the engine wants them; zeros stand for its defaults. */
export function windowSettings(settings: ScoringSettings): WindowSettings {
  const { compatible, window, stride, bos } = settings;
  const mode = compatible ? "llama.cpp-compatible" : "strided";
  return { mode, window, stride, maxWindows: 0, bos };
}

/** llama.cpp's program reads no prompt, so its windows have no room for one. */
function roleWindows(settings: ScoringSettings, prefix: Int32Array | null): WindowSettings {
  return windowSettings(prefix === null ? settings : { ...settings, compatible: false });
}

function shifted(range: TextRange | null, by: number): TextRange | null {
  return range && { start: range.start + by, endExclusive: range.endExclusive + by };
}

function equalPrefixes(a: Int32Array | null, b: Int32Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
