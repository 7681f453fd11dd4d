/** Messages about continuations of a document's text: the server draws them, one try at a time. */
import { event, request } from "./channel";
import type { Role } from "./roles";

export const ContinuationRequest = {
  /** Draw continuations with each model of the pair. A request ends the one before it; what it has drawn stays. */
  draw: request<DrawParams, readonly ReadText[]>("twinlens/drawContinuations"),
  /** Ends the drawing. */
  cancel: request<null, null>("twinlens/cancelContinuations"),
};

export const ContinuationEvent = {
  /** A continuation is there. */
  drawn: event<Drawn>("twinlens/continuation"),
  /** A drawing moved. */
  progress: event<DrawingProgress>("twinlens/continuationProgress"),
};

/** What continuations go on from, and how they are drawn. */
export interface DrawParams {
  /** The host's number of the drawing, which its events name. */
  readonly drawing: number;
  /** The text that is gone on with, or its end: {@link MOST_TEXT}. Both models read it as it is. */
  readonly before: string;
  /** What every continuation begins with; null: nothing is given. */
  readonly first: FirstToken | null;
  /** Numbers of the samples to draw of each model; sample i has a generator seeded by (seed, i). */
  readonly samples: Readonly<Record<Role, readonly number[]>>;
  readonly seed: number;
  /** Of each continuation, at most. */
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: Readonly<Record<Role, number>>;
}

/** UTF-16 units that a request holds of the text before: more than any window. */
export const MOST_TEXT = 1 << 20;

/** A token of a model; the other one gets the same token where it has it, else the text. */
export interface FirstToken {
  readonly role: Role;
  readonly id: number;
  /** As it would be put into the document. */
  readonly text: string;
}

export interface Drawn {
  readonly drawing: number;
  readonly role: Role;
  readonly continuation: DrawnContinuation;
}

export interface DrawnContinuation {
  /** Number of the sample. */
  readonly sample: number;
  /** Without the token that was given; whole characters. */
  readonly text: string;
  /** UTF-16 offset at which each token begins; a token inside a character begins with that character. */
  readonly starts: readonly number[];
  /** `end`: the model ended the text; `length`: there were no more tokens to draw. */
  readonly ended: "end" | "length";
}

/** What is being done for a drawing. */
export type DrawingProgress = DrawingStep & { readonly drawing: number };

/** `fraction`: 0 .. 1 of the models, or of all tokens. */
export type DrawingStep =
  | { readonly phase: "loading"; readonly role: Role; readonly fraction: number }
  | { readonly phase: "drawing"; readonly fraction: number };

/** What a model has read of the text before. */
export interface ReadText {
  readonly role: Role;
  /** Tokens. */
  readonly tokens: number;
  /** The text begins earlier. */
  readonly isCut: boolean;
}
