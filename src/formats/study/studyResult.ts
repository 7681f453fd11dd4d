/** The file of a study's results, `*.twinlens-results.json`: what was measured of every document, and with what. */
import * as z from "zod/mini";
import { adapterSchema } from "../adapter";
import { jsonLine, parsedJson } from "../json";
import {
  chanceLevelSchema,
  promptSamplesSchema,
  studyPromptSchema,
  writerSchema,
} from "./drawnSamples";
import {
  anchorProbeSchema,
  probedDrawSchema,
  probedTextSchema,
  probeRowSchema,
  type Probes,
  probesSchema,
} from "./probes";
import { adaptedSchema, type Readaptation, readaptationSchema } from "./readaptation";
import { CATEGORIES, type Measure, MEASURES } from "./studySchema";
import { roundSchema, type Tradeoff, tradeoffSchema } from "./tradeoff";

/** Raised with every change of the schema. */
export const RESULT_VERSION = 1;

/** Groups of documents that a cell keeps numbers of, at most; more documents share groups. Calibration has many numbers. */
export const MOST_GROUPS: Readonly<Record<Measure, number>> = {
  perplexity: 10_000,
  concentration: 10_000,
  calibration: 500,
  own: 10_000,
  samples: 0,
  probes: 0,
  readaptation: 0,
  tradeoff: 0,
  shannon: 10_000,
};

/** How models write: from the nucleus, or the most probable token each time. */
export const SAMPLERS = ["nucleus", "greedy"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

const count = z.int().check(z.gte(0));
const numbers = z.array(z.number());

/** One model, and how it was used. */
const modelSchema = z.object({
  stage: z.string(),
  name: z.string(),
  /** Over its files, and its adapter's. */
  sha256: z.string(),
  /** Not there: none. */
  adapter: z.optional(adapterSchema),
  quantisation: z.string(),
  bitsPerWeight: z.number(),
  parameters: z.number(),
  vocabularySize: z.number(),
  tokenizer: z.string(),
  tokenizerDigest: z.string(),
  addsBos: z.boolean(),
  device: z.string(),
  attention: z.enum(["flash", "plain", "auto"]),
  batch: z.number(),
  engineVersion: z.string(),
  /** That it scored in, resolved; null: it was trained, in windows that its training names. */
  windows: z.nullable(
    z.object({
      mode: z.enum(["strided", "llama.cpp-compatible"]),
      window: z.number(),
      stride: z.number(),
      maxWindows: z.number(),
      bos: z.enum(["auto", "on", "off", "eos"]),
    }),
  ),
});

/** What was read of a corpus. */
const readSchema = z.object({
  documents: count,
  /** UTF-8 bytes of their text. */
  bytes: count,
  /** SHA-256 over names and texts of the documents. */
  sha256: z.string(),
  files: count,
  /** More was there than the limits let in. */
  isCut: z.boolean(),
  /** What was read of which files, and from which field. */
  sources: z.array(z.string()),
  skipped: z.array(z.object({ reason: z.string(), count })),
});

/** Numbers of neighbouring documents, mostly one. */
const groupSchema = z.object({
  /** Of the first one. */
  document: z.string(),
  documents: count,
  /** As `columns` says, by the stage's name. */
  stages: z.record(z.string(), numbers),
  /** Each stage against the base model, on the text that both scored. */
  against: z.record(z.string(), numbers),
});

/** What a model wrote after the beginning of a document. */
const textSchema = z.object({
  document: z.string(),
  /** Who wrote it. */
  stage: z.string(),
  sampler: z.enum(SAMPLERS),
  text: z.string(),
  ended: z.enum(["end", "length"]),
});

/** A pair's measure on a corpus. */
const cellSchema = z.object({
  pair: z.string(),
  corpus: z.string(),
  category: z.enum(CATEGORIES),
  standsFor: z.nullable(z.string()),
  measure: z.enum(MEASURES),
  /** SHA-256 over all that the numbers depend on and a study can change. */
  dependsOn: z.string(),
  isComplete: z.boolean(),
  models: z.array(modelSchema),
  read: readSchema,
  /** Documents that numbers are of; of those that are in `read`, a model may have failed at some. */
  measured: count,
  failed: z.array(z.object({ document: z.string(), reason: z.string() })),
  /** Documents to a group; the last one may have fewer. */
  groupSize: z.int().check(z.gte(1)),
  columns: z.object({ stages: z.array(z.string()), against: z.array(z.string()) }),
  groups: z.array(groupSchema),
  /** Of the measure `own`: what the models wrote. */
  texts: z.array(textSchema),
  /** Of the measure `samples`: who drew, of which prompts, what was found, and what overlap is by chance, by writer. */
  writers: z._default(z.array(writerSchema), []),
  prompts: z._default(z.array(studyPromptSchema), []),
  samples: z._default(z.array(promptSamplesSchema), []),
  chance: z._default(z.record(z.string(), chanceLevelSchema), {}),
  /** Of the measure `probes`, whose texts `writers` drew; null: of others. */
  probes: z._default(z.nullable(probesSchema), null),
  /** Of the measure `readaptation`; null: of others. */
  readaptation: z._default(z.nullable(readaptationSchema), null),
  /** Of the measure `tradeoff`; null: of others, and before anything is drawn. */
  tradeoff: z._default(z.nullable(tradeoffSchema), null),
});

export const resultSchema = z.object({
  format: z.literal("twinlens-study-results"),
  version: z.literal(RESULT_VERSION),
  twinlensVersion: z.string(),
  study: z.string(),
  cells: z.array(cellSchema),
});

export type StudyResult = z.infer<typeof resultSchema>;
export type ResultCell = z.infer<typeof cellSchema>;
export type ResultModel = z.infer<typeof modelSchema>;
export type ReadCorpus = z.infer<typeof readSchema>;
export type OwnText = z.infer<typeof textSchema>;
export type Group = z.infer<typeof groupSchema>;

/** A file that is no result of a study; the message says why. */
export class ResultFileError extends Error {
  override readonly name = "ResultFileError";
}

/** @throws ResultFileError */
export function parseResult(text: string): StudyResult {
  const value = parsedJson(text);
  const head = z
    .looseObject({ format: z.literal("twinlens-study-results"), version: z.int() })
    .safeParse(value);
  if (!head.success) throw new ResultFileError("These are no results of a Twinlens study.");
  if (head.data.version > RESULT_VERSION) {
    throw new ResultFileError(
      `Version ${head.data.version} of these results needs a newer Twinlens.`,
    );
  }
  const result = resultSchema.safeParse(value);
  if (!result.success) {
    throw new ResultFileError(`These results are damaged: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}

/** Numbers are written to so many significant digits. */
const DIGITS = 10;

/**
 * Writes results: keys in the schema's order, one group of documents a line, so that versions of a file compare well.
 * Lines are kept: results that grow are written every few seconds.
 */
export function serializeResult({ cells, ...head }: StudyResult): string {
  const fields = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const written = cells.map(cellText).join(",\n");
  return `{\n${fields.join(",\n")},\n  "cells": [${written === "" ? "" : `\n${written}\n  `}]\n}\n`;
}

function cellText(cell: ResultCell): string {
  const ordered = cellSchema.parse({
    ...cell,
    groups: [],
    texts: [],
    samples: [],
    probes: null,
    readaptation: null,
    tradeoff: null,
  });
  const lines: Readonly<Record<string, readonly string[]>> = {
    models: ordered.models.map(writtenLine),
    groups: cell.groups.map((group) => lineOf(group, groupSchema)),
    texts: cell.texts.map((text) => lineOf(text, textSchema)),
    writers: ordered.writers.map(writtenLine),
    prompts: ordered.prompts.map(writtenLine),
    samples: cell.samples.map((row) => lineOf(row, promptSamplesSchema)),
  };
  const fields = Object.entries(ordered).map(([key, value]) => {
    if (key === "probes" && cell.probes) return `      "probes": ${probesText(cell.probes)}`;
    if (key === "readaptation" && cell.readaptation) {
      return `      "readaptation": ${readaptationText(cell.readaptation)}`;
    }
    if (key === "tradeoff" && cell.tradeoff) {
      return `      "tradeoff": ${tradeoffText(cell.tradeoff)}`;
    }
    const written = lines[key] ? list(lines[key]) : writtenLine(value);
    return `      ${JSON.stringify(key)}: ${written}`;
  });
  return `    {\n${fields.join(",\n")}\n    }`;
}

function probesText({ unit, drawn, texts, rows, anchors }: Probes): string {
  const lists = {
    drawn: drawn.map((text) => lineOf(text, probedDrawSchema)),
    texts: texts.map((text) => lineOf(text, probedTextSchema)),
    rows: rows.map((row) => lineOf(row, probeRowSchema)),
    anchors: anchors.map((row) => lineOf(row, anchorProbeSchema)),
  };
  const fields = Object.entries(lists).map(([key, lines]) => `"${key}": ${list(lines, 8)}`);
  const written = [`"unit": ${writtenLine(unit)}`, ...fields].map((field) => `        ${field}`);
  return `{\n${written.join(",\n")}\n      }`;
}

function readaptationText({ documents, trainings }: Readaptation): string {
  const lines = trainings.map((training) => lineOf(training, adaptedSchema));
  const fields = [`"documents": ${writtenLine(documents)}`, `"trainings": ${list(lines, 8)}`];
  return `{\n${fields.map((field) => `        ${field}`).join(",\n")}\n      }`;
}

function tradeoffText(tradeoff: Tradeoff): string {
  const lines = tradeoff.rounds.map((round) => lineOf(round, roundSchema));
  const ordered = tradeoffSchema.parse({ ...tradeoff, rounds: [] });
  const fields = Object.entries(ordered).map(([key, value]) => {
    const written = key === "rounds" ? list(lines, 8) : writtenLine(value);
    return `        ${JSON.stringify(key)}: ${written}`;
  });
  return `{\n${fields.join(",\n")}\n      }`;
}

/** @param indent of the list itself */
function list(lines: readonly string[], indent = 6): string {
  const blanks = " ".repeat(indent);
  return lines.length === 0
    ? "[]"
    : `[\n${lines.map((line) => `${blanks}  ${line}`).join(",\n")}\n${blanks}]`;
}

const knownLines = new WeakMap<object, string>();

/** The line of what is never changed, but replaced: written once. */
function lineOf<T extends object>(value: T, schema: z.ZodMiniType<T>): string {
  const known = knownLines.get(value);
  if (known !== undefined) return known;
  // Parsing puts the keys in order.
  const line = writtenLine(schema.parse(value));
  knownLines.set(value, line);
  return line;
}

function writtenLine(value: unknown): string {
  return jsonLine(value, DIGITS);
}
