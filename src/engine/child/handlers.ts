import type { Answer } from "../../calls/answers";
import { renderChat } from "./chat/chat";
import type { LoadedModel, LoadOptions, PromptPart } from "../engine";
import { cancelled, EngineError } from "../errors";
import { BLOCK, roundUp } from "../blocks";
import { chooseAttention } from "./llama/attention";
import { type OpenedBuild, openBuild } from "./llama/builds";
import { allThreads, type Context, createContext } from "./llama/context";
import { checkMemory } from "./llama/memory";
import { loadModel, type NativeModel } from "./llama/model";
import { drawSamples } from "./llama/sampling";
import { WindowScorer } from "./llama/scorer";
import { tokenize, tokenizePrompt } from "./llama/tokenizer";
import { tune, type Tuning } from "./llama/tuning";
import type { EngineCalls } from "./messages";
import { statModel } from "../modelFiles";
import { locateTokens } from "./offsets";
import { createReadout, rowsPerBlock } from "./readout/readout";
import { Schedule } from "./schedule";
import { LONGEST_DEFAULT_WINDOW, windowLength } from "../windowLength";

const LARGEST_BATCH = 512;
const MOST_CACHED_WINDOWS = 16;

/** A loaded model with all that scores it. */
interface Resident {
  readonly key: string;
  readonly build: OpenedBuild;
  readonly model: NativeModel;
  readonly context: Context;
  readonly scorer: WindowScorer;
  readonly tuning: Tuning;
  readonly loaded: LoadedModel;
}

/** What the child process does: one answer per call. */
export function createEngineHost(
  readoutWasm: Uint8Array<ArrayBuffer>,
  onLog: (text: string) => void,
): EngineCalls {
  const builds = new Map<"auto" | "off", Promise<OpenedBuild>>();
  const residents = new Map<number, Resident>();
  let nextId = 1;

  const open = (gpu: "auto" | "off") => {
    const opened = builds.get(gpu) ?? openBuild(gpu, onLog);
    builds.set(gpu, opened);
    return opened;
  };
  const resident = (id: number): Resident => {
    const found = residents.get(id);
    if (found === undefined) {
      throw new EngineError("FileVanished", "The model is not loaded any more. Load it again.");
    }
    return found;
  };

  const schedule = new Schedule(allThreads());
  /** Drawing has a context of its own: its model scores between two steps. */
  const drawingsOf = (model: number) => `drawings of model ${model}`;
  /** Loading takes measurements, which work beside it would disturb; a GPU is shared by all. */
  const threadsFor = (method: keyof EngineCalls, model: number | null): number => {
    const found = model === null ? undefined : residents.get(model);
    if (method === "load" || method === "unload") return Infinity;
    if (method !== "score" && method !== "sample") return 1;
    return found?.build.device === "CPU" ? found.tuning.threads : Infinity;
  };
  const handlers: EngineCalls = {
    async load({ path, options }, emit, signal) {
      const key = loadKey(path, options);
      for (const { key: other, loaded } of residents.values()) if (other === key) return loaded;
      const made = await makeResident(
        nextId,
        key,
        readoutWasm,
        await open(options.gpu),
        path,
        options,
        emit,
        signal,
      );
      if (signal.aborted) {
        // No caller would ever unload it.
        dispose(made);
        throw cancelled();
      }
      residents.set(nextId++, made);
      return made.loaded;
    },
    unload({ model }) {
      const found = residents.get(model);
      residents.delete(model);
      if (found) dispose(found);
      return Promise.resolve(null);
    },
    async tokenize({ model, text, continues }, _emit, signal) {
      const { build, model: m } = resident(model);
      const ids = await tokenize(build.library, m, text, { continues, signal });
      return locateTokens(text, ids, m.vocabulary, continues);
    },
    tokenizePrompt({ model, parts }, _emit, signal) {
      return promptTokens(resident(model), parts, signal);
    },
    async renderChat({ model, messages, options }, _emit, signal) {
      return renderChat(resident(model).model, messages, options, signal);
    },
    async score(request, emit, signal) {
      await resident(request.model).scorer.score(request, emit, signal);
      return null;
    },
    async sample(request, emit, signal) {
      const { build, model, context, tuning } = resident(request.model);
      const held = threadsFor("sample", request.model);
      const nextTurn = async () => {
        // Lets messages in, and calls that score go first.
        await new Promise((resolve) => setImmediate(resolve));
        await schedule.giveWay(held);
      };
      await drawSamples(
        build.library,
        model,
        { attention: context.shape.attention, threads: tuning.threads },
        readoutWasm,
        request,
        emit,
        nextTurn,
        signal,
      );
      return null;
    },
  };

  /** Answers a call in its turn. */
  const inTurn = <Params, Result, Event>(
    method: keyof EngineCalls,
    answer: Answer<Params, Result, Event>,
  ): Answer<Params, Result, Event> => {
    return async (params, emit, signal) => {
      const model = (params as { model?: number }).model ?? null;
      const run = (queue: string | null) =>
        schedule.run(queue, threadsFor(method, model), async () => answer(params, emit, signal));
      if (model === null) return run(null);
      if (method === "sample") return run(drawingsOf(model));
      if (method === "unload") await schedule.ended(drawingsOf(model));
      return run(`calls of model ${model}`);
    };
  };
  return {
    load: inTurn("load", handlers.load),
    unload: inTurn("unload", handlers.unload),
    tokenize: inTurn("tokenize", handlers.tokenize),
    tokenizePrompt: inTurn("tokenizePrompt", handlers.tokenizePrompt),
    // Rendered in a thread of its own: it neither waits for scores nor delays them.
    renderChat: handlers.renderChat,
    score: inTurn("score", handlers.score),
    sample: inTurn("sample", handlers.sample),
  };
}

async function makeResident(
  id: number,
  key: string,
  readoutWasm: Uint8Array<ArrayBuffer>,
  build: OpenedBuild,
  path: string,
  options: Omit<LoadOptions, "onProgress" | "signal">,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Resident> {
  const { library } = build;
  const useGpu = build.device !== "CPU";
  if (statModel(path)?.isFile()) {
    await checkMemory(path, options.window || LONGEST_DEFAULT_WINDOW, useGpu).catch(
      onlyOutOfMemory,
    );
  }
  const model = await loadModel(library, build.log, path, useGpu, onProgress, signal);
  let context: Context | null = null;
  try {
    const window = windowLength(options.window, model.trainedContext);
    context = createContext(library, model, {
      sequences: cachedWindows(options.windowMemoryBytes, model.keyValueBytesPerToken * window),
      tokensPerSequence: roundUp(window, BLOCK),
      maxBatch: LARGEST_BATCH,
      threads: allThreads(),
      attention: chooseAttention(
        library,
        build.device,
        model.headSize,
        options.compatible ?? false,
      ),
    });
    const tuning = tune(library, context, model, {
      threads: options.threads ?? 0,
      batch: options.batch,
    });
    const vocabularySize = model.vocabulary.attributes.length;
    const readout = createReadout(readoutWasm, vocabularySize, rowsPerBlock(vocabularySize));
    const scorer = new WindowScorer(library, model, context, readout, tuning.batch);
    return {
      key,
      build,
      model,
      context,
      scorer,
      tuning,
      loaded: describe(id, build, model, context, tuning),
    };
  } catch (error) {
    context?.dispose();
    library.llama_model_free(model.handle);
    throw error;
  }
}

/** The estimate only ever refuses for want of memory; a header it can't read is named by the loader. */
function onlyOutOfMemory(error: unknown): void {
  if (error instanceof EngineError && error.code === "OutOfMemory") throw error;
}

function cachedWindows(memoryBytes: number, windowBytes: number): number {
  if (windowBytes <= 0) return 1;
  return Math.min(MOST_CACHED_WINDOWS, Math.max(1, Math.floor(memoryBytes / windowBytes)));
}

function describe(
  id: number,
  build: OpenedBuild,
  model: NativeModel,
  context: Context,
  tuning: Tuning,
): LoadedModel {
  const { sequences, tokensPerSequence, maxBatch, attention } = context.shape;
  const vocabularySize = model.vocabulary.attributes.length;
  const floatBytes = 4;
  return {
    id,
    vocabulary: model.vocabulary,
    startTokens: model.startTokens,
    keyValueBytesPerToken: model.keyValueBytesPerToken,
    facts: {
      path: model.path,
      name: model.name,
      architecture: model.architecture,
      quantisation: model.quantisation,
      bitsPerWeight: (model.sizeBytes * 8) / Math.max(1, model.parameters),
      sizeBytes: model.sizeBytes,
      parameters: model.parameters,
      trainedContext: model.trainedContext,
      vocabularySize,
      tokenizer: model.tokenizer,
      tokenizerDigest: model.tokenizerDigest,
      addsBos: model.vocabulary.bos !== null,
      tokenizerFaults: model.tokenizerFaults,
      hasChatTemplate: model.chatTemplate !== null,
      device: build.device,
      memoryBytes:
        model.sizeBytes +
        sequences * tokensPerSequence * model.keyValueBytesPerToken +
        maxBatch * vocabularySize * floatBytes,
      attention,
      batch: tuning.batch,
      engineVersion: build.library.llama_version() as string,
    },
  };
}

async function promptTokens(
  { build, model }: Resident,
  parts: readonly PromptPart[],
  signal: AbortSignal,
): Promise<Int32Array> {
  const { bos } = model.vocabulary;
  const ids = await tokenizePrompt(build.library, model, parts, signal);
  // A template may write BOS itself: there is exactly one.
  return Int32Array.from(bos === null || ids[0] === bos ? ids : [bos, ...ids]);
}

function loadKey(path: string, options: Omit<LoadOptions, "onProgress" | "signal">): string {
  const stat = statModel(path);
  return JSON.stringify([path, stat?.size, stat?.mtimeMs, options]);
}

function dispose({ build, model, context }: Resident): void {
  context.dispose();
  build.library.llama_model_free(model.handle);
}
