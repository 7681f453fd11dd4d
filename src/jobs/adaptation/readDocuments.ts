import { createHash } from "node:crypto";
import type { Engine, LoadedModel } from "../../engine/engine";
import { type EngineError, isTextFault } from "../../engine/errors";
import { LEAST_FILES } from "../../report/overall";
import type { CorpusDocument } from "../corpora/corpus";
import { MOST_PIECES } from "./heldOut";
import { BLOCK } from "./parts";
import { predictedIn, type TrainingPiece } from "../../engine/training";
import { piecesOf } from "./pieces";

export interface ReadRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly documents: AsyncIterable<Pick<CorpusDocument, "id" | "text">>;
  /** Tokens that a piece predicts, at most. */
  readonly length: number;
  /** Tokens that all steps predict, at most. */
  readonly wanted: number;
  readonly listener: ReadListener;
  readonly signal: AbortSignal;
}

export interface ReadListener {
  /** How much was read of what is enough, 0 .. 1; there may be less of it. */
  readonly onRead: (fraction: number) => void;
  /** A document is left out that the model can't tokenize. */
  readonly onFault: (document: string, error: EngineError) => void;
}

export interface ReadDocuments {
  /** Pieces of each, `[document][piece]`; at least one. */
  readonly documents: readonly (readonly TrainingPiece[])[];
  readonly leftOut: LeftOut;
}

/** How many documents were read and are not used. */
export interface LeftOut {
  /** What stands in them, but for blanks around it, was read before. */
  readonly duplicates: number;
  /** Nothing is predicted in them. */
  readonly short: number;
  /** The model can't tokenize them. */
  readonly faulty: number;
}

/**
 * Reads documents in their order, until there is enough to train on and to measure.
 * @throws EngineError as of `Engine.tokenize`, unless it is a document's fault, or `Cancelled`; CorpusError
 */
export async function readDocuments(request: ReadRequest): Promise<ReadDocuments> {
  const { model, length, wanted, listener } = request;
  const enough = new Enough(wanted);
  const seen = new Set<string>();
  const documents: TrainingPiece[][] = [];
  const leftOut = { duplicates: 0, short: 0, faulty: 0 };
  for await (const document of request.documents) {
    const content = createHash("sha256").update(document.text.trim()).digest("base64");
    if (seen.has(content)) {
      leftOut.duplicates++;
      continue;
    }
    seen.add(content);
    const ids = await tokensOf(document, request);
    const pieces = piecesOf(ids ?? new Int32Array(), model.vocabulary.bos, length);
    if (ids === null) leftOut.faulty++;
    else if (pieces.length === 0) leftOut.short++;
    else documents.push(pieces);
    enough.add(pieces);
    listener.onRead(enough.fraction);
    if (enough.fraction === 1) break;
  }
  return { documents, leftOut };
}

/** null: they can't be told. */
async function tokensOf(
  { id, text }: Pick<CorpusDocument, "id" | "text">,
  { engine, model, listener, signal }: ReadRequest,
): Promise<Int32Array | null> {
  try {
    return (await engine.tokenize(model.id, text, signal)).id;
  } catch (error) {
    if (!isTextFault(error) || error.code === "EngineCrashed") throw error;
    listener.onFault(id, error);
    return null;
  }
}

/**
 * How much is enough: so many times what the steps take, and so many documents. Either both held-out parts have all their pieces, each
 * of another document; or, where documents are long, at least as many documents as an interval is drawn from (a choice).
 */
const ENOUGH = [
  { times: 1, documents: BLOCK * MOST_PIECES },
  { times: 4, documents: BLOCK * LEAST_FILES },
];

/** Whether more would be of no use. */
class Enough {
  private tokens = 0;
  private documents = 0;
  private readonly wanted: number;

  constructor(trained: number) {
    this.wanted = trained / (1 - 2 / BLOCK);
  }

  add(pieces: readonly TrainingPiece[]): void {
    this.tokens += predictedIn(pieces);
    if (pieces.length > 0) this.documents++;
  }

  /** 0 .. 1 */
  get fraction(): number {
    const fractions = ENOUGH.map(({ times, documents }) =>
      Math.min(1, this.tokens / (times * this.wanted), this.documents / documents),
    );
    return Math.max(...fractions);
  }
}
