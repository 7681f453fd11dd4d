/** A writer's samples of a prompt, as its model draws them. */
import type { LoadedModel, ScoringModel } from "../../../engine/engine";
import { cancelled, EngineError, type EngineErrorCode } from "../../../engine/errors";
import type { RunSide } from "../../../formats/run";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { countNgrams } from "../../runs/baseTokens";
import { SAMPLE_WINDOWS } from "../../runs/bits";
import { drawRole } from "../../runs/draw";
import { RAW_FRAME, samplersOf } from "../../runs/settings";
import { resolveWindows } from "../../scoring/windows";
import { describeModel } from "../documentRows";
import { CHAT, CLOCK } from "./chat";
import { sideAt } from "./sampleRuns";
import { openRun, type SamplesPass } from "./samplesWork";
import { roleOf } from "./writers";

/** What a prompt is at fault for, while a model can draw of others. */
const PROMPT_FAULTS: readonly EngineErrorCode[] = [
  "ContextTooSmall",
  "StretchTooLong",
  "TextTooShort",
];

/**
 * Draws a writer's samples of a prompt, and counts their n-grams; what is compared stands in the prompt's run.
 * @returns null: the model can't draw of this prompt, which is then left out for all writers: means are over the same prompts
 * @throws as of `measureSamples`
 */
export async function drawOrLeaveOut(
  pass: SamplesPass,
  writer: Writer,
  prompt: number,
): Promise<RunSide | null> {
  try {
    return await drawPrompt(pass, writer, prompt);
  } catch (error) {
    if (!(error instanceof EngineError) || !PROMPT_FAULTS.includes(error.code)) throw error;
    const { cell, onDone } = pass;
    cell.failed = [...cell.failed, { document: promptName(prompt), reason: error.message }];
    cell.samples = cell.samples.filter((row) => row.prompt !== prompt);
    onDone();
    return null;
  }
}

/** Whether a prompt was left out. */
export function hasFailed({ failed }: ResultCell, prompt: number): boolean {
  return failed.some(({ document }) => document === promptName(prompt));
}

function promptName(prompt: number): string {
  return `prompt ${prompt + 1}`;
}

async function drawPrompt(pass: SamplesPass, writer: Writer, prompt: number): Promise<RunSide> {
  const { models, sha256, settings, prompts, signal } = pass;
  const { stage, purpose, topP, seed, frame, maxTokens } = writer;
  const role = roleOf(writer);
  const { engine, model } = await models.hold(stage);
  noteModel(pass, stage, model);
  const common = { temperature: 1, topK: 0, minP: 0 };
  const kept = purpose === "compared" ? await openRun(pass, prompt) : null;
  const side = await drawRole({
    engine,
    role,
    model,
    sha256: sha256.get(stage) ?? null,
    prompt: prompts[prompt]!.text,
    settings: {
      samples: settings.samples,
      seed: seed!,
      maxTokens: maxTokens!,
      width: null,
      chat: CHAT,
      clock: CLOCK,
      baseFrame: frame?.text ?? RAW_FRAME,
      samplers: samplersOf(common, { base: topP!, rlhf: topP! }),
    },
    earlier: kept && sideAt(kept.run, role, topP!),
    signal,
  });
  if (!signal.aborted) {
    const counter = await counterOf(pass, model);
    side.ngrams ??= await countNgrams(engine, counter, side.samples, signal);
  }
  if (kept) {
    // A run's prompt is made anew at the time of its creation.
    kept.run.created = new Date(CLOCK).toISOString();
    kept.run[role] = side;
    await kept.save();
  }
  if (signal.aborted) throw cancelled();
  return side;
}

/** What a result says of a model, in the order of stages. */
function noteModel(
  { cell, models, sha256 }: SamplesPass,
  stage: string,
  model: ScoringModel,
): void {
  if (cell.models.some((one) => one.stage === stage)) return;
  const settings = resolveWindows(SAMPLE_WINDOWS, model.facts.trainedContext);
  const described = describeModel(stage, { model: model.facts, settings }, sha256);
  const place = ({ stage: of }: { readonly stage: string }) => models.roles.indexOf(of);
  cell.models = [...cell.models, described].sort((a, b) => place(a) - place(b));
}

/** n-grams are of the base model's tokens; a model with the same tokenizer has the same. */
async function counterOf({ models }: SamplesPass, drawer: LoadedModel): Promise<LoadedModel> {
  const { together, roles } = models;
  const base = roles[0]!;
  if (together) return (await models.hold(base)).model;
  const digest = models.factsOf(base)?.tokenizerDigest;
  return digest === drawer.facts.tokenizerDigest ? drawer : (await models.hold(base)).model;
}
