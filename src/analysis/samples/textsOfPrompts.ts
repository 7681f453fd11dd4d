import type { Generator } from "../statistics/random";
import { shuffled } from "../statistics/shuffle";
import { countCodePoints, skipCodePoints } from "../text/codePoints";

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
  const filled = prompts.filter((texts) => texts.length > 0).map((texts) => texts.map(measured));
  return (random) => {
    const observed = filled[Math.floor(random() * filled.length)]!;
    const donors = [...shuffled(filled, random), ...shuffled(filled, random)];
    const taken = new Set<MeasuredText>();
    return observed.map(({ points }, row) => {
      const donor = textOf(donors[row]!, points, taken, random);
      taken.add(donor);
      return donor.text.slice(0, skipCodePoints(donor.text, 0, Math.min(points, donor.points)));
    });
  };
}

/** Whether there are enough prompts: at least two, and half as many as a prompt has texts. */
export function isMixable(prompts: readonly (readonly string[])[]): boolean {
  const filled = prompts.filter((texts) => texts.length > 0);
  return filled.length >= Math.max(2, ...filled.map((texts) => texts.length / 2));
}

interface MeasuredText {
  readonly text: string;
  /** Code points. */
  readonly points: number;
}

function measured(text: string): MeasuredText {
  return { text, points: countCodePoints(text) };
}

/** @param points wanted, code points */
function textOf(
  texts: readonly MeasuredText[],
  points: number,
  taken: ReadonlySet<MeasuredText>,
  random: Generator,
): MeasuredText {
  const free = texts.filter((text) => !taken.has(text));
  const candidates = free.length > 0 ? free : texts;
  const enough = candidates.filter((text) => text.points >= points);
  if (enough.length > 0) return enough[Math.floor(random() * enough.length)]!;
  return candidates.reduce((longest, text) => (text.points > longest.points ? text : longest));
}
