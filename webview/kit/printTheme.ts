import type { ANCHOR_COLORS, Theme } from "./theme";

const anchors = [
  "#005a45",
  "#c4589a",
  "#5c4f00",
  "#7f6fe0",
  "#004a55",
  "#d0562f",
  "#6b2440",
  "#7d8a2e",
] as const satisfies readonly string[] & { readonly length: typeof ANCHOR_COLORS };

/**
 * The one set of colours in which figures are saved, whatever the window's theme: on white paper, where each keeps a
 * contrast of 3:1 and more, and in grey, where the base model is darker than the RLHF model and each anchor darker or
 * lighter than its neighbours. The fonts are those that every machine has or replaces by ones of equal widths.
 */
export const PRINT_THEME: Theme = {
  foreground: "#1a1a1a",
  muted: "#4d4d4d",
  background: "#ffffff",
  grid: "#dedede",
  base: "#00407a",
  rlhf: "#d95f02",
  anchors,
  fontFamily: "Helvetica, Arial, sans-serif",
  fontSize: 12,
};
