/**
 * The engine as its users see it: models in a child process, reached by asynchronous calls. `startEngine` in
 * `local/client.ts` gives one; `child/process.ts` is the child. Everything that fails fails with an {@link EngineError}.
 */
import type { ComparedRows, CompareRequest } from "./agreement";
import type {
  DistributionColumns,
  LoadedFacts,
  ModelFacts,
  WordBoundary,
} from "../protocol/scores";
import type {
  ExpectAheadRequest,
  ExpectedAhead,
  FittedProbe,
  LensRequest,
  RidgeRequest,
} from "./probes";
import type { StatesFile, StatesRequest, StatesRows } from "./states";
import type { TrainedWeights, TrainingEvent, TrainRequest } from "./training";

/** A model that is loaded; valid until `unload` or the engine's end. */
export interface LoadedModel {
  readonly id: number;
  readonly facts: LoadedFacts;
  readonly vocabulary: Vocabulary;
  readonly startTokens: StartTokens;
  /** Memory for the keys and values of one token, bytes (an estimate for unusual architectures). */
  readonly keyValueBytesPerToken: number;
  readonly shape: ModelShape;
}

/** What hidden states are of. */
export interface ModelShape {
  readonly layers: number;
  /** Of the state between two layers. */
  readonly dimensions: number;
}

/** A model that is ready to score. */
export interface ScoringModel extends LoadedModel {
  readonly facts: ModelFacts;
}

/** Tokens that may stand before a text, whether or not the tokenizer adds them; null: the vocabulary has none. */
export interface StartTokens {
  readonly bos: number | null;
  readonly eos: number | null;
}

/** Every piece of a vocabulary, so that no call is needed to name a token. */
export interface Vocabulary {
  /** Piece `i` is `bytes[offsets[i] .. offsets[i + 1])`; UTF-8, perhaps part of a character. */
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  /** llama.cpp's `llama_token_attr` bits, `[id]`. */
  readonly attributes: Uint16Array;
  /** Begin-of-sequence token, or null when the model uses none. */
  readonly bos: number | null;
  /** Tokens that end a generation. */
  readonly endOfGeneration: readonly number[];
  /** The tokenizer puts a blank before the text that is not in it. */
  readonly addsSpacePrefix: boolean;
}

/** What is made of a model's file. */
export interface ModelOptions {
  /** GGUF file of a low-rank adapter whose product is added to the weights; null, the default: none. */
  readonly adapter?: string | null;
  readonly gpu: "auto" | "off";
  /** Tokens per window, BOS included; 0: min(trained context, 2048). */
  readonly window: number;
  /** Tokens decoded at a time, rounded up to whole blocks; 0: measured from {64 … 512}. */
  readonly batch: number;
  /** Attention as llama.cpp's own programs compute it, whatever its time; false by default. */
  readonly compatible?: boolean;
  /** Processor threads; 0 (the default): all or one, whichever is measured to be faster. */
  readonly threads?: number;
  /** Memory for keys and values of windows kept for re-scoring, bytes. */
  readonly windowMemoryBytes: number;
}

export interface LoadOptions extends ModelOptions {
  /** 0 .. 1 */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** A text's tokens with their place in it; columns as in `TokenColumns`. */
export interface Tokenization {
  readonly id: Int32Array;
  readonly start: Uint32Array;
  readonly endExclusive: Uint32Array;
  /** Bits of `TokenFlag`. */
  readonly flags: Uint8Array;
  readonly withoutToken: number;
}

/** What is known of a text that goes on after another piece of it, which ended where it may be cut (`cuts.ts`). */
export interface Continuation {
  /** Number of the line in which it begins, from 1. */
  readonly line: number;
}

/** One window's tokens as they are decoded: BOS or a chat prompt first, then context, then what is scored. */
export interface WindowTokens {
  readonly tokens: Int32Array;
  /** Number of the first token whose probability is wanted, at least 1; all from there on are scored. */
  readonly scoredStart: number;
}

export interface ScoreRequest extends WindowTokens {
  readonly model: number;
  /** null: log-probabilities are all that is wanted, which takes less time. They are the same to the last bit. */
  readonly distribution: DistributionRequest | null;
  /** Where words are taken to end, whose probability is wanted at each token; absent or null: nobody asks for it. */
  readonly boundary?: WordBoundary | null;
}

export interface ScoreTextsRequest extends Pick<
  ScoreRequest,
  "model" | "distribution" | "boundary"
> {
  /** Windows of which each is a text of its own. */
  readonly texts: readonly WindowTokens[];
}

/** What is wanted of the whole distribution at each token. */
export interface DistributionRequest {
  /** Alternatives per token, 0 .. 100. */
  readonly topK: number;
}

/** Scores of `count` tokens of a window, row 0 being its token `start`; columns as in `TokenColumns`. */
export interface ScoredRows {
  readonly start: number;
  readonly count: number;
  readonly logProbability: Float64Array;
  /** null: nobody asked for it. */
  readonly distribution: DistributionColumns | null;
  /** ln of the probability that a word ends before the token, nats, `[row]`; absent: nobody asked for it. */
  readonly boundary?: Float64Array;
}

/** Part of a prompt: text as it is, or a template's own words, in which control tokens are read as such. */
export interface PromptPart {
  readonly text: string;
  readonly parseSpecial: boolean;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

/** How a chat prompt is rendered; what is left out is the model's own or the template's default. */
export interface ChatOptions {
  /** Jinja source in place of the model's own; null: its own. */
  readonly template?: string | null;
  /** JSON values that the template sees by name, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What the template's clock shows, ms since 1970; now. */
  readonly now?: number;
}

/** How tokens are drawn: temperature, then top-k, then top-p, then min-p (docs/definitions.md, "Sampling"). */
export interface SamplerSettings {
  /** ≥ 0; at 0 always the most probable token, of equal ones the first, whatever the others say. */
  readonly temperature: number;
  /** 0: all. */
  readonly topK: number;
  /** (0, 1]; the smallest set that reaches it, the crossing token included. */
  readonly topP: number;
  /** [0, 1]; relative to the most probable token. */
  readonly minP: number;
}

/** How continuations are drawn. */
interface DrawRequest {
  readonly model: number;
  /** Sequences decoded together, 1 .. 248, rounded up to whole groups of `STEP_ROWS` (`blocks.ts`). No number depends on it. */
  readonly width: number;
  /** Of one continuation. */
  readonly maxTokens: number;
  readonly seed: number;
  readonly sampler: SamplerSettings;
}

export interface SampleRequest extends DrawRequest {
  /** Tokens of the prompt, BOS included where the model uses one. */
  readonly prompt: Int32Array;
  /** Numbers of the samples to draw; sample i has a generator seeded by (seed, i). */
  readonly samples: readonly number[];
}

export interface ContinueRequest extends DrawRequest {
  /** Each gets one continuation. */
  readonly prompts: readonly NumberedPrompt[];
}

/** A prompt, and which of its samples is drawn. */
export interface NumberedPrompt {
  /** Number of the sample, whose generator is seeded by (seed, index). */
  readonly index: number;
  /** BOS included where the model uses one; at least one token. */
  readonly tokens: Int32Array;
}

/** One finished continuation. */
export interface Sample {
  readonly index: number;
  /** Tokens, without the end token. */
  readonly ids: Int32Array;
  readonly text: string;
  /** ln p under the plain softmax, nats, `[token]`. */
  readonly logProbability: Float32Array;
  /** Nats, `[token]`. */
  readonly entropy: Float32Array;
  readonly rank: Uint32Array;
  /** `end`: an end-of-generation token; `length`: maxTokens or the context. */
  readonly ended: "end" | "length";
}

/** What an engine does beyond what every engine does. */
export interface Capabilities {
  /** It reads the whole distribution at a token; else it rejects a request for it, and gives log-probabilities alone. */
  readonly distribution: boolean;
  /** It holds two models' distributions against each other; else it rejects `compare`. */
  readonly compares: boolean;
  /** It gives hidden states, and fits probes of them; else it rejects `states` and whatever works with them. */
  readonly states: boolean;
  /** It trains; else it rejects `train`. */
  readonly trains: boolean;
}

export interface Engine {
  readonly capabilities: Capabilities;
  /** What models loaded with this choice are computed on: `CPU`, or the GPU's name. Loads none. */
  device(gpu: ModelOptions["gpu"], signal?: AbortSignal): Promise<string>;
  /**
   * Loads a GGUF file (the first of a split one). Loading a loaded file with equal options gives the same model. Rejects with
   * `AdapterUnreadable` where its adapter is missing, damaged or none that can be added, with `AdapterMismatch` where it is of
   * another architecture, of weights that the model lacks or of other shapes, and with every fault of a model's file.
   */
  load(path: string, options: LoadOptions): Promise<LoadedModel>;
  /**
   * Makes what a model scores with, which takes memory and, for a moment, the whole machine; a model that is ready stays as it is.
   * Rejects with `OutOfMemory`, and with `NoDistribution` where weights are no numbers.
   */
  prepareScoring(model: LoadedModel, signal?: AbortSignal): Promise<ScoringModel>;
  unload(model: number): Promise<void>;
  /**
   * Tokens of a text without BOS; control-token look-alikes are plain text. Rejects with `UnsupportedTokenizer` where
   * pieces and text disagree, with `StretchTooLong` where llama.cpp can't take the text.
   * @param continues null, the default: the text is a beginning
   */
  tokenize(
    model: number,
    text: string,
    signal?: AbortSignal,
    continues?: Continuation | null,
  ): Promise<Tokenization>;
  /** Tokens of a prompt's parts, BOS in front where the model uses one. */
  tokenizePrompt(
    model: number,
    parts: readonly PromptPart[],
    signal?: AbortSignal,
  ): Promise<Int32Array>;
  /**
   * The chat prompt of `messages`, in parts, up to where the assistant's next words belong; BOS is in it where the template
   * writes it. Rendered in a thread of its own within limits of time and memory, while other calls go on.
   * Rejects with `NoChatTemplate`, `TemplateFailed`, `Cancelled`.
   */
  renderChat(
    model: number,
    messages: readonly ChatMessage[],
    options?: ChatOptions,
    signal?: AbortSignal,
  ): Promise<readonly PromptPart[]>;
  /**
   * Scores one window; `onRows` gets each batch's rows in order. Keys and values of recent windows are kept: a window
   * that begins like one of them is decoded from the block of the first difference on, with the same numbers. Rejects with `Cancelled`.
   */
  score(
    request: ScoreRequest,
    onRows: (rows: ScoredRows) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Scores several windows, with the numbers of `score` to the last bit. Short ones are decoded together, as many as the memory
   * for windows (`windowMemoryBytes`) and a batch hold, where that saves time; on a GPU and by recurrent models, one after
   * another. `onRows` gets each window's rows in order, windows in any order. The model's next call waits for all of them.
   * Rejects with `ContextTooSmall` before the first where one of them is too long, with `Cancelled` between two batches.
   */
  scoreTexts(
    request: ScoreTextsRequest,
    onRows: (text: number, rows: ScoredRows) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Holds the distributions of two models against each other; `onRows` gets each batch's rows in order, windows in theirs. Each model
   * decodes as for `score`. Rejects with `ContextTooSmall` before the first window where one is too long, with `NoDistribution`,
   * with `Cancelled` between two batches.
   */
  compare(
    request: CompareRequest,
    onRows: (rows: ComparedRows) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Draws continuations of one prompt; `onSample` gets each when it ends, `onTokens` the number of tokens drawn so far. */
  sample(
    request: SampleRequest,
    onSample: (sample: Sample) => void,
    onTokens?: (tokens: number) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Draws one continuation of each of many prompts: of a prompt, what `sample` draws of it under the same number and seed,
   * to the last bit. The longest prompt decides how much memory each sequence takes. Rejects with `ContextTooSmall` before the
   * first where one of them leaves no room, with `Cancelled` between two steps.
   */
  continuePrompts(
    request: ContinueRequest,
    onSample: (sample: Sample) => void,
    onTokens?: (tokens: number) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Writes hidden states of windows into a file; `onRows` gets what the model expected after each, windows in order. Decoded like `score`
   * decodes, with a context of its own. Rejects with `NoHiddenStates` where the architecture does not name the output of its layers,
   * with `ContextTooSmall` before the first where one is too long, with `FileUnreadable` where the file can't be written, with `Cancelled`
   * between two batches; no file is left then.
   */
  states(
    request: StatesRequest,
    onRows: (rows: StatesRows) => void,
    signal?: AbortSignal,
  ): Promise<StatesFile>;
  /**
   * Fits a ridge probe for each target. `onProgress` gets 0 .. 1. Rejects with `NoHiddenStates` where the request does not go with
   * the file, with `FileUnreadable`, also where a probe that is to be kept can't be written, `OutOfMemory`, `Cancelled`.
   */
  fitRidge(
    request: RidgeRequest,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<readonly FittedProbe[]>;
  /**
   * Fits a Future Lens for each distance, likewise; rejects with `NoHiddenStates` where the model's head is not known, or changed
   * by an adapter.
   */
  fitLens(
    request: LensRequest,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<readonly FittedProbe[]>;
  /**
   * Decodes a window, and predicts from its states by probes that `fitRidge` has kept: exactly what those predicted. Rejects with
   * `ProbeUnreadable` where the file is damaged, or of another model; with `NoHiddenStates`, `ContextTooSmall`, `OutOfMemory`,
   * `Cancelled`.
   */
  expectAhead(request: ExpectAheadRequest, signal?: AbortSignal): Promise<ExpectedAhead>;
  /**
   * Adapts a model to texts; the loaded model stays as it is. `onEvent` hears of each step and measurement, in order, those of before
   * an interruption as well. Between two windows other calls have their turn. Rejects with `Untrainable` where the architecture, or something in the
   * model, is not known here, seen by other tensors than are known or by another loss than llama.cpp's; with `OutOfMemory` before
   * weights are read; with `Diverged` once a loss is no number; with `CheckpointUnreadable` where the checkpoint is damaged or of
   * other work; with `FileUnreadable` where a file can't be written; with `Cancelled` after a last checkpoint. What was written before
   * stays in each case.
   */
  train(
    request: TrainRequest,
    onEvent: (event: TrainingEvent) => void,
    signal?: AbortSignal,
  ): Promise<TrainedWeights>;
  /**
   * The same models in the same process for a user of its own, whose calls have their turns among all others. Its `dispose` ends what
   * was called there, as `Cancelled`, but for `unload`, and leaves the process to the others.
   */
  share(): Engine;
  /** Ends the child process. */
  dispose(): void;
}
