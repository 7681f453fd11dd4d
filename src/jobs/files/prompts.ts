import { formatNumber } from "../../analysis/presentation/format";
import { PROMPTS } from "../../protocol/bounds";
import { readRecords, RecordError } from "./records";
import { isDialogue, promptOf, textField } from "./shapes";

/** Prompts of a file, each once. */
export interface Prompts {
  readonly prompts: readonly string[];
  /** The record that each came first in, `[prompt]`. */
  readonly records: readonly unknown[];
  /** How many are listed again. */
  readonly repeated: number;
}

/**
 * Reads prompts in the shapes of many programs (`shapes.ts`), or plain text with one prompt per line.
 * @param wanted how many are taken, where that is not all
 * @throws RecordError with the place of what can't be read, or where there are too many to draw in one go
 */
export function readPrompts(text: string, wanted = Infinity): Prompts {
  const listed = readRecords(text).map(({ value, place }) => {
    if (isDialogue(value)) throw new RecordError(`${place} is a dialogue: a prompt is one text.`);
    const prompt = promptOf(value) ?? textField(value);
    if (prompt !== null) return { prompt, value };
    throw new RecordError(`${place} is no prompt: ${EXPECTED}`);
  });
  if (listed.length === 0) throw new RecordError("The file holds no prompts.");
  const records = new Map<string, unknown>();
  for (const { prompt, value } of listed) if (!records.has(prompt)) records.set(prompt, value);
  if (Math.min(records.size, wanted) > PROMPTS.most) throw new RecordError(tooMany(records.size));
  return {
    prompts: [...records.keys()],
    records: [...records.values()],
    repeated: listed.length - records.size,
  };
}

function tooMany(count: number): string {
  const [have, most] = [count, PROMPTS.most].map((n) => formatNumber(n, 0));
  return `The file holds ${have} prompts; at most ${most} are drawn in one go. Split it.`;
}

const EXPECTED =
  '"prompt", "messages", "instruction", "question", "turns" or "text" is expected, of texts.';
