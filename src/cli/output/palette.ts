import { WriteStream } from "node:tty";
import { bucketOf } from "../../analysis/scores/buckets";
import type { View } from "../../protocol/settings";

/** Text on the background of its bucket; unchanged in the bucket that stays unpainted. */
export function paint(text: string, view: View, value: number): string {
  const colour = text === "" ? undefined : colourOf(view, bucketOf(view, value) ?? 0);
  if (colour === undefined) return text;
  const [background, foreground] = colour;
  return `\u001b[48;5;${background};38;5;${foreground}m${text}\u001b[0m`;
}

/** The buckets of a view on one line, each with the value it begins at. */
export function legend(view: View): string {
  return LEGENDS[view].map(([label, value]) => paint(` ${label} `, view, value)).join("");
}

/**
 * As Node's own `util.styleText` decides it: on a terminal, where FORCE_COLOR is not set, else as that says. How many
 * colours there are is Node's to tell, from NO_COLOR, TERM and others.
 */
export function usesColour(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const asked = isTerminal || environment.FORCE_COLOR !== undefined;
  return asked && WriteStream.prototype.getColorDepth(environment) > MONOCHROME;
}

/** Bits of a terminal's colour depth. */
const MONOCHROME = 1;

/** Background and text, numbers of the 256-colour palette. */
type Colour = readonly [background: number, foreground: number];

const BLACK = 16;
const WHITE = 231;

/** One hue that darkens, so that the order is seen without telling colours apart. */
const SURPRISAL: readonly Colour[] = [
  [230, BLACK],
  [222, BLACK],
  [214, BLACK],
  [166, WHITE],
  [88, WHITE],
];
/** Blue against orange, told apart by the colour-blind: the model that expected the text more, as in the editor. */
const BASE_EXPECTED: readonly Colour[] = [
  [153, BLACK],
  [74, BLACK],
  [25, WHITE],
];
const RLHF_EXPECTED: readonly Colour[] = [
  [223, BLACK],
  [215, BLACK],
  [166, WHITE],
];
const RANK: readonly Colour[] = [
  [222, BLACK],
  [166, WHITE],
  [88, WHITE],
];

function colourOf(view: View, bucket: number): Colour | undefined {
  switch (view) {
    case "base":
    case "rlhf":
      return SURPRISAL[bucket - 1];
    case "difference":
      return bucket < 0 ? RLHF_EXPECTED[-bucket - 1] : BASE_EXPECTED[bucket - 1];
    case "rank":
    case "baseRank":
      return RANK[bucket - 1];
  }
}

type Legend = readonly (readonly [label: string, value: number])[];

const SURPRISAL_LEGEND: Legend = [
  ["1", 1],
  ["2", 2],
  ["4", 4],
  ["8", 8],
  ["12 bits", 12],
];

const RANK_LEGEND: Legend = [
  ["2 to 10", 2],
  ["11 to 100", 11],
  ["beyond", 101],
];

const LEGENDS: Record<View, Legend> = {
  base: SURPRISAL_LEGEND,
  rlhf: SURPRISAL_LEGEND,
  difference: [
    ["RLHF expected it by 5", -5],
    ["2", -2],
    ["0.5", -0.5],
    ["0.5", 0.5],
    ["2", 2],
    ["5 bits more: base expected it", 5],
  ],
  rank: RANK_LEGEND,
  baseRank: RANK_LEGEND,
};
