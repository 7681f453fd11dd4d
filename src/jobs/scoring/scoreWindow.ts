import type { DistributionRequest, Engine, ScoredRows, ScoringModel } from "../../engine/engine";
import { joinedTokens } from "../../engine/joinedTokens";
import type { WordBoundary } from "../../protocol/scores";
import type { Window } from "./windows";

/** A model, and the engine that holds it. */
export interface HeldModel {
  readonly engine: Engine;
  readonly model: ScoringModel;
}

export interface ScoreWindowRequest {
  readonly window: Window;
  /** Tokens before the window, which are not of the text. */
  readonly prefix: Int32Array;
  /** The window's tokens of the text. */
  readonly ids: Int32Array;
  readonly distribution: DistributionRequest | null;
  readonly boundary?: WordBoundary | null;
  /** Gets each batch's rows, and the number that the first row's token has in the text. */
  readonly onRows: (rows: ScoredRows, token: number) => void;
  readonly signal?: AbortSignal;
}

/** Scores one window of a text. @throws EngineError as of `Engine.score` */
export async function scoreWindow(
  { engine, model }: HeldModel,
  { window, prefix, ids, distribution, boundary = null, onRows, signal }: ScoreWindowRequest,
): Promise<void> {
  const tokens = joinedTokens([prefix, ids]);
  // Row numbers count from the window's first token, prefix included.
  const shift = window.start - prefix.length;
  await engine.score(
    { model: model.id, tokens, scoredStart: window.scoredStart - shift, distribution, boundary },
    (rows) => onRows(rows, rows.start + shift),
    signal,
  );
}
