import { UsageError } from "../exit";

/** Models as they are named on the command line; null: not named. */
export interface NamedModels {
  /** Files, or names of kept models. */
  readonly base: string | null;
  readonly rlhf: string | null;
  /** Of a pair in the list of pairs. */
  readonly pair: string | null;
  /** Files that are added to the weights of either model, whichever way it is named. */
  readonly baseAdapter: string | null;
  readonly rlhfAdapter: string | null;
}

export const MODEL_OPTIONS = {
  base: { type: "string" },
  rlhf: { type: "string" },
  pair: { type: "string" },
  "base-adapter": { type: "string" },
  "rlhf-adapter": { type: "string" },
} as const;

/** @throws UsageError where models are named in two ways */
export function namedModels(
  values: Readonly<Partial<Record<keyof typeof MODEL_OPTIONS, string | boolean | undefined>>>,
): NamedModels {
  const text = (name: keyof typeof MODEL_OPTIONS) => {
    const value = values[name];
    return typeof value === "string" ? value : null;
  };
  const [base, rlhf, pair] = [text("base"), text("rlhf"), text("pair")];
  if (pair !== null && (base ?? rlhf) !== null) {
    throw new UsageError("Give either --pair, or --base and --rlhf.");
  }
  return {
    base,
    rlhf,
    pair,
    baseAdapter: text("base-adapter"),
    rlhfAdapter: text("rlhf-adapter"),
  };
}
