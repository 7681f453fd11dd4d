import { formatBytes } from "../../../analysis/presentation/format";
import { cancelled, EngineError } from "../../errors";
import { availableMemory, RESERVE_BYTES } from "../../freeMemory";
import type { TrainedWeights, TrainingEvent, TrainRequest } from "../../training";
import { Backend } from "../llama/backend";
import { allThreads } from "../llama/context";
import { GgufHeader } from "../llama/ggufHeader";
import type { Resident } from "../resident";
import { untrainable } from "./architecture";
import { checkRequest } from "./checkRequest";
import { descend } from "./descent";
import { Training } from "./training";

export interface TrainOptions {
  readonly onEvent: (event: TrainingEvent) => void;
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A window's loss may differ by so much of llama.cpp's. */
const TOLERANCE = 1e-3;
/** Where weights are quantised: llama.cpp rounds what it multiplies by them as well. */
const QUANTISED_TOLERANCE = 1e-2;

/** As `Engine.train`. @throws EngineError as that rejects */
export async function train(
  resident: Resident,
  request: TrainRequest,
  options: TrainOptions,
): Promise<TrainedWeights> {
  const { build, model } = resident;
  checkRequest(request, model.vocabulary.attributes.length);
  const nextTurn = async () => {
    await options.giveWay();
    if (options.signal.aborted) throw cancelled();
  };
  const held: { dispose(): void }[] = [];
  const keep = <T extends { dispose(): void }>(one: T) => {
    held.push(one);
    return one;
  };
  try {
    const threads = resident.givenThreads || allThreads();
    const processor = keep(Backend.processor(build.library, threads));
    const training = open(resident, request, processor, keep);
    takeMemory(training, request, model.name, options.onEvent);
    await training.begin(processor, nextTurn);
    await checkAgainstLlama(training, resident, request, options);
    return await descend(training, resident, request, options.onEvent, nextTurn);
  } finally {
    for (const one of held.reverse()) one.dispose();
  }
}

/** On the model's device where that knows all operations, else on the processor. @throws EngineError `Untrainable` */
function open(
  { build, model }: Resident,
  request: TrainRequest,
  processor: Backend,
  keep: <T extends { dispose(): void }>(one: T) => T,
): Training {
  const header = GgufHeader.ofModel(build.library, model.path);
  const on = (backend: Backend) => keep(new Training(backend, model, header, request));
  try {
    if (build.device === "CPU") return on(processor);
    const training = on(keep(Backend.graphics(build.library)));
    return training.isSupported ? training : on(processor);
  } finally {
    header.close();
  }
}

/** @throws EngineError `OutOfMemory` */
function takeMemory(
  training: Training,
  { length }: TrainRequest,
  name: string,
  onEvent: (event: TrainingEvent) => void,
): void {
  const free = availableMemory() - RESERVE_BYTES;
  const refuse = (bytes: number) => {
    if (bytes <= free || !training.backend.isProcessor) return;
    throw new EngineError(
      "OutOfMemory",
      `Adapting ${name} takes about ${formatBytes(bytes)} beside the model, ${formatBytes(Math.max(0, free))} are free. Close other programs, choose shorter windows than ${length} tokens, or a smaller model.`,
    );
  };
  const held = training.heldBytes;
  refuse(held);
  training.hold();
  const bytes = held + training.betweenBytes;
  refuse(bytes);
  onEvent({ kind: "memory", bytes });
}

/** Computes the loss of the first window here and by llama.cpp. @throws EngineError `Untrainable` where they differ */
async function checkAgainstLlama(
  training: Training,
  resident: Resident,
  { steps }: TrainRequest,
  options: TrainOptions,
): Promise<void> {
  const texts = steps[0]![0]!.pieces.map(({ tokens }) => {
    return { tokens: tokens.subarray(0, resident.room), scoredStart: 1 };
  });
  let theirs = 0;
  let tokens = 0;
  const scoring = { model: 0, distribution: null, texts };
  await resident.scoreTexts(
    scoring,
    (_, { logProbability, count }) => {
      for (const value of logProbability) theirs -= value;
      tokens += count;
    },
    options,
  );
  const ours = await training.lossOf({ pieces: texts });
  const tolerance = training.isQuantised ? QUANTISED_TOLERANCE : TOLERANCE;
  if (Math.abs(ours - theirs) <= tolerance * theirs) return;
  throw untrainable(
    resident.model,
    `computes something that is not known here (a loss of ${(theirs / tokens).toFixed(4)} nats a token in llama.cpp, ${(ours / tokens).toFixed(4)} here)`,
  );
}
