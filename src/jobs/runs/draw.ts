import { formatBytes } from "../../analysis/presentation/format";
import { countCodePoints } from "../../analysis/text/codePoints";
import { type ModelIdentity, sameModel } from "../../protocol/modelIdentity";
import type { Role } from "../../protocol/roles";
import { sequencesOf } from "../../engine/blocks";
import type { Engine, LoadedModel, Sample, Vocabulary } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { availableMemory, RESERVE_BYTES } from "../../engine/freeMemory";
import { isControl, pieceBytes, textOfPieces } from "../../engine/pieces";
import { namedAdapter } from "../../formats/adapter";
import {
  bareSide,
  modelSource,
  type ModelSource,
  NOT_SCORED,
  type RunModel,
  type RunSample,
  type RunSide,
  modelTitle,
} from "../../formats/run";
import { promptTokens } from "./prompt";
import { chooseWidth, type DrawSettings } from "./settings";

export interface DrawRequest {
  readonly engine: Engine;
  readonly role: Role;
  readonly model: LoadedModel;
  /** Of the model's file; null while it is unknown. */
  readonly sha256: string | null;
  /** As the user wrote it. */
  readonly prompt: string;
  readonly settings: DrawSettings;
  /** What an interrupted run has already: the other samples are drawn. */
  readonly earlier?: RunSide | null;
  /** The side as it will be returned, before the first sample; its samples grow, whatever happens. */
  readonly onStart?: (side: RunSide) => void;
  readonly onSample?: (sample: RunSample) => void;
  /** Tokens drawn so far in this call. */
  readonly onTokens?: (tokens: number) => void;
  readonly signal?: AbortSignal;
}

/** An interrupted run can't go on with another model or another form of the prompt; the message names the difference. */
export class OtherRunError extends Error {
  override readonly name = "OtherRunError";
}

/**
 * Draws a model's continuations of a prompt. After a cancel the finished ones are returned: fewer than
 * `settings.samples`.
 * @throws EngineError `NoChatTemplate` and `TemplateFailed` (RLHF), `ContextTooSmall`, `TextTooShort`, `OutOfMemory`, `EngineCrashed`;
 * OtherRunError. What `onStart` got has the finished samples all the same.
 */
export async function drawRole(request: DrawRequest): Promise<RunSide> {
  const { engine, role, model, settings, signal, earlier = null } = request;
  const { chat, clock, baseFrame: frame } = settings;
  const written = { text: request.prompt, frame, clock };
  const prompt = await promptTokens({ engine, loaded: model }, role, written, chat, signal);
  if (prompt.length === 0) {
    throw new EngineError("TextTooShort", `The prompt is empty. ${model.facts.name} needs one.`);
  }
  const source: ModelSource = {
    kind: "model",
    role,
    model: toRunModel(model, request.sha256),
    // Control tokens included: exactly as it was sent.
    prompt: textOfPieces(model.vocabulary, prompt),
    frame: role === "base" ? frame : null,
    sampler: settings.samplers[role],
  };
  const side = bareSide({ source, samples: [...(earlier?.samples ?? [])] });
  if (earlier !== null) checkSameOrigin(earlier, source);
  const { samples, maxTokens, seed, samplers } = settings;
  const room = prompt.length + maxTokens;
  const free = availableMemory();
  const width = settings.width ?? chooseWidth(model.keyValueBytesPerToken, room, free);
  const have = new Set(side.samples.map((sample) => sample.index));
  const missing = Array.from({ length: samples }, (_, i) => i).filter((i) => !have.has(i));
  const advice = "Close other programs, or start a new run of shorter samples.";
  checkMemory(model, sequencesOf(width, missing.length), room, free, advice);
  request.onStart?.(side);

  const onSample = (drawn: Sample) => {
    const sample = toRunSample(drawn, model.vocabulary);
    side.samples.push(sample);
    request.onSample?.(sample);
  };
  const sampler = samplers[role];
  const drawing = { model: model.id, prompt, samples: missing, width, maxTokens, seed, sampler };
  try {
    if (missing.length > 0) await engine.sample(drawing, onSample, request.onTokens, signal);
  } catch (error) {
    // Engines that are freed cancel their calls too, which the caller did not ask for.
    if (!signal?.aborted) throw error;
  } finally {
    side.samples.sort((a, b) => a.index - b.index);
  }
  return side;
}

/**
 * @param width sequences decoded together, 0: nothing is drawn
 * @param room tokens a sequence may grow to
 * @param advice what helps where memory is too small
 * @throws EngineError `OutOfMemory`
 */
export function checkMemory(
  model: LoadedModel,
  width: number,
  room: number,
  freeBytes: number,
  advice: string,
): void {
  const { name, device, trainedContext } = model.facts;
  // A GPU's own memory is not what is free here.
  if (width === 0 || device !== "CPU") return;
  // One more sequence keeps the prompt.
  const needed = (width + 1) * Math.min(room, trainedContext) * model.keyValueBytesPerToken;
  if (needed + RESERVE_BYTES <= freeBytes) return;
  throw new EngineError(
    "OutOfMemory",
    `Drawing up to ${width} samples of ${name} at once needs about ${formatBytes(needed)} of memory, ${formatBytes(freeBytes)} are free. ${advice}`,
  );
}

/** Samples of one run come from one model and one prompt. @throws OtherRunError */
function checkSameOrigin(earlier: RunSide, now: ModelSource): void {
  if (earlier.samples.length === 0) return;
  const before = modelSource(earlier);
  if (before === null) throw otherModel("come from elsewhere");
  checkSameModel(before.model, now.model);
  checkSamePrompt(before.prompt, now.prompt);
}

/** A model as a run's file names it. */
export function toRunModel({ facts }: LoadedModel, sha256: string | null): RunModel {
  const { name, path, quantisation, engineVersion } = facts;
  const adapter = namedAdapter(facts);
  return { name, path, sha256, ...(adapter && { adapter }), quantisation, engineVersion };
}

/**
 * @param before the prompt as the model got it, control tokens included
 * @throws OtherRunError
 */
export function checkSamePrompt(before: string, now: string): void {
  if (before === now) return;
  throw new OtherRunError(
    "The model would get the prompt in another form than before. Choose the same instruction frame, system prompt, chat template and template variables to go on, or start a new run.",
  );
}

/**
 * @param relation what `before` has to do with a run's samples
 * @throws OtherRunError unless both are the same model, as far as is known
 */
export function checkSameModel(
  before: RunModel | null,
  now: RunModel,
  relation: "come from" | "were scored by" = "come from",
): void {
  if (before === null || sameModel(identityOf(before), identityOf(now))) return;
  throw otherModel(`${relation} ${modelTitle(before)}`);
}

/** A run is opened anywhere: where no digest is known, the model's name and type stand for it. */
function identityOf(model: RunModel): ModelIdentity {
  return { sha256: model.sha256, stamp: modelTitle(model) };
}

function otherModel(relation: string): OtherRunError {
  return new OtherRunError(
    `These samples ${relation}, which is not the model in use. Choose that model, or start a new run.`,
  );
}

/** A drawn continuation as the run's file holds it: natural logarithms, starts in code points. */
export function toRunSample(sample: Sample, vocabulary: Vocabulary): RunSample {
  return {
    index: sample.index,
    ended: sample.ended,
    text: sample.text,
    tokens: {
      ids: Array.from(sample.ids),
      starts: tokenStarts(sample.ids, vocabulary),
      logProbabilities: Array.from(sample.logProbability),
      entropies: Array.from(sample.entropy),
    },
    scored: NOT_SCORED,
  };
}

/** Code points before each token; a token that begins inside a character begins with that character. */
function tokenStarts(ids: Int32Array, vocabulary: Vocabulary): number[] {
  // The decoder gives a character once its last byte is there, and broken ones as it does in the whole text.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let characters = 0;
  return Array.from(ids, (id) => {
    const start = characters;
    if (!isControl(vocabulary, id)) {
      const piece = pieceBytes(vocabulary, id);
      characters += countCodePoints(decoder.decode(piece, { stream: true }));
    }
    return start;
  });
}
