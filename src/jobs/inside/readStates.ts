/** The states of a model in texts, in a file, and what stands there. */
import type { TokenRows } from "../../analysis/probes/tokenRows";
import type { Engine, LoadedModel } from "../../engine/engine";
import type { StatesFile } from "../../engine/states";
import type { ProbedTexts } from "./probedTexts";

export interface ReadStates {
  readonly file: StatesFile;
  /** The probed tokens: the rows of the file. */
  readonly rows: TokenRows;
  /** What the model expects after each, `[row]`. */
  readonly firstChoice: Int32Array;
  /** Of the token after each, nats; NaN at the end of a window, `[row]`. */
  readonly logProbability: Float64Array;
}

export interface StatesToRead {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly texts: ProbedTexts;
  /** Their probed tokens. */
  readonly rows: TokenRows;
  readonly layers: readonly number[];
  /** Of the file, which the caller removes. */
  readonly path: string;
  /** 0 .. 1 */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/** @throws EngineError as of `Engine.states` */
export async function readStates(request: StatesToRead): Promise<ReadStates> {
  const { engine, model, texts, rows, layers, path, onProgress, signal } = request;
  const firstChoice = new Int32Array(rows.token.length);
  const logProbability = new Float64Array(rows.token.length);
  const file = await engine.states(
    {
      model: model.id,
      windows: texts.windows.map(({ tokens, start }) => ({ tokens, start })),
      layers,
      path,
    },
    (read) => {
      const first = rows.windowStart[read.window]!;
      firstChoice.set(read.firstChoice, first);
      logProbability.set(read.logProbability, first);
      onProgress((first + read.firstChoice.length) / rows.token.length);
    },
    signal,
  );
  return { file, rows, firstChoice, logProbability };
}
