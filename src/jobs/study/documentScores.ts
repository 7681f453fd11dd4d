import { type Calibration, CalibrationMeasure } from "../../analysis/scores/calibration";
import { SharpnessMeasure, type SharpnessSums } from "../../analysis/scores/sharpness";
import { type Surprisal, SurprisalMeasure } from "../../analysis/scores/surprisal";
import { firstIndex, type ScoredTokens } from "../../analysis/text/tokens";
import {
  CONCENTRATION_KS,
  CONCENTRATION_SCALE,
  type ModelFacts,
  type WindowSettings,
} from "../../protocol/scores";
import type { HeldModel } from "../scoring/scoreWindow";
import type { ScoredPart } from "../scoring/columnsAfter";
import { TextStream } from "../scoring/textStream";

/** A document under one model: sums, and of its tokens what comparing models needs. */
export interface DocumentScores {
  readonly model: ModelFacts;
  /** Resolved. */
  readonly settings: WindowSettings;
  readonly tokens: ScoredTokens;
  readonly surprisal: Surprisal;
  /** null: distributions were not read. */
  readonly sharpness: SharpnessSums | null;
  readonly calibration: Calibration | null;
}

export interface DocumentRequest {
  readonly hold: () => Promise<HeldModel>;
  readonly settings: WindowSettings;
  /** Whether the whole distribution is read at each token. */
  readonly distributions: boolean;
  /** UTF-16 offset: tokens that end before it are read, and not measured; 0 by default. */
  readonly from?: number;
  readonly signal: AbortSignal;
}

/**
 * Scores a document, with the numbers of `scoreText`.
 * @throws EngineError as of `TextStream`
 */
export async function scoreDocument(
  text: string,
  { hold, settings, distributions, from = 0, signal }: DocumentRequest,
): Promise<DocumentScores> {
  const measures = new DocumentMeasures(from);
  const stream = await TextStream.start({
    hold,
    settings,
    distribution: distributions ? { topK: 0 } : null,
    onPart: (part) => measures.add(part),
    signal,
  });
  await stream.add(text);
  await stream.end();
  return { model: stream.model, settings: stream.settings, ...measures.value() };
}

/** What is measured of a document's tokens as they come. */
export class DocumentMeasures {
  private readonly surprisal = new SurprisalMeasure();
  private readonly sharpness = new SharpnessMeasure(CONCENTRATION_KS.length, CONCENTRATION_SCALE);
  private readonly calibration = new CalibrationMeasure();
  private readonly parts: ScoredTokens[] = [];
  private hasDistributions = false;

  /** @param from tokens that end at or before this offset are not measured */
  constructor(private readonly from = 0) {}

  add({ text, textStart, columns }: ScoredPart): void {
    const { count, start, endExclusive, logProbability, distribution } = columns;
    const first = this.from === 0 ? 0 : firstIndex(count, (i) => endExclusive[i]! > this.from);
    const all = { start: first, endExclusive: count };
    this.surprisal.add(text, textStart, columns, all);
    this.parts.push({ count, start, endExclusive, logProbability });
    if (distribution === null) return;
    this.hasDistributions = true;
    this.sharpness.add(columns, distribution, all);
    const { concentration, rank } = distribution;
    const topProbability = (token: number) =>
      concentration[token * CONCENTRATION_KS.length]! / CONCENTRATION_SCALE;
    this.calibration.add(columns, topProbability, rank, all);
  }

  value(): Omit<DocumentScores, "model" | "settings"> {
    const { hasDistributions } = this;
    return {
      tokens: joined(this.parts),
      surprisal: this.surprisal.value(),
      sharpness: hasDistributions ? this.sharpness.sums() : null,
      calibration: hasDistributions ? this.calibration.value() : null,
    };
  }
}

function joined(parts: readonly ScoredTokens[]): ScoredTokens {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const start = new Uint32Array(count);
  const endExclusive = new Uint32Array(count);
  const logProbability = new Float64Array(count);
  let at = 0;
  for (const part of parts) {
    start.set(part.start, at);
    endExclusive.set(part.endExclusive, at);
    logProbability.set(part.logProbability, at);
    at += part.count;
  }
  return { count, start, endExclusive, logProbability };
}
