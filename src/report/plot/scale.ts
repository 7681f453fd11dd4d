/** Where an axis puts its values, and which of them it names. */
import type { Axis } from "../../protocol/studyFigure";
import { tickText } from "./numbers";

export interface Scale {
  /** The axis covers all values from `low` to `high`. */
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  /** 0 at `low`, 1 at `high`. */
  readonly share: (value: number) => number;
}

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Whether an axis has a place for a value; sums of larger ones are not finite any more. */
export function isDrawable(value: number | null | undefined, axis: Axis): value is number {
  if (value === null || value === undefined || !(Math.abs(value) < 1e300)) return false;
  return axis.scale === "linear" || value > 1e-300;
}

/**
 * @param values drawable ones, in any order; where there are none, the axis is there all the same
 * @param most about how many values the axis has room to name
 */
export function scaleOf(axis: Axis, values: readonly number[], most: number): Scale {
  const [low, high] = extent(values) ?? (axis.scale === "log" ? [1, 10] : [0, 1]);
  return axis.scale === "log"
    ? logScale(low, high, most, axis.format)
    : linearScale(low, high, most, axis.format);
}

function linearScale(least: number, largest: number, most: number, format: Axis["format"]): Scale {
  const [from, to] = apart(least, largest);
  const step = niceStep((to - from) / Math.max(1, most));
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const ticks = multiples(first, last, step, format);
  const [low, high] = [Math.min(first * step, from), Math.max(last * step, to)];
  return { low, high, ticks, share: (value) => (value - low) / (high - low) };
}

function logScale(least: number, largest: number, most: number, format: Axis["format"]): Scale {
  // What hardly differs would be marked by one power of ten, or none.
  const isNarrow = largest / least < 3;
  const [low, high] = isNarrow
    ? linearEnds(least, largest, most, format)
    : [roundBelow(least), roundAbove(largest)];
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const ticks = isNarrow
    ? linearScale(low, high, most, format).ticks.filter(
        ({ value }) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9),
      )
    : logTicks(from, to, most, format);
  return { low, high, ticks, share: (value) => (Math.log10(value) - from) / (to - from) };
}

/** Round ends above zero. */
function linearEnds(least: number, largest: number, most: number, format: Axis["format"]) {
  const { low, high } = linearScale(least, largest, most, format);
  return [low > 0 ? low : least / 2, high] as const;
}

/** Powers of ten, with 2 and 5 times them where there is room, or every second power and so on where there is none. */
function logTicks(from: number, to: number, most: number, format: Axis["format"]): Tick[] {
  const [first, last] = [Math.floor(from), Math.ceil(to)];
  const powers = last - first;
  const factors = 3 * (to - from) <= 1.5 * most ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(powers / Math.max(1, most)));
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power++) {
    if (power % stride !== 0) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      const at = Math.log10(value);
      if (at < from - 1e-9 || at > to + 1e-9) continue;
      ticks.push({ value, text: tickText(value, value, format) });
    }
  }
  return ticks;
}

function multiples(first: number, last: number, step: number, format: Axis["format"]): Tick[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = Number(((first + i) * step).toPrecision(12));
    return { value, text: tickText(value, step, format) };
  });
}

/** The ends of a range that is wide enough to be divided. */
function apart(least: number, largest: number): readonly [number, number] {
  const size = Math.max(Math.abs(least), Math.abs(largest));
  if (size < 1e-290) return [0, 1];
  if (largest - least > 1e-6 * size) return [least, largest];
  return [least - size / 10, largest + size / 10];
}

/** The nearest number of 1, 2 and 5 times a power of ten, by ratio. */
function niceStep(rough: number): number {
  const power = Math.floor(Math.log10(rough));
  const share = rough / Number(`1e${power}`);
  const factor =
    [1, 2, 5].find((one, i, all) => share <= Math.sqrt(one * (all[i + 1] ?? 10))) ?? 10;
  return Number(`${factor}e${power}`);
}

function roundBelow(value: number): number {
  const power = Math.floor(Math.log10(value));
  const ends = [5, 2, 1, 0.5].map((factor) => Number(`${factor}e${power}`));
  return ends.find((end) => end <= value) ?? value;
}

function roundAbove(value: number): number {
  const power = Math.floor(Math.log10(value));
  const ends = [1, 2, 5, 10].map((factor) => Number(`${factor}e${power}`));
  return ends.find((end) => end >= value) ?? value;
}

function extent(values: readonly number[]): readonly [number, number] | null {
  if (values.length === 0) return null;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
