import type { Generator } from "../statistics/random";
import { shuffled } from "../statistics/shuffle";

/**
 * Texts that have no prompt in common, as if one prompt had them: as many as a prompt drawn at random has, each from
 * another prompt, from a second time round where there are fewer prompts (then another of its texts), and each cut to
 * the length in code points of the text in whose place it stands. Of a prompt's texts one is drawn that is long
 * enough, else the longest is taken.
 *
 * @param prompts `[prompt][text]`
 * @returns what draws such texts, `[text]`; null where there are too few prompts
 */
export function promptMixer(
  prompts: readonly (readonly string[])[],
): ((random: Generator) => readonly string[]) | null {
  if (!isMixable(prompts)) return null;
  const filled = prompts.filter((texts) => texts.length > 0).map((texts) => texts.map(toPoints));
  return (random) => {
    const observed = filled[Math.floor(random() * filled.length)]!;
    const donors = [...shuffled(filled, random), ...shuffled(filled, random)];
    const taken = new Set<readonly string[]>();
    return observed.map(({ length }, row) => {
      const points = textOf(donors[row]!, length, taken, random);
      taken.add(points);
      return points.slice(0, length).join("");
    });
  };
}

/** Whether there are enough prompts: at least two, and half as many as a prompt has texts. */
export function isMixable(prompts: readonly (readonly string[])[]): boolean {
  const filled = prompts.filter((texts) => texts.length > 0);
  return filled.length >= Math.max(2, ...filled.map((texts) => texts.length / 2));
}

const toPoints = (text: string): readonly string[] => Array.from(text);

function textOf(
  texts: readonly (readonly string[])[],
  length: number,
  taken: ReadonlySet<readonly string[]>,
  random: Generator,
): readonly string[] {
  const free = texts.filter((text) => !taken.has(text));
  const candidates = free.length > 0 ? free : texts;
  const enough = candidates.filter((text) => text.length >= length);
  if (enough.length > 0) return enough[Math.floor(random() * enough.length)]!;
  return candidates.reduce((longest, text) => (text.length > longest.length ? text : longest));
}
