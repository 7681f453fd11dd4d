import { CommonMeasure, type CommonSums } from "../../analysis/scores/commonText";
import { cutSegments } from "../../analysis/text/segments";
import { tokenizeAlike } from "../../analysis/text/tokenizers";
import { cancelled } from "../../engine/errors";
import { commonRow } from "../../formats/study/rows";
import type { Group, ResultCell } from "../../formats/study/studyResult";
import type { WindowSettings } from "../../protocol/scores";
import type { CorpusDocument } from "../corpora/corpus";
import type { HeldModels } from "../models/heldModels";
import type { GoldMeasure } from "./cells";
import { measureChunks } from "./chunkPass";
import type { DocumentRequest, DocumentScores } from "./documentScores";
import { rowOf } from "./documentRows";
import { scoreDocuments } from "./scoreDocuments";
import type { WindowJournal } from "./windowJournal";

/** Cells of one pair and corpus that have come equally far: they are measured in one pass over the documents. */
export interface GoldPass {
  /** Changed in place; `measure` is a {@link GoldMeasure}. */
  readonly cells: readonly ResultCell[];
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly windows: WindowSettings;
  /** All of the corpus. */
  readonly documents: AsyncIterable<CorpusDocument>;
  /** More documents are measured. */
  readonly onDone: () => void;
  /** null: what a crash ends is measured again. */
  readonly journal: WindowJournal | null;
  readonly signal: AbortSignal;
}

/**
 * Measures documents as they stand under all models of a pair, chunk by chunk, and tells after each.
 * @throws EngineError where a model can't be used at all, or `Cancelled`; CorpusError
 */
export async function measureGold(pass: GoldPass): Promise<void> {
  const { cells, models, sha256, documents, journal } = pass;
  await measureChunks<DocumentScores>({
    cells,
    done: doneOf(cells[0]!),
    models,
    sha256,
    documents,
    measure: (stage, chunk) =>
      scoreDocuments(
        chunk.map(({ text }) => text),
        requestFor(pass, stage),
      ),
    groupOf: ({ measure }, document, stages) => groupOf(measure as GoldMeasure, document, stages),
    onDone() {
      journal?.recorded();
      pass.onDone();
    },
  });
}

/** Documents that a cell has numbers of, or knows that there are none. */
export function doneOf({ measured, failed }: ResultCell): number {
  return measured + failed.length;
}

function requestFor(
  { models, windows, cells, journal, signal }: GoldPass,
  stage: string,
): DocumentRequest {
  return {
    async hold() {
      const held = await models.hold(stage);
      if (signal.aborted) throw cancelled();
      return journal?.watch(held) ?? held;
    },
    settings: windows,
    distributions: cells.some(({ measure }) => measure !== "perplexity"),
    signal,
  };
}

/** The numbers of one document; the base model stands first. */
function groupOf(
  measure: GoldMeasure,
  document: string,
  stages: readonly (readonly [string, DocumentScores])[],
): Group {
  const [first, ...others] = stages;
  const compared = measure === "perplexity" ? others : [];
  return {
    document,
    documents: 1,
    stages: Object.fromEntries(stages.map(([stage, scores]) => [stage, rowOf(measure, scores)])),
    against: Object.fromEntries(
      compared.map(([stage, scores]) => [stage, commonRow(compare(first![1], scores))]),
    ),
  };
}

/** A model against the base, on the text that both scored. */
function compare(base: DocumentScores, other: DocumentScores): CommonSums {
  const alike = tokenizeAlike(base.model, other.model);
  const measure = new CommonMeasure(alike ? "token" : "segment");
  measure.add(cutSegments(base.tokens, other.tokens));
  return measure.value();
}
