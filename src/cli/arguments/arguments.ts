import { parseArgs } from "node:util";
import * as bounds from "../../protocol/bounds";
import { type Bounds, isWithin, range } from "../../protocol/bounds";
import { BOS_CHOICES, type WindowSettings } from "../../protocol/scores";
import { viewSchema, type View } from "../../protocol/settings";
import { PUNCTUATIONS, WORD_SURPRISALS, type WordChoice } from "../../protocol/words";
import { UsageError } from "../exit";
import { MODEL_OPTIONS, type NamedModels, namedModels } from "./modelArguments";

/** What `twinlens score` was asked to do. */
export interface ScoreOptions extends NamedModels {
  /** Paths; `-` is standard input. */
  readonly files: readonly string[];
  readonly gpu: "auto" | "off";
  /** Of the processor; 0: all or one, whichever is measured to be faster. */
  readonly threads: number;
  readonly settings: WindowSettings;
  /** Of the files, by a label of the Encoding Standard; null: what their first bytes say. */
  readonly encoding: string | null;
  readonly format: Format;
  /** How words are written; null: tokens are. */
  readonly words: WordChoice | null;
  /** A file that texts are read after, `-` for standard input; null: none. */
  readonly context: string | null;
  /** null: the difference, or the surprisal of the only model. */
  readonly view: View | null;
  /** How far both models' distributions agree is measured as well. */
  readonly agreement: boolean;
  /** Most probable tokens listed beside each token. */
  readonly alternatives: number;
  readonly verbose: boolean;
}

const FORMATS = ["table", "text", "json", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** @throws UsageError */
export function parseScoreArguments(args: readonly string[]): ScoreOptions {
  const { values, positionals } = parse(args);
  if (positionals.length === 0) throw new UsageError("No file to score.");
  if ([...positionals, values.context].filter((file) => file === "-").length > 1) {
    throw new UsageError("Standard input can be read only once.");
  }
  const models = namedModels(values);
  if (values["top-k"] !== undefined) {
    throw new UsageError(
      "--top-k says how samples are drawn; how many tokens are listed beside each is --alternatives.",
    );
  }
  if (values.compatible && values.stride !== undefined) {
    throw new UsageError("--stride can't be used with --compatible.");
  }
  if (values.agreement) checkAgreement(values);
  return {
    files: positionals,
    ...models,
    gpu: values.cpu ? "off" : "auto",
    threads: wholeNumber("--threads", values.threads, bounds.THREADS) ?? 0,
    settings: {
      mode: values.compatible ? "llama.cpp-compatible" : "strided",
      window: wholeNumber("--window", values.window, bounds.WINDOW) ?? 0,
      stride: wholeNumber("--stride", values.stride, bounds.STRIDE) ?? 0,
      maxWindows: wholeNumber("--max-windows", values["max-windows"], bounds.MAX_WINDOWS) ?? 0,
      bos: oneOf("--bos", values.bos ?? "auto", BOS_CHOICES),
    },
    encoding: encodingLabel(values.encoding),
    format: oneOf("--format", values.format ?? "table", FORMATS),
    words: wordChoice(values),
    context: values.context ?? null,
    view: values.view === undefined ? null : oneOf("--view", values.view, viewSchema.options),
    agreement: values.agreement ?? false,
    alternatives: wholeNumber("--alternatives", values.alternatives, bounds.ALTERNATIVES) ?? 10,
    verbose: values.verbose ?? false,
  };
}

/** @throws UsageError where nothing that is written has room for an agreement */
function checkAgreement(values: {
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
}): void {
  if (values.unit === "word") throw new UsageError("--agreement can't be used with --unit word.");
  if (values.format === "csv" || values.format === "text") {
    throw new UsageError("--agreement needs --format table or --format json.");
  }
}

/** How words are written; null: tokens are. @throws UsageError */
function wordChoice(values: {
  readonly unit?: string | undefined;
  readonly words?: string | undefined;
  readonly punctuation?: string | undefined;
  readonly format?: string | undefined;
}): WordChoice | null {
  const { unit, words, punctuation, format } = values;
  if (oneOf("--unit", unit ?? "token", ["token", "word"]) === "token") {
    if (words === undefined && punctuation === undefined) return null;
    throw new UsageError(
      "--words and --punctuation say how words are written: they need --unit word.",
    );
  }
  if (format !== "csv" && format !== "json") {
    throw new UsageError("--unit word needs --format csv or --format json.");
  }
  return {
    surprisal: oneOf("--words", words ?? "tokens", WORD_SURPRISALS),
    punctuation: oneOf("--punctuation", punctuation ?? "joined", PUNCTUATIONS),
  };
}

/** @throws UsageError for what `read` throws */
export function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: readonly string[]) {
  return asUsage(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...MODEL_OPTIONS,
        cpu: { type: "boolean" },
        threads: { type: "string" },
        window: { type: "string" },
        stride: { type: "string" },
        compatible: { type: "boolean" },
        bos: { type: "string" },
        encoding: { type: "string" },
        "max-windows": { type: "string" },
        format: { type: "string" },
        view: { type: "string" },
        alternatives: { type: "string" },
        agreement: { type: "boolean" },
        unit: { type: "string" },
        words: { type: "string" },
        punctuation: { type: "string" },
        context: { type: "string" },
        "top-k": { type: "string" },
        verbose: { type: "boolean" },
      },
    }),
  );
}

export function wholeNumber(
  name: string,
  value: string | undefined,
  within: Bounds,
): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (!/^\d+$/.test(value) || !isWithin(within, number)) {
    throw new UsageError(`${name} is a whole number from ${range(within)}, not "${value}".`);
  }
  return number;
}

export function numberBetween(
  name: string,
  value: string | undefined,
  within: Bounds,
): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (!/^\d*\.?\d+$/.test(value) || !isWithin(within, number)) {
    throw new UsageError(`${name} is a number from ${range(within)}, not "${value}".`);
  }
  return number;
}

/** @throws UsageError for a name that is no encoding's */
export function encodingLabel(value: string | undefined): string | null {
  if (value === undefined) return null;
  try {
    return new TextDecoder(value).encoding;
  } catch {
    throw new UsageError(`--encoding is a name such as utf-16le or windows-1252, not "${value}".`);
  }
}

export function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw new UsageError(`${name} is one of ${choices.join(", ")}, not "${value}".`);
  }
  return choice;
}
