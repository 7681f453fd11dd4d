import { BLOCK, roundUp } from "../../blocks";
import { cancelled, EngineError } from "../../errors";
import type { StatesFile, StatesRequest, StatesRows, StatesWindow } from "../../states";
import type { Readout } from "../readout/readout";
import { StateFileWriter } from "../stateFile";
import { type Context, type ContextShape, createContext } from "./context";
import { decodeError } from "./decodeError";
import { checkRoom, decodePlan } from "./decodePlan";
import type { Library } from "./library";
import type { NativeModel } from "./model";
import { FILLER, logitsOf, type Part, putPart, wantedRows } from "./part";
import { RowReader } from "./rowReader";
import { StateCapture } from "./stateCapture";

/** What states are read from: a model, and how it decodes when it scores. */
export interface StatesSource {
  readonly library: Library;
  readonly model: NativeModel;
  readonly readout: Readout;
  readonly decoding: StatesDecoding;
}

interface StatesDecoding extends Pick<ContextShape, "attention" | "threads"> {
  /** Tokens decoded at a time, whole blocks. */
  readonly batch: number;
  /** Tokens of a window, at most. */
  readonly room: number;
}

export interface StatesOptions {
  /** Waits between two decodes, so that other calls have their turn. */
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Decodes windows one after another, in the batches and with the numbers of scoring, and writes the states of their kept tokens;
 * `onRows` gets each window's rows. Its context is as large as the longest window needs, and ends with the call.
 * @throws EngineError as of `Engine.states`; no file is left then
 */
export async function writeStates(
  source: StatesSource,
  request: StatesRequest,
  onRows: (rows: StatesRows) => void,
  options: StatesOptions,
): Promise<StatesFile> {
  checkRequest(source, request);
  const { path, layers, windows } = request;
  const { dimensions } = source.model.shape;
  const rows = windows.reduce((sum, window) => sum + keptTokens(window), 0);
  const file = new StateFileWriter(path, { layers: layers.length, rows, dimensions });
  try {
    await decodeWindows(source, request, file, onRows, options);
    file.close();
  } catch (error) {
    file.discard();
    throw error;
  }
  return { path, layers, rows, dimensions };
}

/**
 * The states of one window, as the file has them: 16-bit floats, `[row][dimension]`.
 * @throws EngineError as of `Engine.states`, but for the file's
 */
export async function statesOf(
  source: StatesSource,
  layer: number,
  window: StatesWindow,
  options: StatesOptions,
): Promise<Uint16Array> {
  const { dimensions } = source.model.shape;
  const request = { windows: [window], layers: [layer] };
  checkRequest(source, request);
  const states = new Uint16Array(keptTokens(window) * dimensions);
  const sink: StatesSink = {
    write: (_, firstRow, part) => states.set(part, firstRow * dimensions),
  };
  await decodeWindows(source, request, sink, () => undefined, options);
  return states;
}

/** Takes whole rows of states, 16-bit floats, `[row][dimension]`; `layer` is a layer's place among those asked for. */
type StatesSink = Pick<StateFileWriter, "write">;

function keptTokens({ tokens, start }: StatesWindow): number {
  return tokens.length - start;
}

type WantedStates = Pick<StatesRequest, "layers" | "windows">;

function checkRequest({ model, decoding }: StatesSource, { layers, windows }: WantedStates): void {
  const last = model.shape.layers;
  const unknown = layers.find((layer) => !(Number.isInteger(layer) && layer >= 0 && layer <= last));
  if (unknown !== undefined) {
    throw new EngineError(
      "NoHiddenStates",
      `${model.name} has no layer ${unknown}. Choose one of 1 to ${last}, or 0 for the embeddings of tokens.`,
    );
  }
  if (new Set(layers).size < layers.length) throw new RangeError("A layer is asked for twice.");
  for (const { tokens, start } of windows) {
    checkRoom(tokens, decoding.room);
    if (!(start >= 0 && start < tokens.length)) {
      throw new RangeError(`No token ${start} in a window of ${tokens.length}.`);
    }
  }
}

async function decodeWindows(
  source: StatesSource,
  { layers, windows }: WantedStates,
  sink: StatesSink,
  onRows: (rows: StatesRows) => void,
  { giveWay, signal }: StatesOptions,
): Promise<void> {
  const { library, model, decoding } = source;
  const longest = windows.reduce((most, { tokens }) => Math.max(most, tokens.length), BLOCK);
  const capture = new StateCapture(library, model, layers, decoding.batch);
  try {
    const context = createContext(
      library,
      model,
      contextShape(decoding, longest),
      capture.callback,
    );
    try {
      const decoder = new StatesDecoder(source, context, capture, sink);
      for (const [number, window] of windows.entries()) {
        const rows = await decoder.decode(window, async () => {
          await giveWay();
          if (signal.aborted) throw cancelled();
        });
        onRows({ window: number, ...rows });
      }
    } finally {
      context.dispose();
    }
  } finally {
    capture.dispose();
  }
}

function contextShape(
  { batch, threads, attention }: StatesDecoding,
  longest: number,
): ContextShape {
  const tokensPerSequence = roundUp(longest, BLOCK);
  const maxBatch = Math.min(batch, tokensPerSequence);
  return { sequences: 1, tokensPerSequence, maxBatch, threads, attention };
}

/** What is wanted of the distribution after a token. */
const FIRST_CHOICE = { topK: 1 };

/** Decodes windows whose states are kept, in the order of the rows. */
class StatesDecoder {
  private readonly reader: RowReader;
  private nextRow = 0;

  constructor(
    private readonly source: StatesSource,
    private readonly context: Context,
    private readonly capture: StateCapture,
    private readonly sink: StatesSink,
  ) {
    this.reader = new RowReader(source.library, source.model, context, source.readout);
  }

  /** @param nextTurn waits before each batch; a cancel rejects it */
  async decode(
    window: StatesWindow,
    nextTurn: () => Promise<void>,
  ): Promise<Omit<StatesRows, "window">> {
    const { library, model, decoding } = this.source;
    const count = keptTokens(window);
    const rows = { firstChoice: new Int32Array(count), logProbability: new Float64Array(count) };
    const plan = planOf(window, model.positions);
    library.llama_memory_clear(this.context.memory, false);
    for (let start = 0; start < plan.end; start += decoding.batch) {
      await nextTurn();
      const end = Math.min(start + decoding.batch, plan.end);
      this.decodePart({ plan, sequence: 0, start, end }, rows);
    }
    rows.logProbability[count - 1] = NaN;
    this.nextRow += count;
    return rows;
  }

  private decodePart(part: Part, rows: Omit<StatesRows, "window">): void {
    const { batch, handle } = this.context;
    const wanted = wantedRows(part);
    const count = putPart(batch, part, 0);
    const decode = () => {
      const status = batch.decode(handle, count);
      if (status !== 0) throw decodeError(status);
    };
    if (wanted.first >= wanted.end) return decode();
    const at = wanted.first - part.plan.firstRow;
    const captured = {
      positions: count,
      withLogits: logitsOf(part),
      first: wanted.first - part.start,
      end: wanted.end - part.start,
    };
    const write = (place: number, states: Uint16Array) =>
      this.sink.write(place, this.nextRow + at, states);
    this.capture.during(captured, write, decode);
    const { logProbability, distribution } = this.reader.read(wanted, {
      distribution: FIRST_CHOICE,
    });
    rows.logProbability.set(logProbability, at);
    rows.firstChoice.set(distribution!.topId, at);
  }
}

/** As a window is scored, with one more token behind its last, which then has a row as well. */
function planOf({ tokens, start }: StatesWindow, positions: number) {
  const followed = new Int32Array(tokens.length + 1).fill(FILLER);
  followed.set(tokens);
  return decodePlan({ tokens: followed, scoredStart: start + 1 }, positions);
}
