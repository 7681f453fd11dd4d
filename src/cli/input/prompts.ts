import * as z from "zod";
import { PROMPTS } from "../../protocol/bounds";
import { Failure } from "../exit";

/** Vicuna's `question.jsonl`: one turn or several, of which the first is asked; or `{"prompt": …}`. */
const promptSchema = z.union([
  z.looseObject({ turns: z.array(z.string()).min(1) }),
  z.looseObject({ prompt: z.string() }),
  z.looseObject({ text: z.string() }),
]);

/**
 * Reads prompts: JSONL, or plain text with one prompt per line.
 * @throws Failure with the number of the line that can't be read, or where there are too many
 */
export function readPrompts(text: string): string[] {
  const lines = text.split(/\r?\n/u).map((line, i) => ({ line, number: i + 1 }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  if (filled.length === 0) throw new Failure("The file holds no prompts.");
  if (filled.length > PROMPTS.most) {
    const [have, most] = [filled.length, PROMPTS.most].map((n) => n.toLocaleString("en-US"));
    throw new Failure(
      `The file holds ${have} prompts; at most ${most} are drawn in one go. Split it.`,
    );
  }
  if (!filled[0]!.line.trimStart().startsWith("{")) return filled.map(({ line }) => line);
  return filled.map(({ line, number }) => {
    const prompt = promptSchema.safeParse(parseLine(line));
    if (!prompt.success)
      throw new Failure(`Line ${number} is no prompt: "turns", "prompt" or "text" is expected.`);
    const { data } = prompt;
    if ("turns" in data) return (data.turns as string[])[0]!;
    return "prompt" in data ? String(data.prompt) : String(data.text);
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
