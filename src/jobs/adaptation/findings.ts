/** What training has found: losses in nats per predicted token. */
import type { TrainingMeasurement } from "../../engine/training";
import type { HeldOutLoss } from "../../protocol/adaptation";
import type { Interval } from "../../protocol/studyFigure";
import { overDocuments } from "../../report/study/overDocuments";
import type { HeldOutPieces } from "./heldOut";
import { predictedIn } from "../../engine/training";
import type { AdaptationPlan } from "./planAdaptation";

/** Held-out parts after a step; 0: the model as it was. */
export interface CurvePoint {
  readonly step: number;
  readonly choose: HeldOutLoss;
  readonly report: HeldOutLoss;
}

/** What the part that reports loses before, and after the chosen step. */
export interface BeforeAfter {
  readonly before: HeldOutLoss;
  readonly after: HeldOutLoss;
  /** After - before, nats per predicted token, paired; no ends for too few documents. */
  readonly change: Interval;
  /** That the interval draws. */
  readonly documents: number;
}

export function pointOf(
  { step, choose, report }: TrainingMeasurement,
  plan: AdaptationPlan,
): CurvePoint {
  return { step, choose: lossOf(choose, plan.choose), report: lossOf(report, plan.report) };
}

/** Of a document of the part that reports. */
export interface DocumentLoss {
  /** That are predicted. */
  readonly tokens: number;
  /** Nats, their sum. */
  readonly before: number;
  readonly after: number;
}

/** @param before, after measurements of the same pieces; @returns `[document]` */
export function lossesByDocument(
  before: TrainingMeasurement,
  after: TrainingMeasurement,
  { report: held }: AdaptationPlan,
): DocumentLoss[] {
  const losses = Array.from({ length: held.documents }, () => ({ tokens: 0, before: 0, after: 0 }));
  held.pieces.forEach((piece, i) => {
    const of = losses[held.documentOf[i]!]!;
    of.tokens += predictedIn([piece]);
    of.before += before.report[i]!;
    of.after += after.report[i]!;
  });
  return losses;
}

/** @param before, after measurements of the same pieces */
export function compare(
  before: TrainingMeasurement,
  after: TrainingMeasurement,
  plan: AdaptationPlan,
): BeforeAfter {
  const { report: held } = plan;
  const sums = lossesByDocument(before, after, plan).map((document) => ({
    sum: document.after - document.before,
    count: document.tokens,
  }));
  return {
    before: lossOf(before.report, held),
    after: lossOf(after.report, held),
    // Each document has a piece, and each piece predicts.
    change: overDocuments([sums])!,
    documents: held.documents,
  };
}

/** @param losses sums over a piece's predicted tokens, nats, `[piece]` */
function lossOf(losses: Float64Array, { pieces }: HeldOutPieces): HeldOutLoss {
  const tokens = predictedIn(pieces);
  const loss = losses.reduce((sum, of) => sum + of, 0) / tokens;
  return { loss, perplexity: Math.exp(loss) };
}
