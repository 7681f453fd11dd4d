/** How numbers and foreign text are written in the panels. */

const MINUS = "\u2212";

/** Stands for a number that there is none of: nothing is scored, or there is nothing to divide by. */
export const NO_NUMBER = "–";

/** Stands for what a model was not asked for, or its engine can't read. */
export const NOT_MEASURED = "not measured";

/** `12,345.68`, with a real minus sign and a fixed number of decimals. */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NO_NUMBER;
  const digits = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return isZero(digits) || value >= 0 ? digits : MINUS + digits;
}

/** As {@link formatNumber}, with `+` before what is above zero. */
export function formatSigned(value: number, decimals: number): string {
  const digits = formatNumber(value, decimals);
  return value > 0 && !isZero(digits) ? `+${digits}` : digits;
}

/** Three or four digits: what a perplexity's error leaves. */
export function formatPerplexity(perplexity: number): string {
  return formatNumber(perplexity, perplexity < 100 ? 1 : 0);
}

/** `share` is 0 .. 1. */
export function formatPercent(share: number, decimals: number): string {
  return `${formatNumber(share * 100, decimals)} %`;
}

/**
 * A probability, 0 .. 1, in two digits of a per cent, which are enough to compare: `16 %`, `1.6 %`, `0.016 %`. Nearer to
 * 0 or 1 than two digits can say are `< 0.001 %` and, from 99.5 % on, two decimals.
 */
export function formatProbability(share: number): string {
  if (share === 0) return "0 %";
  if (share < LEAST_PROBABILITY) return `< ${formatPercent(LEAST_PROBABILITY, 3)}`;
  if (share >= 0.995) return share < 1 && share > 0.9999 ? "> 99.99 %" : formatPercent(share, 2);
  const digitsBefore = Math.floor(Math.log10(Number((100 * share).toPrecision(2)))) + 1;
  return formatPercent(share, Math.max(0, 2 - digitsBefore));
}

const LEAST_PROBABILITY = 1e-5;

/** `4.20 % (95 %: 3.10 to 5.30)`: a mean share, 0 .. 1, with its interval, where there is one. */
export function formatMeanShare(mean: {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}): string {
  const { value, low, high } = mean;
  const shown = formatPercent(value, 2);
  if (low === null || high === null) return shown;
  return `${shown} (95 %: ${formatNumber(100 * low, 2)} to ${formatNumber(100 * high, 2)})`;
}

/** Of settings in MB. All units are powers of 1000, as file managers and disks count. */
export const BYTES_PER_MB = 1e6;

/** Bytes in the unit that leaves one to three digits before the point. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${formatNumber(bytes / 1000 ** power, power === 0 ? 0 : 1)} ${units[power]}`;
}

/**
 * Text of a model or a file on one line: control characters get their Unicode pictures, invisible ones and those that
 * turn the writing direction their number, so that no text can hide or reorder what stands beside it.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === ZERO_WIDTH_JOINER) return character;
    if (character === "\n") return LINE_BREAK;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** More fonts have it than U+240A, the picture of a line feed. */
const LINE_BREAK = "↵";

/** Foreign text for places of the editor where `$(name)` becomes an icon: status bar, lenses, quick picks, tree items. */
export function plainLabel(text: string): string {
  return visibleText(text).replaceAll("$(", "$\u200b(");
}

/** Holds emoji of several parts together; shown as it is. */
const ZERO_WIDTH_JOINER = 0x200d;

/** At most `most` characters (code points), the last an ellipsis where more were there. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** As {@link shortened}, but no word is cut that ends a text of at least half the length. */
export function shortenedToWords(text: string, most: number): string {
  const cut = shortened(text, most);
  if (cut === text) return text;
  const kept = cut.slice(0, -1);
  const endsWithWord = /^\s/u.test(text.slice(kept.length));
  const lastBlank = kept.search(/\s\S*$/u);
  return endsWithWord || 2 * lastBlank < kept.length ? cut : `${kept.slice(0, lastBlank)}…`;
}

function isZero(digits: string): boolean {
  return !/[1-9]/.test(digits);
}
