/** How an axis writes its values. */
import { formatNumber, NO_NUMBER } from "../../analysis/presentation/format";
import type { Axis } from "../../protocol/studyFigure";

/** A value at an axis, where `step` says which decimals count: `0.5`, `1,000`, `2 × 10⁻⁸`, `20 %`. */
export function tickText(value: number, step: number, format: Axis["format"]): string {
  const [shown, unit] = shownAs(value, format);
  const decimals = decimalsOf(format === "percent" ? 100 * step : step);
  return (isLong(shown, 1e6) ? powerText(shown) : formatNumber(shown, decimals)) + unit;
}

/** A value by itself, in about four digits. */
export function valueText(value: number, format: Axis["format"]): string {
  if (!Number.isFinite(value)) return NO_NUMBER;
  const [shown, unit] = shownAs(value, format);
  if (isLong(shown, 1e9)) return powerText(shown) + unit;
  return formatNumber(shown, Number.isInteger(shown) ? 0 : decimalsFor(Math.abs(shown))) + unit;
}

/** A value as its digits are written, and what follows them. */
function shownAs(value: number, format: Axis["format"]): readonly [number, string] {
  // A product has more digits than the share it comes from.
  return format === "percent" ? [Number((100 * value).toPrecision(12)), " %"] : [value, ""];
}

/** Whether a power of ten is shorter than the digits. */
function isLong(value: number, most: number): boolean {
  const size = Math.abs(value);
  return size >= most || (size > 0 && size < 1e-4);
}

/** As many decimals as leave a value four digits. */
export function decimalsFor(size: number): number {
  return Math.min(7, Math.max(0, 3 - Math.floor(Math.log10(Math.max(size, 1e-4)))));
}

function decimalsOf(step: number): number {
  return Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function powerText(value: number): string {
  const [digits = "", power = ""] = value.toExponential(1).split("e");
  const factor = formatNumber(Number(digits), digits.endsWith(".0") ? 0 : 1);
  const raised = `10${[...power].map((digit) => RAISED[digit] ?? "").join("")}`;
  return factor === "1" ? raised : `${factor} × ${raised}`;
}

const RAISED: Readonly<Record<string, string>> = {
  "-": "⁻",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((raised, digit) => [String(digit), raised])),
};
