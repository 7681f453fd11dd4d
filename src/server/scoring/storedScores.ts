import type { Vocabulary } from "../../engine/engine";
import type { TextScores } from "../../protocol/textScores";
import {
  CONCENTRATION_KS,
  type DistributionColumns,
  type TokenColumns,
} from "../../protocol/scores";

/**
 * What a file claims to be, looked at before anything is made of it: it may come from another version, or from somebody
 * else. A column that is too short would be read as nonsense, an id beyond the vocabulary as another token.
 */
export function areScores(
  scores: TextScores,
  prefix: Int32Array | null,
  text: string,
  vocabulary: Vocabulary,
): boolean {
  const { model, settings, columns, scoredRange, complete, prompt } = scores ?? {};
  return (
    complete === true &&
    isObject(model) &&
    Array.isArray(model.tokenizerFaults) &&
    model.adapterFacts !== undefined &&
    isObject(settings) &&
    isObject(columns) &&
    areColumns(columns, text, vocabulary.attributes.length) &&
    isObject(scoredRange) &&
    scoredRange.start >= 0 &&
    scoredRange.start <= scoredRange.endExclusive &&
    scoredRange.endExclusive <= columns.count &&
    (prompt === null || typeof prompt === "string") &&
    (prefix === null || prefix instanceof Int32Array)
  );
}

export function isVocabulary(vocabulary: Vocabulary): boolean {
  const { bytes, offsets, attributes, endOfGeneration } = vocabulary;
  return (
    bytes instanceof Uint8Array &&
    isColumn(attributes, Uint16Array, attributes?.length) &&
    isColumn(offsets, Uint32Array, attributes.length + 1) &&
    offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]!) &&
    offsets.at(-1)! <= bytes.length &&
    Array.isArray(endOfGeneration)
  );
}

function areColumns(columns: TokenColumns, text: string, vocabularySize: number): boolean {
  const { count, start, endExclusive, id, distribution, boundary } = columns;
  return (
    Number.isInteger(count) &&
    Number.isInteger(columns.withoutToken) &&
    isColumn(start, Uint32Array, count) &&
    isColumn(endExclusive, Uint32Array, count) &&
    isColumn(id, Int32Array, count) &&
    isColumn(columns.flags, Uint8Array, count) &&
    isColumn(columns.logProbability, Float64Array, count) &&
    endExclusive.every((end, i) => start[i]! <= end && end <= text.length) &&
    id.every((token) => token >= 0 && token < vocabularySize) &&
    (distribution === null ||
      (isObject(distribution) && areDistributions(distribution, count, vocabularySize))) &&
    (boundary === undefined ||
      (isObject(boundary) && isColumn(boundary.logProbability, Float64Array, count + 1)))
  );
}

function areDistributions(
  columns: DistributionColumns,
  count: number,
  vocabularySize: number,
): boolean {
  const { topK, topId } = columns;
  return (
    Number.isInteger(topK) &&
    isColumn(columns.rank, Uint32Array, count) &&
    isColumn(columns.entropy, Float32Array, count) &&
    isColumn(columns.coverage, Uint32Array, count) &&
    isColumn(columns.concentration, Uint16Array, count * CONCENTRATION_KS.length) &&
    isColumn(topId, Int32Array, count * topK) &&
    isColumn(columns.topLogProbability, Float32Array, count * topK) &&
    topId.every((token) => token >= -1 && token < vocabularySize)
  );
}

type TypedArrayClass = abstract new (...args: never[]) => { readonly length: number };

function isColumn(value: unknown, kind: TypedArrayClass, length: number): boolean {
  return value instanceof kind && value.length === length;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
