import { UsageError } from "../exit";
import { encodingLabel } from "./arguments";

/** Texts as they are named on the command line. */
export interface NamedTexts {
  /** Files, folders, globs; at least one. */
  readonly texts: readonly string[];
  /** Every line of a text file is a document. */
  readonly lines: boolean;
  readonly column: string | null;
  readonly encoding: string | null;
}

export const TEXT_OPTIONS = {
  texts: { type: "string", multiple: true },
  lines: { type: "boolean" },
  column: { type: "string" },
  encoding: { type: "string" },
} as const;

interface TextValues {
  readonly texts?: readonly string[] | undefined;
  readonly lines?: boolean | undefined;
  readonly column?: string | undefined;
  readonly encoding?: string | undefined;
}

/** @param positionals are texts as well @throws UsageError where there are none, or the encoding is not known */
export function namedTexts(
  { texts = [], lines = false, column, encoding }: TextValues,
  positionals: readonly string[],
): NamedTexts {
  const all = [...texts, ...positionals];
  if (all.length === 0) throw new UsageError("No --texts are given.");
  return { texts: all, lines, column: column ?? null, encoding: encodingLabel(encoding) };
}
