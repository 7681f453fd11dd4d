import type { CorpusDocument } from "../corpora/corpus";

/** Documents that go through the models together. */
export type Chunk = readonly CorpusDocument[];

/** Work that a crash may cost, seconds. */
const CHUNK_SECONDS = 2;
/** Where models take turns in memory, each chunk costs a change of models: UTF-16 units. */
const TURN_UNITS = 2 ** 22;
const FIRST_UNITS = 2 ** 13;
const MOST_DOCUMENTS = 256;

/**
 * How much text a chunk has: what the models take about two seconds for, as far as they have shown it. No number depends on
 * it.
 */
export class ChunkSize {
  private units = FIRST_UNITS;

  /** @param together memory holds all models */
  constructor(private readonly together: () => boolean) {}

  isFull(chunk: Chunk): boolean {
    const length = chunk.reduce((sum, { text }) => sum + text.length, 0);
    if (!this.together()) return length >= TURN_UNITS;
    return length >= this.units || chunk.length >= MOST_DOCUMENTS;
  }

  took(chunk: Chunk, seconds: number): void {
    const length = chunk.reduce((sum, { text }) => sum + text.length, 0);
    const wanted = (length / Math.max(seconds, 0.001)) * CHUNK_SECONDS;
    this.units = Math.min(TURN_UNITS, Math.max(1024, wanted));
  }
}

/**
 * Documents as chunks, each read when it is wanted.
 * @param size asked after every document
 */
export async function* chunksOf(
  documents: AsyncIterable<CorpusDocument>,
  size: ChunkSize,
): AsyncGenerator<Chunk> {
  let chunk: CorpusDocument[] = [];
  for await (const document of documents) {
    chunk.push(document);
    if (!size.isFull(chunk)) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
