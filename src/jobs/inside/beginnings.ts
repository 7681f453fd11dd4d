/** Beginnings that models go on from: the first words of documents, and of later parts of long ones. */
import type { CorpusDocument } from "../corpora/corpus";

export interface Beginning {
  /** Number of its document among those that have one. */
  readonly document: number;
  readonly text: string;
}

export interface Beginnings {
  /** Names of the documents. */
  readonly documents: readonly string[];
  readonly beginnings: readonly Beginning[];
}

export interface BeginningsRequest {
  /** Of each beginning. */
  readonly words: number;
  /** Words from one beginning to the next. */
  readonly stride: number;
  /** Of all, at most. */
  readonly most: number;
}

/** Of a word on average, UTF-16 units: a longer beginning may not fit a small context. */
const UNITS_PER_WORD = 32;

/**
 * Beginnings behind which the document has at least one word more: first one of each document, then a second of each, and so on,
 * until there are as many as are wanted; in the order of the documents.
 * @throws CorpusError
 */
export async function beginningsOf(
  documents: AsyncIterable<Pick<CorpusDocument, "id" | "text">>,
  request: BeginningsRequest,
): Promise<Beginnings> {
  const { most } = request;
  const found: { readonly name: string; readonly texts: readonly string[] }[] = [];
  for await (const { id, text } of documents) {
    // The more documents there are, the fewer of each are wanted.
    const texts = beginningsWithin(text, request, Math.ceil(most / (found.length + 1)));
    if (texts.length > 0) found.push({ name: id, texts });
    if (found.length === most) break;
  }
  const counts = countsInRounds(
    found.map(({ texts }) => texts.length),
    most,
  );
  return {
    documents: found.map(({ name }) => name),
    beginnings: found.flatMap(({ texts }, document) =>
      texts.slice(0, counts[document]).map((text) => ({ document, text })),
    ),
  };
}

/** How many of each are taken, where rounds take one of each that has more. */
function countsInRounds(available: readonly number[], most: number): number[] {
  const counts = available.map(() => 0);
  let left = most;
  for (let round = 0; left > 0 && available.some((count) => count > round); round++) {
    available.forEach((count, i) => {
      if (count <= round || left === 0) return;
      counts[i]! += 1;
      left -= 1;
    });
  }
  return counts;
}

/** @param most of them */
function beginningsWithin(
  text: string,
  { words, stride }: BeginningsRequest,
  most: number,
): string[] {
  const found: string[] = [];
  let start = 0;
  let number = 0;
  for (const { index } of text.matchAll(/\S+/gu)) {
    const place = number % stride;
    if (place === 0) start = index;
    // It ends before the word behind its last one.
    if (place === words) {
      const beginning = text.slice(start, index).trimEnd();
      if (beginning.length <= words * UNITS_PER_WORD) found.push(beginning);
    }
    if (found.length === most) break;
    number += 1;
  }
  return found;
}
