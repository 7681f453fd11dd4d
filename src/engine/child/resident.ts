import type { ModelIdentity } from "../../protocol/modelIdentity";
import type { Attention, ScoringFacts } from "../../protocol/scores";
import type {
  ContinueRequest,
  LoadedModel,
  ModelOptions,
  SampleRequest,
  ScoredRows,
  ScoreTextsRequest,
} from "../engine";
import type { StatesFile, StatesRequest, StatesRows, StatesWindow } from "../states";
import type { ComparedRows, ComparedWindow } from "../agreement";
import { BLOCK, roundUp } from "../blocks";
import { windowLength } from "../windowLength";
import { chooseAttention } from "./llama/attention";
import type { OpenedBuild } from "./llama/builds";
import { type CompareOptions, Comparison } from "./llama/comparison";
import { allThreads, type Context, type ContextShape, createContext } from "./llama/context";
import { freeModel, type NativeModel } from "./llama/model";
import { continuePrompts, type Drawer, type DrawOptions, drawSamples } from "./llama/sampling";
import { type PackingOptions, WindowScorer } from "./llama/scorer";
import { type StatesOptions, statesOf, type StatesSource, writeStates } from "./llama/states";
import { TIMED_BATCH, tune, type Tuning } from "./llama/tuning";
import { createReadout, type Readout, rowsPerBlock } from "./readout/readout";

const LARGEST_BATCH = 512;
const MOST_CACHED_WINDOWS = 16;
const FLOAT_BYTES = 4;

/** A loaded model, and what is made of it when it is first needed. */
export class Resident {
  private readonly attention: Attention;
  private tuned: Tuning | null = null;
  private scoring: { readonly context: Context; readonly scorer: WindowScorer } | null = null;

  /**
   * @param id its number for callers
   * @param identity of the file before it was read
   */
  constructor(
    private readonly id: number,
    private readonly identity: ModelIdentity,
    readonly build: OpenedBuild,
    readonly model: NativeModel,
    private readonly options: ModelOptions,
    private readonly readoutWasm: Uint8Array<ArrayBuffer>,
  ) {
    const { library, device } = build;
    const isCompatible = options.compatible ?? false;
    this.attention = chooseAttention(library, device, model.headSize, isCompatible);
  }

  /** As `ModelIdentity.stamp`. */
  get stamp(): string {
    return this.identity.stamp;
  }

  /** Tokens of the longest window that it scores. */
  get room(): number {
    return windowLength(this.options.window, this.model.trainedContext);
  }

  /** Threads that were asked for; 0: none were. */
  get givenThreads(): number {
    return this.options.threads ?? 0;
  }

  /** Its threads are measured. */
  get isTuned(): boolean {
    return this.tuned !== null;
  }

  /** Threads that it decodes with; Infinity: it is on a GPU, which all share. */
  get threads(): number {
    return this.build.device === "CPU" ? this.tuning().threads : Infinity;
  }

  /**
   * How it decodes; measured at the first time, which work beside it would disturb.
   * @throws EngineError `OutOfMemory`, `NoDistribution`
   */
  tuning(): Tuning {
    if (this.tuned) return this.tuned;
    const { build, model, options } = this;
    const context = createContext(build.library, model, {
      sequences: 1,
      tokensPerSequence: TIMED_BATCH,
      maxBatch: TIMED_BATCH,
      threads: allThreads(),
      attention: this.attention,
    });
    try {
      const given = { threads: options.threads ?? 0, batch: options.batch };
      return (this.tuned = tune(build.library, context, model, given, build.device !== "CPU"));
    } finally {
      context.dispose();
    }
  }

  /** @throws EngineError `OutOfMemory`, `NoDistribution`, at the first time */
  scorer(): WindowScorer {
    if (this.scoring) return this.scoring.scorer;
    const { library } = this.build;
    const { threads, batch } = this.tuning();
    const context = createContext(library, this.model, { ...this.scoringShape(), threads });
    const scorer = new WindowScorer(library, this.model, context, this.readout(), batch);
    this.scoring = { context, scorer };
    return scorer;
  }

  /**
   * Makes what it scores with.
   * @throws EngineError as of `scorer`
   */
  prepareScoring(): ScoringFacts {
    const { model, attention } = this;
    const { sequences, tokensPerSequence, maxBatch } = this.scoringShape();
    const cacheBytes = sequences * tokensPerSequence * model.keyValueBytesPerToken;
    const logitsBytes = maxBatch * model.vocabulary.attributes.length * FLOAT_BYTES;
    this.scorer();
    return {
      memoryBytes: model.sizeBytes + (model.adapter?.bytes ?? 0) + cacheBytes + logitsBytes,
      attention,
      batch: this.tuning().batch,
    };
  }

  /** As `Engine.scoreTexts`. */
  scoreTexts(
    request: ScoreTextsRequest,
    onRows: (text: number, rows: ScoredRows) => void,
    options: Omit<PackingOptions, "together">,
  ): Promise<void> {
    const { build, model } = this;
    // Elsewhere nobody has made sure that a text's numbers do not depend on the texts beside it.
    const isSteady = build.device === "CPU" && !model.isRecurrent;
    const together = isSteady ? Infinity : 1;
    return this.scorer().scoreTexts(request, onRows, { together, ...options });
  }

  /**
   * Holds its distributions against another model's.
   * @throws EngineError as of `Engine.compare`; RangeError: it is the same one, or a window is not equally long for both
   */
  async compare(
    other: Resident,
    windows: readonly ComparedWindow[],
    onRows: (rows: ComparedRows) => void,
    options: Omit<CompareOptions, "isSideBySide">,
  ): Promise<void> {
    if (other === this) throw new RangeError("A model is compared with another one.");
    if (windows.some(({ tokens: [ours, theirs] }) => ours.length !== theirs.length)) {
      throw new RangeError("A window is as long for one model as for the other.");
    }
    const compared = ({ build: { library }, model }: Resident, scorer: WindowScorer) => ({
      library,
      model,
      scorer,
    });
    const models = [compared(this, this.scorer()), compared(other, other.scorer())] as const;
    const isSideBySide = this.threads + other.threads <= allThreads();
    const comparison = new Comparison(models, this.readoutWasm);
    await comparison.compare(windows, onRows, { isSideBySide, ...options });
  }

  /** As `Engine.sample`. */
  draw(request: SampleRequest, options: DrawOptions): Promise<void> {
    return drawSamples(this.drawer(), request, options);
  }

  /** As `Engine.continuePrompts`. */
  continuePrompts(request: ContinueRequest, options: DrawOptions): Promise<void> {
    return continuePrompts(this.drawer(), request, options);
  }

  /** As `Engine.states`. */
  states(
    request: StatesRequest,
    onRows: (rows: StatesRows) => void,
    options: StatesOptions,
  ): Promise<StatesFile> {
    return writeStates(this.statesSource(), request, onRows, options);
  }

  /** States of one layer in one window: 16-bit floats, `[row][dimension]`. @throws EngineError as of `Engine.states` */
  statesOf(layer: number, window: StatesWindow, options: StatesOptions): Promise<Uint16Array> {
    return statesOf(this.statesSource(), layer, window, options);
  }

  describe(): LoadedModel {
    const { id, identity, build, model } = this;
    return {
      id,
      vocabulary: model.vocabulary,
      startTokens: model.startTokens,
      keyValueBytesPerToken: model.keyValueBytesPerToken,
      shape: model.shape,
      facts: {
        path: model.path,
        adapter: model.adapter?.path ?? null,
        identity,
        adapterFacts: model.adapter?.facts ?? null,
        name: model.name,
        architecture: model.architecture,
        quantisation: model.quantisation,
        bitsPerWeight: (model.sizeBytes * 8) / Math.max(1, model.parameters),
        sizeBytes: model.sizeBytes,
        parameters: model.parameters,
        trainedContext: model.trainedContext,
        vocabularySize: model.vocabulary.attributes.length,
        tokenizer: model.tokenizer,
        tokenizerDigest: model.tokenizerDigest,
        addsBos: model.vocabulary.bos !== null,
        tokenizerFaults: model.tokenizerFaults,
        hasChatTemplate: model.chatTemplate !== null,
        device: build.device,
        engineVersion: build.library.llama_version() as string,
      },
    };
  }

  dispose(): void {
    this.scoring?.context.dispose();
    freeModel(this.build.library, this.model);
  }

  private scoringShape(): Omit<ContextShape, "threads"> {
    const { model, options, attention } = this;
    const window = windowLength(options.window, model.trainedContext);
    const windowBytes = model.keyValueBytesPerToken * window;
    return {
      sequences: cachedWindows(options.windowMemoryBytes, windowBytes),
      tokensPerSequence: roundUp(window, BLOCK),
      maxBatch: LARGEST_BATCH,
      attention,
    };
  }

  private statesSource(): StatesSource {
    const { build, model, attention } = this;
    const { threads, batch } = this.tuning();
    const room = this.scoringShape().tokensPerSequence;
    const decoding = { attention, threads, batch, room };
    return { library: build.library, model, readout: this.readout(), decoding };
  }

  private drawer(): Drawer {
    const { build, model, attention, readoutWasm } = this;
    const decoding = { attention, threads: this.tuning().threads };
    return { library: build.library, model, decoding, readoutWasm };
  }

  private readout(): Readout {
    const vocabularySize = this.model.vocabulary.attributes.length;
    return createReadout(this.readoutWasm, vocabularySize, rowsPerBlock(vocabularySize));
  }
}

function cachedWindows(memoryBytes: number, windowBytes: number): number {
  if (windowBytes <= 0) return 1;
  return Math.min(MOST_CACHED_WINDOWS, Math.max(1, Math.floor(memoryBytes / windowBytes)));
}
