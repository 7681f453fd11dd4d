import { CommonMeasure, type CommonSums } from "../../analysis/scores/commonText";
import { cutSegments } from "../../analysis/text/segments";
import { tokenizeAlike } from "../../analysis/text/tokenizers";
import { cancelled, EngineError } from "../../engine/errors";
import { commonRow } from "../../formats/study/rows";
import { type Group, MOST_GROUPS, type ResultCell } from "../../formats/study/studyResult";
import type { WindowSettings } from "../../protocol/scores";
import type { CorpusDocument } from "../corpora/corpus";
import type { HeldModels } from "../models/heldModels";
import type { GoldMeasure } from "./cells";
import { type Chunk, ChunkSize, chunksOf } from "./chunks";
import type { DocumentRequest, DocumentScores } from "./documentScores";
import { describeModel, rowOf } from "./documentRows";
import { withDocument } from "./groups";
import { scoreDocuments, scoreOneByOne } from "./scoreDocuments";
import type { WindowJournal } from "./windowJournal";

/** Cells of one pair and corpus that have come equally far: they are measured in one pass over the documents. */
export interface GoldPass {
  /** Changed in place; `measure` is never `own`. */
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
  const { cells, models, documents } = pass;
  const done = doneOf(cells[0]!);
  const size = new ChunkSize(() => models.together);
  for await (const chunk of chunksOf(skipping(documents, done), size)) {
    const start = performance.now();
    await measureChunk(pass, chunk);
    size.took(chunk, (performance.now() - start) / 1000);
    pass.onDone();
  }
  for (const cell of cells) cell.isComplete = true;
}

/** Documents that a cell has numbers of, or knows that there are none. */
export function doneOf({ measured, failed }: ResultCell): number {
  return measured + failed.length;
}

async function* skipping(
  documents: AsyncIterable<CorpusDocument>,
  count: number,
): AsyncGenerator<CorpusDocument> {
  let read = 0;
  for await (const document of documents) {
    if (read++ >= count) yield document;
  }
}

async function measureChunk(pass: GoldPass, chunk: Chunk): Promise<void> {
  const scored = await scoreChunk(pass, chunk);
  chunk.forEach((document, i) => record(pass, document, scored[i]!));
  pass.journal?.recorded();
}

/** A document under the models that have read it, by stage, or why one of them could not. */
type Scored = ReadonlyMap<string, DocumentScores> | EngineError;

/** Side by side where memory holds all models; one by one where that ends the engine, to know which text it was. */
async function scoreChunk(pass: GoldPass, chunk: Chunk): Promise<Scored[]> {
  const { models } = pass;
  const texts = chunk.map(({ text }) => text);
  // Loaded one after another: then it is known whether memory holds them all.
  for (const stage of models.together ? models.roles : []) await models.hold(stage);
  const score = (stage: string) => scoreDocuments(texts, requestFor(pass, stage));
  const all = models.together
    ? await Promise.all(models.roles.map(score))
    : await inTurn(models.roles, score);
  // What keeps a model from being loaded is no text's fault.
  if (models.failure !== null) throw models.failure;
  if (!all.flat().some(isCrash)) return byDocument(models.roles, all);
  return byDocument(
    models.roles,
    await inTurn(models.roles, (stage) => scoreOneByOne(texts, requestFor(pass, stage))),
  );
}

async function inTurn<T>(
  stages: readonly string[],
  work: (stage: string) => Promise<T>,
): Promise<T[]> {
  const all: T[] = [];
  for (const stage of stages) all.push(await work(stage));
  return all;
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

function isCrash(scored: DocumentScores | EngineError): boolean {
  return scored instanceof EngineError && scored.code === "EngineCrashed";
}

function byDocument(
  stages: readonly string[],
  scored: readonly (readonly (DocumentScores | EngineError)[])[],
): Scored[] {
  return scored[0]!.map((_, i) => {
    const fault = scored.map((of) => of[i]!).find((one) => one instanceof EngineError);
    if (fault) return fault;
    return new Map(stages.map((stage, at) => [stage, scored[at]![i] as DocumentScores]));
  });
}

function record({ cells, sha256 }: GoldPass, document: CorpusDocument, of: Scored): void {
  for (const cell of cells) {
    if (of instanceof EngineError) {
      cell.failed = [...cell.failed, { document: document.id, reason: of.message }];
      continue;
    }
    const stages = [...of];
    if (cell.models.length === 0) {
      cell.models = stages.map(([stage, scores]) => describeModel(stage, scores, sha256));
    }
    const group = groupOf(cell.measure as GoldMeasure, document.id, stages);
    const { groupSize, groups } = withDocument(cell, group, MOST_GROUPS[cell.measure]);
    cell.groupSize = groupSize;
    cell.groups = [...groups];
    cell.measured += 1;
  }
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
