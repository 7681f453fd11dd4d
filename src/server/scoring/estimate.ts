import { readable } from "../../jobs/scoring/columns";
import { resolveWindows } from "../../jobs/scoring/windows";
import type { Estimate } from "../../protocol/documents";
import type { Role } from "../../protocol/roles";
import type { ScoringSettings } from "../../protocol/settings";
import { all, oneByOne } from "../models/eachModel";
import type { Models } from "../models/models";
import type { Model } from "../models/slot";
import { storeKey, windowSettings, type ScoreTask } from "./scoreJob";
import type { ScoreStore } from "./scoreStore";

/** Rates measured so far, seconds per token, by model. */
export type Rates = WeakMap<object, number>;

/** Characters from which the number of characters per token is estimated. */
const SAMPLE_LENGTH = 20_000;
/** Tokens scored to measure a rate. */
const SAMPLE_TOKENS = 64;
/** Shorter jobs are not worth measuring: they take a few times as long as the measurement. */
const WORTH_MEASURING = 4 * SAMPLE_TOKENS;

/**
 * How long a task takes under the pair, from its length and each model's measured rate. Loads the models, which the
 * job needs anyway, unless the scores lie on the disk. Two models are measured at once where the job scores them at
 * once: whether they run side by side or in turns, the slower one's time is then the time of both.
 */
export async function estimateJob(
  task: ScoreTask,
  models: Models,
  store: ScoreStore,
  rates: Rates,
  onLoading: (role: Role, fraction: number) => void,
  signal: AbortSignal,
): Promise<Estimate> {
  const { text, range, settings } = task;
  const part = range ? text.slice(range.start, range.endExclusive) : text;
  const estimateRole = async (role: Role) => {
    const model = await models.load(role, (fraction) => onLoading(role, fraction), signal);
    const tokens = await countTokens(part, model, signal);
    if (tokens < WORTH_MEASURING) return { tokens, seconds: null };
    const rate = await rateOf(part, model, rates, signal);
    return { tokens, seconds: rate * decoded(tokens, model, settings) };
  };
  return models.use(async () => {
    const missing: Role[] = [];
    for (const role of models.roles()) {
      if (!(await store.has(models.chosen(role)!, storeKey(task, role)))) missing.push(role);
    }
    const together = missing.length > 1 && (await models.loadTogether(onLoading, signal));
    const parts = together
      ? await all(missing, estimateRole)
      : await oneByOne(missing, estimateRole);
    const seconds = parts.map((part) => part.seconds ?? NaN);
    const total = together ? Math.max(...seconds) : seconds.reduce((a, b) => a + b, 0);
    return {
      seconds: Number.isNaN(total) ? null : total,
      tokens: Math.max(0, ...parts.map((part) => part.tokens)),
    };
  });
}

async function countTokens(
  text: string,
  { engine, loaded }: Model,
  signal: AbortSignal,
): Promise<number> {
  const sample = text.slice(0, SAMPLE_LENGTH);
  if (sample === "") return 0;
  const { id } = await engine.tokenize(loaded.id, sample, signal);
  return Math.round((id.length * text.length) / sample.length);
}

/** Every window but the first decodes its context again: window / stride times as many tokens. */
function decoded(tokens: number, { loaded }: Model, settings: ScoringSettings): number {
  const { mode, window, stride } = resolveWindows(
    windowSettings(settings),
    loaded.facts.trainedContext,
  );
  const isOnce = mode === "llama.cpp-compatible" || tokens <= window;
  return isOnce ? tokens : window + ((tokens - window) * window) / stride;
}

async function rateOf(
  text: string,
  { engine, loaded }: Model,
  rates: Rates,
  signal: AbortSignal,
): Promise<number> {
  const known = rates.get(loaded);
  if (known !== undefined) return known;
  const { id } = await engine.tokenize(loaded.id, text.slice(0, SAMPLE_LENGTH), signal);
  const tokens = id.subarray(0, SAMPLE_TOKENS);
  const distribution = readable(engine, { topK: 1 });
  const request = { model: loaded.id, tokens, scoredStart: 1, distribution };
  const start = performance.now();
  await engine.score(request, () => undefined, signal);
  const rate = (performance.now() - start) / 1000 / tokens.length;
  rates.set(loaded, rate);
  return rate;
}
