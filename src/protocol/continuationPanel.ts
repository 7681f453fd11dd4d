/** Messages between the extension host and the panel of continuations; `panels.ts` says how requests are numbered and answered. */
import * as z from "zod/mini";
import * as bounds from "./bounds";
import { numberWithin, wholeNumber } from "./bounds";
import type { DrawingStep } from "./continuation";
import { type Role, ROLES } from "./roles";

const count = () => z.int().check(z.gte(0));
const role = () => z.enum(ROLES);
const node = { id: count() };
const child = { id: count(), parent: count() };

/** How continuations are drawn, as far as the panel chooses it. */
export const drawingChoice = z.object({
  /** Of each model. */
  samples: wholeNumber(bounds.CONTINUATIONS),
  maxTokens: wholeNumber(bounds.CONTINUATION_TOKENS),
  temperature: numberWithin(bounds.TEMPERATURE),
  topPBase: numberWithin(bounds.TOP_P),
  topPRlhf: numberWithin(bounds.TOP_P),
});
export type DrawingChoice = z.infer<typeof drawingChoice>;

/** A place in a document; its fields are those of `analysis/continuations/place.ts`. */
const placeNode = z.object({
  kind: z.literal("place"),
  ...node,
  parent: z.null(),
  uri: z.string(),
  /** Name of the document. */
  title: z.string(),
  start: count(),
  before: z.string(),
  blank: z.string(),
  after: z.string(),
  isAdrift: z.boolean(),
});
export type PlaceNode = z.infer<typeof placeNode>;

/** Continuations from one start, drawn in one way. */
const tryNode = z.object({
  kind: z.literal("try"),
  ...child,
  /** It goes on after so many UTF-16 units of its parent's text, where that is a continuation. */
  after: count(),
  /** What all begin with; empty: nothing was given. */
  first: z.string(),
  /** The token that this is; null: nothing was given. */
  token: z.nullable(z.object({ role: role(), id: count() })),
  /** Name of the pair. */
  pair: z.string(),
  seed: count(),
  drawing: z.omit(drawingChoice, { samples: true }),
  /** Samples of each model that were asked for. */
  wanted: count(),
  /** Tokens of the text before that were read, of models for which it was cut. */
  cut: z.object({ base: z.optional(count()), rlhf: z.optional(count()) }),
});
export type TryNode = z.infer<typeof tryNode>;

const continuationNode = z.object({
  kind: z.literal("continuation"),
  ...child,
  role: role(),
  /** As of `DrawnContinuation`. */
  sample: count(),
  text: z.string(),
  starts: z.readonly(z.array(count())),
  ended: z.enum(["end", "length"]),
});
export type ContinuationNode = z.infer<typeof continuationNode>;

export const continuationTreeNode = z.discriminatedUnion("kind", [
  placeNode,
  tryNode,
  continuationNode,
]);
export type ContinuationTreeNode = z.infer<typeof continuationTreeNode>;

/** Host to the panel. */
export type ToContinuations =
  /** All there is to see, after every change. */
  | { readonly type: "show"; readonly view: ContinuationsView }
  | { readonly type: "progress"; readonly step: DrawingStep };

export interface ContinuationsView {
  /** As of `analysis/continuations/tree.ts`. */
  readonly nodes: readonly ContinuationTreeNode[];
  readonly selected: number | null;
  readonly choice: DrawingChoice;
  /** The try that is drawn; null: none is. */
  readonly drawing: number | null;
  /** What drawing would do for the selected node: begin a try, finish it, or add to it. */
  readonly next: "begin" | "finish" | "add";
  /** Why the last drawing has ended early; null: it has not. */
  readonly failure: string | null;
  /** Nodes that were removed can be had back. */
  readonly canUndo: boolean;
  /** The one model that the pair has; null: it has both, or there is no pair. */
  readonly only: Role | null;
}

/** The panel to the host; `id`: of a node. */
export const fromContinuations = z.lazy(() => {
  const toText = { ...node, upTo: count() };
  return z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    z.object({ type: z.literal("choose"), choice: drawingChoice }),
    z.object({ type: z.literal("select"), ...node }),
    /** Draw what a try lacks, or further continuations. */
    z.object({ type: z.literal("draw"), ...node }),
    /** Go on after so many UTF-16 units of a continuation. */
    z.object({ type: z.literal("goOn"), ...toText }),
    z.object({ type: z.literal("cancel") }),
    /** Put the text of the path, so many UTF-16 units of the continuation included, into the document. */
    z.object({ type: z.literal("insert"), ...toText }),
    z.object({ type: z.literal("copy"), ...toText }),
    /** Show the place in its document. */
    z.object({ type: z.literal("reveal"), ...node }),
    /** Remove a node with all that was tried after it. */
    z.object({ type: z.literal("remove"), ...node }),
    z.object({ type: z.literal("clear") }),
    /** Take back what was removed or cleared last. */
    z.object({ type: z.literal("undo") }),
    z.object({ type: z.literal("choosePair") }),
  ]);
});
export type FromContinuations = z.infer<typeof fromContinuations>;
