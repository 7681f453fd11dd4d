import { EngineError } from "../../engine/errors";
import { type Group, MOST_GROUPS, type ResultCell } from "../../formats/study/studyResult";
import type { CorpusDocument } from "../corpora/corpus";
import type { HeldModels } from "../models/heldModels";
import { type Chunk, ChunkSize, chunksOf } from "./chunks";
import { describeModel, type MeasuredBy } from "./documentRows";
import { withDocument } from "./groups";

/** Documents that go through all models of a pair, chunk by chunk. */
export interface ChunkPass<T extends MeasuredBy> {
  /** Changed in place. */
  readonly cells: readonly ResultCell[];
  /** Documents that the cells know of already. */
  readonly done: number;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  /** All of the corpus. */
  readonly documents: AsyncIterable<CorpusDocument>;
  /**
   * What a model makes of documents, the same for each whatever others are in the chunk, or why it can't; after a crash this is
   * said of all of them.
   */
  readonly measure: (stage: string, chunk: Chunk) => Promise<(T | EngineError)[]>;
  /** A document's numbers; the base model stands first. */
  readonly groupOf: (
    cell: ResultCell,
    document: string,
    stages: readonly (readonly [string, T])[],
  ) => Group;
  /** More documents are measured. */
  readonly onDone: () => void;
}

/** @throws EngineError where a model can't be used at all, or `Cancelled`; CorpusError */
export async function measureChunks<T extends MeasuredBy>(pass: ChunkPass<T>): Promise<void> {
  const { cells, models, documents, done } = pass;
  const size = new ChunkSize(() => models.together);
  for await (const chunk of chunksOf(skipping(documents, done), size)) {
    const start = performance.now();
    const measured = await measureChunk(pass, chunk);
    chunk.forEach((document, i) => record(pass, document, measured[i]!));
    size.took(chunk, (performance.now() - start) / 1000);
    pass.onDone();
  }
  for (const cell of cells) cell.isComplete = true;
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

/** A document under the models that have read it, by stage, or why one of them could not. */
type Measured<T> = ReadonlyMap<string, T> | EngineError;

/** Side by side where memory holds all models; one by one where that ends the engine, to know which text it was. */
async function measureChunk<T extends MeasuredBy>(
  { models, measure }: ChunkPass<T>,
  chunk: Chunk,
): Promise<Measured<T>[]> {
  // Loaded one after another: then it is known whether memory holds them all.
  for (const stage of models.together ? models.roles : []) await models.hold(stage);
  const all = models.together
    ? await Promise.all(models.roles.map((stage) => measure(stage, chunk)))
    : await inTurn(models.roles, (stage) => measure(stage, chunk));
  // What keeps a model from being loaded is no text's fault.
  if (models.failure !== null) throw models.failure;
  if (!all.flat().some(isCrash)) return byDocument(models.roles, all);
  const oneByOne = async (stage: string) =>
    (await inTurn(chunk, (document) => measure(stage, [document]))).flat();
  return byDocument(models.roles, await inTurn(models.roles, oneByOne));
}

async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}

function isCrash(measured: object): boolean {
  return measured instanceof EngineError && measured.code === "EngineCrashed";
}

function byDocument<T extends MeasuredBy>(
  stages: readonly string[],
  measured: readonly (readonly (T | EngineError)[])[],
): Measured<T>[] {
  return measured[0]!.map((_, i) => {
    const fault = measured.map((of) => of[i]!).find((one) => one instanceof EngineError);
    if (fault) return fault;
    return new Map(stages.map((stage, at) => [stage, measured[at]![i] as T]));
  });
}

function record<T extends MeasuredBy>(
  { cells, sha256, groupOf }: ChunkPass<T>,
  document: CorpusDocument,
  of: Measured<T>,
): void {
  for (const cell of cells) {
    if (of instanceof EngineError) {
      cell.failed = [...cell.failed, { document: document.id, reason: of.message }];
      continue;
    }
    const stages = [...of];
    if (cell.models.length === 0) {
      cell.models = stages.map(([stage, by]) => describeModel(stage, by, sha256));
    }
    const group = groupOf(cell, document.id, stages);
    const { groupSize, groups } = withDocument(cell, group, MOST_GROUPS[cell.measure]);
    cell.groupSize = groupSize;
    cell.groups = [...groups];
    cell.measured += 1;
  }
}
