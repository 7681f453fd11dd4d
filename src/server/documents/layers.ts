import { tokensIn } from "../../analysis/text/tokens";
import type { Vocabulary } from "../../engine/engine";
import { sliceColumns } from "../../jobs/scoring/columns";
import type { TextScores } from "../../protocol/textScores";
import type { Role } from "../../protocol/roles";
import type { ModelFacts, TokenColumns } from "../../protocol/scores";
import { moveTokens, type Edit } from "./edits";

/** What one model expected of a document. */
export interface LayerScores {
  /** Ranges follow the edits made since: they are offsets into the text as it is now. */
  readonly scores: TextScores;
  /** As they were scored, which is what the next scoring can build on. */
  readonly original: TextScores;
  /** Tokens of the chat prompt that stood before the text; null: none. */
  readonly prefix: Int32Array | null;
  readonly vocabulary: Vocabulary;
}

/** Models and settings that make scores. */
export interface Conditions {
  /** Name of the pair. */
  readonly pair: string;
  /** Equal where a text gets the same scores, whatever the pair is called. */
  readonly key: string;
}

/**
 * What one job found: the scores of both models, or as much as is there of them. What ends beyond `staleFrom` (UTF-16
 * offset) was found for an earlier text.
 */
export interface Layer {
  readonly conditions: Conditions;
  readonly base: LayerScores | null;
  readonly rlhf: LayerScores | null;
  readonly staleFrom: number;
}

export function emptyLayer(conditions: Conditions): Layer {
  return { conditions, base: null, rlhf: null, staleFrom: Infinity };
}

/** The layer as it stands after an edit. */
export function editLayer(layer: Layer, edit: Edit, firstStale: number): Layer {
  return {
    ...layer,
    base: layer.base && moveRole(layer.base, edit),
    rlhf: layer.rlhf && moveRole(layer.rlhf, edit),
    // An edit in front of what was stale already moves nothing: everything from it on is stale now.
    staleFrom: Math.min(layer.staleFrom, firstStale),
  };
}

export function moveRole(role: LayerScores, edit: Edit): LayerScores {
  return { ...role, scores: { ...role.scores, columns: moveTokens(role.scores.columns, edit) } };
}

/** The layer with what has become known of its models. @param found by what was known when they scored */
export function describeLayer(layer: Layer, found: ReadonlyMap<ModelFacts, ModelFacts>): Layer {
  const describe = (role: LayerScores | null): LayerScores | null => {
    const model = role && found.get(role.original.model);
    if (!model) return role;
    const { scores, original } = role;
    return { ...role, scores: { ...scores, model }, original: { ...original, model } };
  };
  return { ...layer, base: describe(layer.base), rlhf: describe(layer.rlhf) };
}

/** Columns of a text that begins at `offset` of the document, as ranges of the document. */
export function shiftColumns(columns: TokenColumns, offset: number): TokenColumns {
  if (offset === 0) return columns;
  return {
    ...columns,
    start: columns.start.map((start) => start + offset),
    endExclusive: columns.endExclusive.map((end) => end + offset),
  };
}

/**
 * The part of a role's scores that holds for the text as it is: tokens that end at `staleFrom` or before. Rows are
 * views, not copies.
 */
export function freshScores(layer: Layer, role: Role): TextScores | null {
  const scores = layer[role]?.scores ?? null;
  if (!scores || layer.staleFrom === Infinity) return scores;
  const columns = scores.columns;
  const count = tokensIn(columns, { start: layer.staleFrom, endExclusive: Infinity }).start;
  if (count === columns.count) return scores;
  return {
    ...scores,
    columns: sliceColumns(columns, { start: 0, endExclusive: count }),
    scoredRange: {
      start: Math.min(scores.scoredRange.start, count),
      endExclusive: Math.min(scores.scoredRange.endExclusive, count),
    },
    complete: false,
  };
}

/** How many tokens of both models are scored. */
export function scoredTokens(layer: Layer): number {
  const count = (role: LayerScores | null) =>
    role ? role.scores.scoredRange.endExclusive - role.scores.scoredRange.start : 0;
  return count(layer.base) + count(layer.rlhf);
}
