import { formatNumber } from "../../analysis/presentation/format";
import { PROMPTS } from "../../protocol/bounds";
import { readRecords, RecordError } from "./records";
import { isDialogue, promptOf, textField } from "./shapes";

/** Prompts of a file, each once. */
export interface Prompts {
  readonly prompts: readonly string[];
  /** How many are listed again. */
  readonly repeated: number;
}

/**
 * Reads prompts in the shapes of many programs (`shapes.ts`), or plain text with one prompt per line.
 * @throws RecordError with the place of what can't be read, or where there are too many to draw in one go
 */
export function readPrompts(text: string): Prompts {
  const listed = readRecords(text).map(({ value, place }) => {
    if (isDialogue(value)) throw new RecordError(`${place} is a dialogue: a prompt is one text.`);
    const prompt = promptOf(value) ?? textField(value);
    if (prompt !== null) return prompt;
    throw new RecordError(`${place} is no prompt: ${EXPECTED}`);
  });
  if (listed.length === 0) throw new RecordError("The file holds no prompts.");
  const prompts = [...new Set(listed)];
  if (prompts.length > PROMPTS.most) throw new RecordError(tooMany(prompts.length));
  return { prompts, repeated: listed.length - prompts.length };
}

function tooMany(count: number): string {
  const [have, most] = [count, PROMPTS.most].map((n) => formatNumber(n, 0));
  return `The file holds ${have} prompts; at most ${most} are drawn in one go. Split it.`;
}

const EXPECTED =
  '"prompt", "messages", "instruction", "question", "turns" or "text" is expected, of texts.';
