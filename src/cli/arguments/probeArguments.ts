import { parseArgs } from "node:util";
import * as bounds from "../../protocol/bounds";
import { UsageError } from "../exit";
import { asUsage, numberBetween, oneOf, wholeNumber } from "./arguments";
import { type NamedTexts, namedTexts, TEXT_OPTIONS } from "./textArguments";

/** What `twinlens probe` was asked to do. */
export interface ProbeOptions extends NamedTexts {
  /** File or name of the model whose states are read. */
  readonly model: string;
  /** File that is added to its weights; null: none. */
  readonly adapter: string | null;
  /** Counted from 1; `all`: the paper's, and the ridge of each; null: the paper's. */
  readonly layer: number | "all" | null;
  /** Ascending, each once. */
  readonly ahead: readonly number[];
  /** Tokens that are read of given texts. */
  readonly tokens: number;
  /** How what is read is written; null: it is the texts themselves. */
  readonly written: WrittenOptions | null;
  readonly seed: number;
  readonly gpu: "auto" | "off";
  readonly threads: number;
  readonly format: "table" | "json";
}

export interface WrittenOptions {
  /** File or name of the model that writes. */
  readonly by: string;
  /** File that is added to its weights; null: none. */
  readonly adapter: string | null;
  /** Beginnings of the texts that it goes on from. */
  readonly beginnings: number;
  readonly samples: number;
  readonly maxTokens: number;
  readonly topP: number;
}

/** @throws UsageError */
export function parseProbeArguments(args: readonly string[]): ProbeOptions {
  const { values, positionals } = parse(args);
  if (values.model === undefined) throw new UsageError("--model says whose states are read.");
  const texts = namedTexts(values, positionals);
  const ahead = aheadOf(values.ahead ?? "0,1,2,3");
  const written = writtenOf(values);
  if (written !== null && written.maxTokens < Math.max(...ahead) + 2) {
    throw new UsageError(
      `Texts of ${written.maxTokens} tokens (--max-tokens) are too short to predict ${Math.max(...ahead)} after the next one (--ahead).`,
    );
  }
  return {
    model: values.model,
    adapter: values.adapter ?? null,
    ...texts,
    layer:
      values.layer === "all" ? "all" : wholeNumber("--layer", values.layer, bounds.PROBE_LAYER),
    ahead,
    tokens: wholeNumber("--tokens", values.tokens, bounds.PROBE_TOKENS) ?? 100_000,
    written,
    seed: wholeNumber("--seed", values.seed, bounds.SEED) ?? 1,
    gpu: values.cpu ? "off" : "auto",
    threads: wholeNumber("--threads", values.threads, bounds.THREADS) ?? 0,
    format: oneOf("--format", values.format ?? "table", ["table", "json"]),
  };
}

function aheadOf(list: string): number[] {
  const numbers = list.split(",").map((each) => {
    const number = wholeNumber("--ahead", each.trim(), bounds.PROBE_AHEAD);
    return number!;
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function writtenOf(values: ReturnType<typeof parse>["values"]): WrittenOptions | null {
  const drawing = ["generated-by-adapter", "beginnings", "samples", "max-tokens", "top-p"] as const;
  const by = values["generated-by"];
  if (by === undefined) {
    const given = drawing.find((name) => values[name] !== undefined);
    if (given !== undefined) throw new UsageError(`--${given} goes with --generated-by.`);
    return null;
  }
  if (values.tokens !== undefined) {
    throw new UsageError(
      "--tokens is of given texts; --beginnings, --samples and --max-tokens say how much is generated.",
    );
  }
  return {
    by,
    adapter: values["generated-by-adapter"] ?? null,
    beginnings: wholeNumber("--beginnings", values.beginnings, bounds.PROBE_TEXTS) ?? 400,
    samples: wholeNumber("--samples", values.samples, bounds.SAMPLES) ?? 4,
    maxTokens: wholeNumber("--max-tokens", values["max-tokens"], bounds.MAX_TOKENS) ?? 64,
    topP: numberBetween("--top-p", values["top-p"], bounds.TOP_P) ?? 0.9,
  };
}

function parse(args: readonly string[]) {
  return asUsage(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string" },
        adapter: { type: "string" },
        ...TEXT_OPTIONS,
        layer: { type: "string" },
        ahead: { type: "string" },
        tokens: { type: "string" },
        "generated-by": { type: "string" },
        "generated-by-adapter": { type: "string" },
        beginnings: { type: "string" },
        samples: { type: "string" },
        "max-tokens": { type: "string" },
        "top-p": { type: "string" },
        seed: { type: "string" },
        cpu: { type: "boolean" },
        threads: { type: "string" },
        format: { type: "string" },
      },
    }),
  );
}
