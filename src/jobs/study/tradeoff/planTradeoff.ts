/** What is trained on and what is measured, and how, known before anything is drawn (docs/definitions.md, "The trade-off in motion"). */
import { fileName } from "../../../analysis/presentation/modelName";
import { EngineError, isTextFault } from "../../../engine/errors";
import type { Tradeoff } from "../../../formats/study/tradeoff";
import {
  DEFAULT_LOW_RANK,
  DEFAULT_WINDOW,
  DEFAULT_WINDOWS_PER_STEP,
  OPTIMIZERS,
} from "../../adaptation/settings";
import type { HeldModel } from "../../scoring/scoreWindow";
import { resolveWindows } from "../../scoring/windows";
import { isSmall } from "../readaptation/kinds";
import { dividePrompts, type NumberedText } from "./dividePrompts";
import { drawersPrompt } from "./drafts";
import type { TradeoffPass } from "./tradeoffWork";

export interface TradeoffPlan {
  readonly plan: Tradeoff;
  /** Prompts that can't be used, and why. */
  readonly failed: readonly { readonly document: string; readonly reason: string }[];
}

/** @throws EngineError `TextTooShort` where there are too few prompts, `ContextTooSmall` where a window is longer than the model's context */
export async function planTradeoff(pass: TradeoffPass, base: HeldModel): Promise<TradeoffPlan> {
  const { settings, seed } = pass;
  const { facts } = base.model;
  const kind = settings.weights ?? (isSmall(facts.parameters) ? "all" : "lora");
  const window = windowOf(pass, base);
  const { usable, failed } = await usablePrompts(pass, base, window);
  const { scorer, bestOf, topP, tokens: maxTokens, samples, epochs } = settings;
  const plan: Tradeoff = {
    stage: pass.pair.stages[0]!.name,
    ...{ scorer, judge: judgeOf(pass), bestOf, topP, maxTokens, samples },
    weights: kind,
    rank: kind === "all" ? null : (settings.rank ?? DEFAULT_LOW_RANK.rank),
    alpha: kind === "all" ? null : (settings.alpha ?? DEFAULT_LOW_RANK.alpha),
    learningRate: settings.learningRate[kind] ?? OPTIMIZERS[kind].learningRate,
    weightDecay: OPTIMIZERS[kind].weightDecay,
    windowsPerStep: settings.windowsPerStep ?? DEFAULT_WINDOWS_PER_STEP,
    ...{ epochs, window, seed },
    prompts: dividePrompts(usable, settings.measuredPrompts, seed, reasonOf(failed)),
    heldOut: [],
    rounds: [],
    file: null,
    fileSha256: null,
  };
  return { plan, failed };
}

function reasonOf([first]: TradeoffPlan["failed"]): string | null {
  return first === undefined ? null : `${first.document}: ${first.reason}`;
}

function judgeOf({ settings, sources }: TradeoffPass): Tradeoff["judge"] {
  const { judge } = settings;
  return (
    judge && {
      name: fileName(judge.model),
      sha256: sources?.judge ?? "",
      question: judge.question,
    }
  );
}

/** Tokens that a window of training holds. */
function windowOf({ settings }: TradeoffPass, { model }: HeldModel): number {
  const { trainedContext, name } = model.facts;
  const { window, tokens } = settings;
  if (window === null) return Math.min(trainedContext, Math.max(DEFAULT_WINDOW, 2 * tokens));
  if (window <= trainedContext) return window;
  throw new EngineError(
    "ContextTooSmall",
    `${name} was trained with a context of ${trainedContext} tokens: windows of ${window} are too long. Choose shorter ones (tradeoff.window).`,
  );
}

/** A prompt and its sample are one piece, which a window of training holds, and one window in which they are read. */
async function usablePrompts(pass: TradeoffPass, base: HeldModel, window: number) {
  const { prompts, settings, windows, signal } = pass;
  const read = resolveWindows(windows, base.model.facts.trainedContext).window;
  const room = Math.min(window, read) - settings.tokens;
  const usable: NumberedText[] = [];
  const failed: { document: string; reason: string }[] = [];
  for (const [number, { text }] of prompts.entries()) {
    const reason = await faultOf(text);
    if (reason === null) usable.push({ number, text });
    else failed.push({ document: `prompt ${number + 1}`, reason });
  }
  return { usable, failed };

  async function faultOf(text: string): Promise<string | null> {
    try {
      const { length } = await drawersPrompt(base, text, signal);
      if (length === 0) return "It is empty.";
      if (length <= room) return null;
      return `Its ${length} tokens and the ${settings.tokens} of a sample are more than fit into a window of ${Math.min(window, read)}. Choose shorter samples, or longer windows (tradeoff.window, windows).`;
    } catch (error) {
      if (!isTextFault(error) || error.code === "EngineCrashed") throw error;
      return error.message;
    }
  }
}
