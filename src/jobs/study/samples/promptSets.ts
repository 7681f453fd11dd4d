/** Sets of prompts, and of samples from elsewhere, as a study reads them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { formatNumber } from "../../../analysis/presentation/format";
import type { PromptSet, RecordedSet } from "../../../formats/study/study";
import type { ReadCorpus } from "../../../formats/study/studyResult";
import type { Sides } from "../../../protocol/sampleFiles";
import { decodeFile, faultText } from "../../files/fileDecoder";
import { readPrompts } from "../../files/prompts";
import { type ImportedPrompt, readSamples } from "../../files/samples";
import { field, stringOf } from "../../files/values";
import { chooseSides } from "../../runs/sampleGroups";
import type { MeasuredPlace } from "../cells";

/** A set of prompts that was read. */
export interface SurveyedPrompts {
  readonly corpus: MeasuredPlace;
  readonly read: ReadCorpus;
  readonly prompts: readonly SetPrompt[];
  /** What did not keep it from being read. */
  readonly warnings: readonly string[];
}

export interface SetPrompt {
  readonly text: string;
  /** null: its record does not say. */
  readonly kind: string | null;
}

/** Samples from elsewhere that were read. */
export interface SurveyedSamples extends Omit<SurveyedPrompts, "prompts"> {
  /** The file's name. */
  readonly file: string;
  readonly prompts: readonly ImportedPrompt[];
  readonly sides: Sides;
}

/**
 * Reads a set of prompts.
 * @param folder from which its path counts
 * @throws RecordError, the file system's error
 */
export async function surveyPrompts(set: PromptSet, folder: string): Promise<SurveyedPrompts> {
  const { path, kind, prompts: most } = set;
  const { text, warnings } = await readText(resolve(folder, path), null);
  const { prompts: all, records, repeated } = readPrompts(text, most ?? Infinity);
  const prompts = all.slice(0, most ?? all.length).map((prompt, i) => ({
    text: prompt,
    kind: kind === null ? null : stringOf(field(records[i], kind)),
  }));
  if (repeated > 0) {
    warnings.push(`${formatNumber(repeated, 0)} of the prompts are listed again, and count once.`);
  }
  const texts = prompts.map((prompt) => prompt.text);
  // Not of their kinds, which no sample depends on.
  const read = readOf(path, texts, texts, all.length);
  return { corpus: placeOf(set), read, prompts, warnings };
}

/**
 * Reads samples from elsewhere.
 * @throws RecordError, the file system's error, RangeError for an encoding that is none
 */
export async function surveySamples(set: RecordedSet, folder: string): Promise<SurveyedSamples> {
  const { path, prompts: most, from, encoding } = set;
  const { text, warnings } = await readText(resolve(folder, path), encoding);
  const all = readSamples(text);
  const sides = chooseSides(all, { role: "rlhf", from });
  const prompts = all.slice(0, most ?? all.length);
  const texts = prompts.flatMap(({ samples }) => samples.map((sample) => sample.text));
  const read = readOf(path, texts, prompts, all.length);
  return { corpus: placeOf(set), file: basename(path), read, prompts, sides, warnings };
}

function placeOf({ name, measures }: PromptSet | RecordedSet): MeasuredPlace {
  return { name, category: "other", standsFor: null, part: null, measures };
}

function readOf(
  path: string,
  texts: readonly string[],
  prompts: readonly unknown[],
  all: number,
): ReadCorpus {
  return {
    documents: prompts.length,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    sha256: createHash("sha256").update(JSON.stringify(prompts)).digest("hex"),
    files: 1,
    isCut: prompts.length < all,
    sources: [basename(path)],
    skipped: [],
  };
}

async function readText(
  path: string,
  encoding: string | null,
): Promise<{ text: string; warnings: string[] }> {
  const { text, fault } = decodeFile(await readFile(path), encoding);
  return { text, warnings: fault ? [faultText(basename(path), fault)] : [] };
}
