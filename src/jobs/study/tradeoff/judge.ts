import { renderUserTurn } from "../../../engine/chatForm";
import type { WindowTokens } from "../../../engine/engine";
import { EngineError } from "../../../engine/errors";
import type { WindowSettings } from "../../../protocol/scores";
import type { HeldModel } from "../../scoring/scoreWindow";
import { CHAT, CLOCK } from "../samples/chat";
import { sumsOf, windowAfter } from "./readWindows";

/**
 * What a model answers to a question about each sample: ln p(Yes) - ln p(No), the answer being what its chat template leaves to it,
 * or, without a template, what follows the question and a blank.
 * @returns `[sample]`, nats; null: it is empty, or the question about it is too long for a window
 */
export async function judgements(
  held: HeldModel,
  question: string,
  { prompt, texts }: { readonly prompt: string; readonly texts: readonly string[] },
  settings: WindowSettings,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const windows: (WindowTokens | null)[] = [];
  for (const text of texts) {
    if (text === "") {
      windows.push(null, null);
      continue;
    }
    const asked = questionAbout(question, prompt, text);
    const [yes, no] = [
      await answered(held, asked, "Yes", signal),
      await answered(held, asked, "No", signal),
    ];
    const start = commonStart(yes, no);
    for (const tokens of [yes, no]) {
      const [prefix, ids] = [tokens.subarray(0, start), tokens.subarray(start)];
      windows.push(windowAfter({ prefix, ids }, held, settings));
    }
  }
  const sums = await sumsOf(held, windows, signal);
  return texts.map((_, i) => {
    const [yes = null, no = null] = sums.slice(2 * i, 2 * i + 2);
    return yes === null || no === null ? null : yes - no;
  });
}

/** What stands in a prompt or a sample is never taken for a place of the question. */
export function questionAbout(question: string, prompt: string, reply: string): string {
  return question.replace(/\{(?:prompt|reply)\}/gu, (place) =>
    place === "{prompt}" ? prompt : reply,
  );
}

/** Tokens of a question with its answer. */
async function answered(
  { engine, model }: HeldModel,
  question: string,
  answer: string,
  signal: AbortSignal,
): Promise<Int32Array> {
  const form = await renderUserTurn(engine, model.id, CHAT, question, CLOCK, signal).catch(
    (error: unknown) => {
      if (error instanceof EngineError && error.code === "NoChatTemplate") return null;
      throw error;
    },
  );
  const parts =
    form === null
      ? [{ text: `${question} ${answer}`, parseSpecial: false }]
      : [...form, { text: answer, parseSpecial: false }];
  return engine.tokenizePrompt(model.id, parts, signal);
}

/** How many tokens two lists begin with alike. */
function commonStart(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let start = 0;
  while (start < end && a[start] === b[start]) start++;
  return start;
}
