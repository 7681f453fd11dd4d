import type { Measured } from "./measured";
import type { Role } from "./roles";
import type { TextRange } from "./scores";

export interface TokenDetails {
  readonly version: number;
  /** Scored for an earlier text, or with other models or settings. */
  readonly stale: boolean;
  readonly measured: Measured;
  /** Tokens at the offset, base first; several of a role where they share a character. */
  readonly tokens: readonly RoleToken[];
}

/** One token as one model sees it. */
export interface RoleToken {
  readonly role: Role;
  readonly token: number;
  readonly id: number;
  readonly range: TextRange;
  readonly label: string;
  readonly flags: number;
  /** null: not scored. */
  readonly score: {
    readonly logProbability: number;
    /** null: not measured. */
    readonly distribution: TokenDistribution | null;
  } | null;
}

/** What the whole distribution at a token says. */
export interface TokenDistribution {
  readonly rank: number;
  readonly entropyBits: number;
  readonly coverage: number;
  readonly alternatives: readonly Alternative[];
}

/** One entry of a distribution. */
export interface Alternative {
  readonly id: number;
  /** The piece's text, control characters made visible. */
  readonly label: string;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
  /** False where the piece is no text that can be inserted (a control token, half a character). */
  readonly insertable: boolean;
}

export interface Replacement {
  /** Token of the model. */
  readonly id: number;
  readonly range: TextRange;
  readonly text: string;
}
