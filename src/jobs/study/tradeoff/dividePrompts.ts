import { sampleGenerator } from "../../../analysis/statistics/random";
import { shuffled } from "../../../analysis/statistics/shuffle";
import { EngineError } from "../../../engine/errors";
import type { Tradeoff } from "../../../formats/study/tradeoff";

/** A prompt by its number in its set. */
export interface NumberedText {
  readonly number: number;
  readonly text: string;
}

/**
 * Divides prompts into those that are measured and those that are trained on, by the seed. Of prompts that differ in case and
 * blanks alone the first one stands for all.
 * @param wanted prompts that are measured; half of all at most are
 * @param unusable why one that is not among them can't be used; null: there is none
 * @throws EngineError `TextTooShort` where there are fewer than two
 */
export function dividePrompts(
  prompts: readonly NumberedText[],
  wanted: number,
  seed: number,
  unusable: string | null = null,
): Tradeoff["prompts"] {
  const different = new Map(prompts.toReversed().map((prompt) => [formOf(prompt.text), prompt]));
  const numbers = [...different.values()].map(({ number }) => number).sort((a, b) => a - b);
  if (numbers.length < 2) throw tooFew(numbers.length, unusable);
  const order = shuffled(numbers, sampleGenerator(seed, 0));
  const measured = Math.min(wanted, Math.floor(order.length / 2));
  return {
    train: order.slice(measured),
    measured: order.slice(0, measured).sort((a, b) => a - b),
  };
}

/** What duplicates have in common. */
function formOf(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

function tooFew(count: number, unusable: string | null): EngineError {
  const there = count === 1 ? "is one" : "are none";
  const others = unusable === null ? "" : ` Of the others, ${unusable}`;
  return new EngineError(
    "TextTooShort",
    `The measure tradeoff trains on some prompts and measures others: it needs at least two different ones, and there ${there} that can be used. Give more prompts.${others}`,
  );
}

/**
 * The prompts of a round, which take turns.
 * @param round from 1
 * @param wanted prompts; all, where there are fewer
 */
export function promptsOfRound(train: readonly number[], round: number, wanted: number): number[] {
  const count = Math.min(wanted, train.length);
  const first = (round - 1) * count;
  return Array.from({ length: count }, (_, i) => train[(first + i) % train.length]!);
}
