/** What a model is trained on and measured on, known before anything is trained (docs/definitions.md, "Re-adaptation"). */
import { formatNumber } from "../../analysis/presentation/format";
import type { LoadedModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { predictedIn, type TrainingPiece, type TrainingWindow } from "../../engine/training";
import { type HeldOutPieces, heldOutPieces } from "./heldOut";
import { type AdaptationPart, FEWEST_DOCUMENTS, partsOfDocuments } from "./parts";
import { type LeftOut, type ReadDocuments, readDocuments, type ReadRequest } from "./readDocuments";
import { type AdaptationSettings, DEFAULT_WINDOW } from "./settings";
import { trainingSteps } from "./trainingSteps";

export interface PlanRequest extends Omit<ReadRequest, "length" | "wanted"> {
  readonly settings: AdaptationSettings;
}

export interface AdaptationPlan {
  /** Tokens that a window predicts, at most. */
  readonly length: number;
  /** `[step][window]` */
  readonly steps: readonly (readonly TrainingWindow[])[];
  readonly choose: HeldOutPieces;
  readonly report: HeldOutPieces;
  /** Steps between two measurements. */
  readonly interval: number;
  readonly texts: AdaptationTexts;
}

/** How much there is of each part. */
export interface AdaptationTexts {
  readonly train: PartSize & {
    /** How often the steps predict each of its tokens, on average. */
    readonly epochs: number;
  };
  readonly choose: PartSize;
  readonly report: PartSize;
  readonly leftOut: LeftOut;
}

interface PartSize {
  readonly documents: number;
  readonly pieces: number;
  /** That are predicted. */
  readonly tokens: number;
}

/**
 * Reads documents, divides them, and says what each step trains on.
 * @throws EngineError `TextTooShort` where there are too few documents, `ContextTooSmall` where a window is longer than the model's
 * context, and as of `Engine.tokenize`; CorpusError
 */
export async function planAdaptation(request: PlanRequest): Promise<AdaptationPlan> {
  const { model, settings } = request;
  const length = lengthOf(model, settings.window);
  const wanted = settings.steps * settings.windowsPerStep * length;
  const read = await readDocuments({ ...request, length, wanted });
  if (read.documents.length < FEWEST_DOCUMENTS) throw tooFew(read);
  const parts = partsOfDocuments(read.documents.length, settings.seed);
  const of = (part: AdaptationPart) => read.documents.filter((_, i) => parts[i] === part);
  const train = of("train");
  const steps = trainingSteps(train.flat(), { ...settings, length });
  const [choose, report] = [heldOutPieces(of("choose")), heldOutPieces(of("report"))];
  return {
    length,
    steps,
    choose,
    report,
    interval:
      settings.interval ?? intervalOf(settings, choose.pieces.length + report.pieces.length),
    texts: {
      train: trainSize(train, steps),
      choose: sizeOf(choose.documents, choose.pieces),
      report: sizeOf(report.documents, report.pieces),
      leftOut: read.leftOut,
    },
  };
}

/** Measurements that all steps are divided by. */
const MEASUREMENTS = 10;

/** @param pieces that each measurement decodes */
function intervalOf({ steps, windowsPerStep }: AdaptationSettings, pieces: number): number {
  return Math.ceil(Math.max(steps / MEASUREMENTS, pieces / windowsPerStep));
}

function lengthOf({ facts }: LoadedModel, window: number | null): number {
  if (window === null) return Math.min(DEFAULT_WINDOW, facts.trainedContext);
  if (window <= facts.trainedContext) return window;
  throw new EngineError(
    "ContextTooSmall",
    `${facts.name} was trained with a context of ${formatNumber(facts.trainedContext, 0)} tokens: windows of ${formatNumber(window, 0)} are too long. Choose shorter ones.`,
  );
}

/** What was left out, with its reasons; empty: nothing was. */
export function leftOutWords({ duplicates, short, faulty }: LeftOut): string[] {
  const reasons = [
    [duplicates, "the same as another one"],
    [short, "too short to predict anything in"],
    [faulty, "that the model can't tokenize"],
  ] as const;
  return reasons.flatMap(([count, reason]) => (count === 0 ? [] : [`${count} ${reason}`]));
}

function tooFew({ documents, leftOut }: ReadDocuments): EngineError {
  const words = leftOutWords(leftOut);
  const without = words.length === 0 ? "" : `, without ${words.join(", ")}`;
  return new EngineError(
    "TextTooShort",
    `A model is adapted with at least ${FEWEST_DOCUMENTS} documents, to train, choose and report on; there are ${documents.length}${without}. Give more texts, or have every line be a document.`,
  );
}

function trainSize(
  documents: readonly (readonly TrainingPiece[])[],
  steps: AdaptationPlan["steps"],
): AdaptationTexts["train"] {
  const size = sizeOf(documents.length, documents.flat());
  const trained = steps.flat().reduce((sum, { pieces }) => sum + predictedIn(pieces), 0);
  return { ...size, epochs: trained / size.tokens };
}

function sizeOf(documents: number, pieces: readonly TrainingPiece[]): PartSize {
  return { documents, pieces: pieces.length, tokens: predictedIn(pieces) };
}
