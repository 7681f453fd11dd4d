/** Messages about the game in which the next word is guessed: the server reads passages, and asks the models. */
import { event, request } from "./channel";
import type { Role } from "./roles";

export const GameRequest = {
  /** The passages of a file, less their last words; those that have too few words are left out. */
  passages: request<PassagesParams, readonly HiddenWord[]>("twinlens/gamePassages"),
  /** What each model of the pair expects where a word is hidden, base first. A question ends the one before it. */
  ask: request<WordQuestion, readonly WordAnswer[]>("twinlens/askModels"),
  /** Ends the question. */
  cancel: request<null, null>("twinlens/cancelQuestion"),
};

export const GameEvent = {
  /** A question moved. */
  progress: event<QuestionProgress>("twinlens/questionProgress"),
};

export interface PassagesParams {
  /** A text with a passage on each line, or records with a text each. */
  readonly file: string;
  /** At most so many, the first ones. */
  readonly most: number;
}

/** A word that the player does not see. */
export interface HiddenWord extends WordQuestion {
  /** The text begins earlier than `before`. */
  readonly isCut: boolean;
}

export interface WordQuestion {
  /** The text up to the word. */
  readonly before: string;
  readonly word: string;
}

/** What is being done for a question. */
export interface QuestionProgress {
  readonly phase: "loading" | "reading";
  readonly role: Role;
  /** 0 .. 1; null: unknown */
  readonly fraction: number | null;
}

/** What one model expects where a word is hidden. */
export interface WordAnswer {
  readonly role: Role;
  /** The tokens that the word has a part in, in order, each read after those before it. */
  readonly tokens: readonly RankedToken[];
  /** The word that it writes when it goes on greedily; empty: it ends the text. */
  readonly said: string;
  /** What it holds most probable at the word's first token, the most probable first. */
  readonly choices: readonly TokenChoice[];
}

export interface TokenChoice {
  /** Its text, blanks (as `·`) and control characters made visible. */
  readonly label: string;
  /** 0 .. 1 */
  readonly probability: number;
}

export interface RankedToken extends TokenChoice {
  /** 1 = the most probable token of the vocabulary. */
  readonly rank: number;
}
