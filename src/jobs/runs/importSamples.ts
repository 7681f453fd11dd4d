import type { Role } from "../../protocol/roles";
import * as z from "zod";
import { IMPORTED_SAMPLES } from "../../protocol/bounds";
import { bareSide, NOT_SCORED, type Run, RUN_VERSION } from "../../formats/run";

/** Samples from elsewhere: one prompt and its texts. */
export interface ImportedPrompt {
  readonly prompt: string;
  readonly samples: readonly string[];
}

/** Why a file of samples can't be read; the message names the line and what was expected. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** `{"prompt": …, "samples": […]}`, one line per prompt. */
const promptSchema = z.looseObject({
  prompt: z.string().default(""),
  samples: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])),
});

/** FastChat: `{"question_id": …, "text": …}` or `{…, "choices": [{"turns": […]}]}`, one line per answer. */
const fastChatSchema = z.union([
  z.looseObject({ question_id: z.union([z.string(), z.number()]), text: z.string() }),
  z.looseObject({
    question_id: z.union([z.string(), z.number()]),
    choices: z.array(z.looseObject({ turns: z.array(z.string()) })).min(1),
  }),
]);

/** NoveltyBench: `{"id": …, "prompt": …, "generations": […]}`, one line per prompt. */
const noveltySchema = z.looseObject({ prompt: z.string(), generations: z.array(z.string()) });

/**
 * Reads samples: JSONL of prompts with samples, FastChat's or NoveltyBench's files, or plain text, one sample per line.
 * The first line decides; every other line must be like it.
 * @throws ImportError with the number of the line that can't be read
 */
export function importSamples(text: string): ImportedPrompt[] {
  const lines = text.split(/\r?\n/u).map((line, i) => ({ line, number: i + 1 }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  const [first] = filled;
  if (first === undefined) throw new ImportError("The file holds no samples.");
  if (!first.line.trimStart().startsWith("{")) {
    return [withinLimit({ prompt: "", samples: filled.map(({ line }) => line) })];
  }
  const records = filled.map(({ line, number }) => ({ value: parseLine(line, number), number }));
  return byPrompt(readRecords(records)).map(withinLimit);
}

/** Lines of one prompt put together, in the order in which prompts come first. */
function byPrompt(imported: readonly ImportedPrompt[]): ImportedPrompt[] {
  const samplesOf = new Map<string, string[]>();
  for (const { prompt, samples } of imported) {
    const known = samplesOf.get(prompt) ?? [];
    samplesOf.set(prompt, [...known, ...samples]);
  }
  return [...samplesOf].map(([prompt, samples]) => ({ prompt, samples }));
}

/** Characters of one prompt's samples; not every machine has the memory to align more. */
const MOST_CHARACTERS = 10_000_000;

function withinLimit(imported: ImportedPrompt): ImportedPrompt {
  const characters = imported.samples.reduce((sum, { length }) => sum + length, 0);
  const { length } = imported.samples;
  checkAmount("One prompt has", length, "samples", IMPORTED_SAMPLES.most);
  checkAmount("The samples of one prompt have", characters, "characters", MOST_CHARACTERS);
  return imported;
}

/** @throws ImportError */
function checkAmount(what: string, have: number, unit: string, most: number): void {
  if (have <= most) return;
  const [has, can] = [have, most].map((n) => n.toLocaleString("en-US"));
  throw new ImportError(`${what} ${has} ${unit}; at most ${can} can be aligned. Take fewer.`);
}

interface NumberedRecord {
  readonly value: unknown;
  readonly number: number;
}

function readRecords(records: readonly NumberedRecord[]): ImportedPrompt[] {
  const first = records[0]!.value;
  if (noveltySchema.safeParse(first).success) {
    return records.map((record) => {
      const { prompt, generations } = read(noveltySchema, record, "prompt and generations");
      return { prompt, samples: generations };
    });
  }
  if (fastChatSchema.safeParse(first).success) return readFastChat(records);
  return records.map((record) => {
    const { prompt, samples } = read(promptSchema, record, "prompt and samples");
    return { prompt, samples: samples.map((s) => (typeof s === "string" ? s : s.text)) };
  });
}

/** The answers to a question, one line each, are its samples. */
function readFastChat(records: readonly NumberedRecord[]): ImportedPrompt[] {
  const byQuestion = new Map<string, string[]>();
  for (const record of records) {
    const answer = read(fastChatSchema, record, "question_id and text, or choices");
    const texts =
      "choices" in answer && Array.isArray(answer.choices)
        ? answer.choices.map((choice) => (choice as { turns: string[] }).turns[0] ?? "")
        : [String(answer["text"])];
    const question = String(answer.question_id);
    const samples = byQuestion.get(question) ?? [];
    byQuestion.set(question, samples);
    samples.push(...texts);
  }
  return [...byQuestion].map(([question, samples]) => ({
    prompt: `Question ${question}`,
    samples,
  }));
}

function read<T>(schema: z.ZodType<T>, { value, number }: NumberedRecord, expected: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ImportError(`Line ${number} lacks ${expected}.`);
}

function parseLine(line: string, number: number): unknown {
  try {
    // Trimmed for the sake of a byte order mark.
    return JSON.parse(line.trim());
  } catch {
    throw new ImportError(`Line ${number} is not valid JSON.`);
  }
}

/** A run of samples from a file of that name, in a model's place: nothing is scored. */
export function importedRun(
  name: string,
  created: string,
  role: Role,
  imported: ImportedPrompt,
): Run {
  const ofRole = bareSide({
    source: { kind: "file", name },
    samples: imported.samples.map((text, index) => ({
      index,
      ended: null,
      text,
      tokens: null,
      scored: NOT_SCORED,
    })),
  });
  return {
    format: "twinlens-run",
    version: RUN_VERSION,
    name,
    created,
    about: null,
    prompt: imported.prompt,
    settings: {
      samples: imported.samples.length,
      seed: 0,
      maxTokens: null,
      resumed: false,
    },
    scorers: { base: null, rlhf: null },
    rlhf: role === "rlhf" ? ofRole : null,
    base: role === "base" ? ofRole : null,
  };
}
