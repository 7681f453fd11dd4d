/** How numbers that are checked are written. */
import { formatNumber } from "../../analysis/presentation/format";

const LEAST_DIGITS = 4;
/** Two different numbers differ in so many. */
const MOST_DIGITS = 17;

/** A value in as many significant digits as show on which side of a bound it is, at least four. */
export function besideBound(value: number, bound: number): string {
  for (let digits = LEAST_DIGITS; digits < MOST_DIGITS; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.sign(rounded - bound) === Math.sign(value - bound)) return inDigits(value, digits);
  }
  return inDigits(value, MOST_DIGITS);
}

/** A value in so many significant digits, those before the point in full. */
export function inDigits(value: number, digits = LEAST_DIGITS): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(Number(value.toPrecision(digits)));
  const power = size === 0 ? 0 : Math.floor(Math.log10(size));
  return formatNumber(value, Math.min(MOST_DECIMALS, Math.max(0, digits - 1 - power)));
}

const MOST_DECIMALS = 20;
