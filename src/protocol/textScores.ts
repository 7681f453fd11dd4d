import type { ModelFacts, TokenColumns, TokenRange, WindowSettings } from "./scores";

/** A text under one model: what the language server keeps, and the command line prints. */
export interface TextScores {
  readonly model: ModelFacts;
  /** Window and stride resolved: no zeros; nor is BOS `auto`. */
  readonly settings: WindowSettings;
  readonly columns: TokenColumns;
  /** The smallest range that holds every scored token; after a cancel or a limit less than all. */
  readonly scoredRange: TokenRange;
  /** Every wanted token is scored. */
  readonly complete: boolean;
  /** What stood before every window in place of `settings.bos`, control tokens included; null: nothing did. */
  readonly prompt: string | null;
}
