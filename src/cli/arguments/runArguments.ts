import { parseArgs } from "node:util";
import { DEFAULT_ANCHORS } from "../../analysis/samples/anchors";
import type { ChatForm } from "../../engine/chatForm";
import * as bounds from "../../protocol/bounds";
import type { Bounds } from "../../protocol/bounds";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import { type DrawSettings, samplersOf, TOP_P } from "../../jobs/runs/settings";
import { type Role, ROLES } from "../../protocol/roles";
import { asUsage, encodingLabel, numberBetween, oneOf, wholeNumber } from "./arguments";
import { readChatForm } from "./chatArguments";
import { MODEL_OPTIONS, type NamedModels, namedModels } from "./modelArguments";
import { UsageError } from "../exit";

/** Options that `sample` and `anchors` share: which models, and how they draw. */
export interface DrawOptions extends NamedModels {
  readonly gpu: "auto" | "off";
  readonly threads: number;
  readonly prompt: string | null;
  readonly prompts: string | null;
  readonly samples: number;
  readonly seed: number;
  /** 0: chosen by memory. */
  readonly width: number;
  readonly maxTokens: number;
  readonly frame: boolean;
  /** How the RLHF model's prompts are made. */
  readonly chat: ChatForm;
  readonly samplers: DrawSettings["samplers"];
  /** Of files of prompts or samples; null: what their first bytes say. */
  readonly encoding: string | null;
  /** Folder that keeps every prompt's run, so that a long job can be resumed; null: none. */
  readonly runs: string | null;
}

export interface AnchorsOptions extends DrawOptions {
  /** File of samples from elsewhere. */
  readonly imported: string | null;
  /** In whose place those stand of which the file says nothing. */
  readonly role: Role;
  /** The stage or model, as the file calls it, whose samples stand in each model's place. */
  readonly from: Readonly<Record<Role, string | null>>;
  readonly format: "table" | "json" | "html";
  readonly anchors: AnchorOptions;
  /** MAFFT's program, for a second alignment; empty: none. */
  readonly mafft: string;
  /** Score the samples, so that anchors have bits under both models. */
  readonly bits: boolean;
  /** Find what overlap is by chance, which takes 20 alignments more. */
  readonly chance: boolean;
  /** Several values of --top-p: what is asked for is diversity at each of them (Table 4); null: anchors. */
  readonly nuclei: readonly number[] | null;
}

export interface AlignOptions {
  readonly file: string;
  readonly format: "text" | "json";
  readonly encoding: string | null;
}

const drawing = {
  ...MODEL_OPTIONS,
  cpu: { type: "boolean" },
  threads: { type: "string" },
  prompt: { type: "string" },
  prompts: { type: "string" },
  encoding: { type: "string" },
  "samples-per-prompt": { type: "string" },
  seed: { type: "string" },
  width: { type: "string" },
  "max-tokens": { type: "string" },
  "instruction-frame": { type: "boolean" },
  system: { type: "string" },
  template: { type: "string" },
  "template-variables": { type: "string" },
  temperature: { type: "string" },
  "top-p": { type: "string" },
  "top-k": { type: "string" },
  "min-p": { type: "string" },
  runs: { type: "string" },
} as const;

/** @throws UsageError */
export function parseSampleArguments(args: readonly string[]): DrawOptions {
  const options = readDrawing(parse(args, drawing, 0).values);
  if ((options.prompt === null) === (options.prompts === null)) {
    throw new UsageError("Give one of --prompt and --prompts.");
  }
  return options;
}

/** @throws UsageError */
export function parseAnchorsArguments(args: readonly string[]): AnchorsOptions {
  const { values } = parse(
    args,
    {
      ...drawing,
      samples: { type: "string" },
      role: { type: "string" },
      "base-from": { type: "string" },
      "rlhf-from": { type: "string" },
      order: { type: "string" },
      mafft: { type: "string" },
      "no-bits": { type: "boolean" },
      "no-chance": { type: "boolean" },
      format: { type: "string" },
    } as const,
    0,
  );
  const nuclei = readNuclei(values["top-p"]);
  const options = readDrawing({ ...values, ...(nuclei && { "top-p": String(nuclei[0]) }) });
  const imported = values.samples ?? null;
  if (nuclei !== null && (imported !== null || values.format === "html")) {
    const other = imported === null ? "--format html" : "--samples";
    throw new UsageError(`Several values of --top-p can't be used with ${other}.`);
  }
  if ([options.prompt, options.prompts, imported].filter((given) => given !== null).length !== 1) {
    throw new UsageError("Give one of --prompt, --prompts and --samples.");
  }
  if (imported === null && (values["base-from"] ?? values["rlhf-from"]) !== undefined) {
    throw new UsageError("--base-from and --rlhf-from are for --samples.");
  }
  return {
    ...options,
    imported,
    role: oneOf("--role", values.role ?? "rlhf", ROLES),
    from: { base: values["base-from"] ?? null, rlhf: values["rlhf-from"] ?? null },
    format: oneOf("--format", values.format ?? "table", ["table", "json", "html"] as const),
    anchors: {
      ...DEFAULT_ANCHORS,
      order: oneOf("--order", values.order ?? "mass", ["mass", "frequency"] as const),
    },
    mafft: values.mafft ?? "",
    bits: !values["no-bits"],
    chance: !values["no-chance"],
    nuclei,
  };
}

/** What is worth saying of samples that are drawn so; null: nothing. */
export function drawingNote({ samplers, samples }: DrawOptions): string | null {
  return samplers.base.temperature === 0 && samples > 1
    ? "At --temperature 0 all samples of a prompt by one model are equal: --samples-per-prompt 1 draws as much."
    : null;
}

/** The same drawing with both models' samples from one nucleus. */
export function withNucleus(options: DrawOptions, topP: number): DrawOptions {
  const { rlhf } = options.samplers;
  return { ...options, samplers: samplersOf(rlhf, { base: topP, rlhf: topP }) };
}

/** `0.6,0.8,1` as numbers; null: it is no list. */
function readNuclei(value: string | undefined): readonly number[] | null {
  if (!value?.includes(",")) return null;
  return value
    .split(",")
    .flatMap((part) => numberBetween("--top-p", part.trim(), bounds.TOP_P) ?? []);
}

/** @throws UsageError */
export function parseAlignArguments(args: readonly string[]): AlignOptions {
  const names = { format: { type: "string" }, encoding: { type: "string" } } as const;
  const { values, positionals } = parse(args, names, 1);
  const [file] = positionals;
  if (file === undefined) throw new UsageError("Give a file of samples.");
  const format = oneOf("--format", values.format ?? "text", ["text", "json"] as const);
  return { file, format, encoding: encodingLabel(values.encoding) };
}

function readDrawing(values: Partial<Record<keyof typeof drawing, string | boolean>>): DrawOptions {
  const text = (name: keyof typeof drawing) => {
    const value = values[name];
    return typeof value === "string" ? value : null;
  };
  const number = (name: keyof typeof drawing, within: Bounds) =>
    wholeNumber(`--${name}`, text(name) ?? undefined, within);
  const share = (name: keyof typeof drawing, within: Bounds) =>
    numberBetween(`--${name}`, text(name) ?? undefined, within);
  const topP = share("top-p", bounds.TOP_P);
  return {
    ...namedModels(values),
    gpu: values.cpu ? "off" : "auto",
    threads: number("threads", bounds.THREADS) ?? 0,
    prompt: text("prompt"),
    prompts: text("prompts"),
    encoding: encodingLabel(text("encoding") ?? undefined),
    samples: number("samples-per-prompt", bounds.SAMPLES) ?? 100,
    seed: number("seed", bounds.SEED) ?? 1,
    width: number("width", bounds.WIDTH) ?? 0,
    maxTokens: number("max-tokens", bounds.MAX_TOKENS) ?? 200,
    frame: values["instruction-frame"] === true,
    chat: readChatForm(text("system"), text("template"), text("template-variables")),
    samplers: samplersOf(
      {
        temperature: share("temperature", bounds.TEMPERATURE) ?? 1,
        topK: number("top-k", bounds.TOP_K) ?? 0,
        minP: share("min-p", bounds.MIN_P) ?? 0,
      },
      { base: topP ?? TOP_P.base, rlhf: topP ?? TOP_P.rlhf },
    ),
    runs: text("runs"),
  };
}

function parse<T extends Record<string, { readonly type: "string" | "boolean" }>>(
  args: readonly string[],
  options: T,
  mostFiles: number,
) {
  const parsed = asUsage(() => parseArgs({ args: [...args], allowPositionals: true, options }));
  const [unexpected] = parsed.positionals.slice(mostFiles);
  if (unexpected !== undefined) throw new UsageError(`"${unexpected}" is not expected.`);
  return parsed;
}
