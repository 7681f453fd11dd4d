import { firstWord } from "../../analysis/scores/lastWord";
import type { SamplerSettings } from "../../engine/engine";
import { availableMemory } from "../../engine/freeMemory";
import { chooseWidth } from "../runs/settings";
import type { HeldModel } from "../scoring/scoreWindow";
import type { Question } from "./question";

/** Always the most probable token. */
const GREEDY: SamplerSettings = { temperature: 0, topK: 0, topP: 1, minP: 0 };

/** Most words are not longer: what is longer is drawn again, tokens. */
const FIRST_DRAWS = 8;

/**
 * The first words of what a model goes on with in place of hidden words, `[question]`; empty where it ends at once.
 * @throws EngineError as of `Engine.continuePrompts`
 */
export async function saidWords(
  questions: readonly Question[],
  { engine, model }: HeldModel,
  signal: AbortSignal,
): Promise<string[]> {
  const said = questions.map(() => "");
  const longest = questions.reduce((most, { draws }) => Math.max(most, draws), 0);
  let waiting = [...questions.keys()];
  for (const maxTokens of [Math.min(FIRST_DRAWS, longest), longest]) {
    if (waiting.length === 0) break;
    const prompts = waiting.map((index) => ({ index, tokens: questions[index]!.context }));
    const prompt = prompts.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
    // The other model of a pair may be doing the same.
    const width = chooseWidth(
      model.keyValueBytesPerToken,
      prompt + maxTokens,
      availableMemory() / 2,
    );
    const cut: number[] = [];
    await engine.continuePrompts(
      { model: model.id, prompts, width, maxTokens, seed: 0, sampler: GREEDY },
      ({ index, text, ended }) => {
        const { word, isWhole } = firstWord(text);
        said[index] = word;
        if (ended === "length" && !isWhole) cut.push(index);
      },
      undefined,
      signal,
    );
    waiting = cut.sort((a, b) => a - b);
  }
  return said;
}
